/** Who may talk to the control plane: static tokens, one kubeconfig for each user, keys for service accounts. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * User -> the groups that the token stands for. `admin` may do all; `staff` what every user may (and, unlike an admin,
 * is not exempt from flow control); the others have their built-in roles.
 */
const USERS = {
  admin: 'system:masters',
  staff: '',
  'prescale-a': '',
  'prescale-b': '',
  'prescale-c': '',
  kwok: 'system:masters',
  'system:kube-controller-manager': '',
  'system:kube-scheduler': '',
} as const;
export const USER_NAMES = Object.keys(USERS) as readonly User[];
export type User = keyof typeof USERS;

export interface Credentials {
  readonly tokensFile: string;
  readonly serviceAccountKeyFile: string;
  readonly tokenOf: (user: User) => string;
}

export function makeCredentials(folder: string): Credentials {
  const tokens = new Map(Object.keys(USERS).map((user) => [user, randomBytes(24).toString('hex')]));
  const tokensFile = join(folder, 'tokens.csv');
  const rows = Object.entries(USERS).map(
    ([user, groups]) => `${tokens.get(user)},${user},${user},"${groups}"`,
  );
  writeFileSync(tokensFile, `${rows.join('\n')}\n`, { mode: 0o600 });
  const serviceAccountKeyFile = join(folder, 'service-account.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(serviceAccountKeyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  return { tokensFile, serviceAccountKeyFile, tokenOf: (user) => tokens.get(user)! };
}

export interface KubeconfigFacts {
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
  readonly namespace?: string;
}

/** JSON is YAML: the same file serves kubectl, the controllers and Prescale. */
export function kubeconfigText({ url, caFile, token, namespace = 'default' }: KubeconfigFacts): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    'current-context': 'test',
  });
}

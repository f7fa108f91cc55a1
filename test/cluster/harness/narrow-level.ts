/** Priority and fairness with the fewest seats there can be: whoever comes while another is served is one too many. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { CONFIG_MAPS, must } from './client.ts';
import type { ControlPlane } from './control-plane.ts';
import type { User } from './credentials.ts';
import { kubectl } from './installed.ts';

const FLOW_CONTROL = '/apis/flowcontrol.apiserver.k8s.io/v1';
const NAME = 'one-at-a-time';

export interface NarrowLevel {
  /** Gives everybody their seats back. */
  remove(): Promise<void>;
}

/** What `users` ask, of `resources` in any group, goes through one seat. */
export async function makeNarrowLevel(
  admin: ApiClient,
  users: readonly User[],
  resources: readonly string[],
): Promise<NarrowLevel> {
  const none = { nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0 };
  const limited = { ...none, limitResponse: { type: 'Reject' } };
  const level = { metadata: { name: NAME }, spec: { type: 'Limited', limited } };
  const everywhere = { verbs: ['*'], apiGroups: ['*'], namespaces: ['*'], clusterScope: true };
  const schema = {
    metadata: { name: NAME },
    spec: {
      priorityLevelConfiguration: { name: NAME },
      matchingPrecedence: 2,
      rules: [
        {
          subjects: users.map((name) => ({ kind: 'User', user: { name } })),
          resourceRules: [{ ...everywhere, resources }],
        },
      ],
    },
  };
  await must(admin, { method: 'POST', path: `${FLOW_CONTROL}/prioritylevelconfigurations`, body: level });
  await must(admin, { method: 'POST', path: `${FLOW_CONTROL}/flowschemas`, body: schema });
  return {
    async remove() {
      for (const kind of ['flowschemas', 'prioritylevelconfigurations'])
        await must(admin, { method: 'DELETE', path: `${FLOW_CONTROL}/${kind}/${NAME}` });
    },
  };
}

export interface Seat {
  giveBack(): Promise<void>;
}

/** A request of `staff`, who must be allowed to make it, that the server is not done with until the rest of its body has come. */
export function takeSeat(controlPlane: ControlPlane): Seat {
  const { token } = (
    JSON.parse(readFileSync(controlPlane.kubeconfigFile('staff'), 'utf8')) as {
      users: { user: { token: string } }[];
    }
  ).users[0].user;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => void (end = resolve));
  async function* slowBody(): AsyncGenerator<Buffer> {
    yield Buffer.from('{');
    await ended;
  }
  const answered = request(controlPlane.url + CONFIG_MAPS, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: Readable.from(slowBody()),
    dispatcher: new Agent({ connect: { ca: readFileSync(controlPlane.caFile) } }),
  });
  return {
    async giveBack() {
      end();
      const { body } = await answered;
      await body.dump();
    },
  };
}

/** Requests that this server has answered with 429 so far because there was no seat, as it counts them itself. */
export async function refusals(controlPlane: ControlPlane): Promise<number> {
  const text = await kubectl(controlPlane, 'get', '--raw', '/metrics');
  const line = new RegExp(`^apiserver_flowcontrol_rejected_requests_total\\{.*"${NAME}".*\\} (\\d+)$`, 'gm');
  return [...text.matchAll(line)].reduce((sum, [, count]) => sum + Number(count), 0);
}

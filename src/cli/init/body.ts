import { stringify } from 'yaml';
import { answerText } from '../../cluster/api-answer.ts';
import { createApiClient, type ApiClient } from '../../cluster/api-client.ts';
import { loadConnection } from '../../cluster/cluster-connection.ts';
import { HOLDER_KINDS, type HolderKind } from '../../cluster/floor-holder.ts';
import { resourcePath, type KubernetesObject } from '../../cluster/kubernetes-object.ts';
import { createSystemClock } from '../../control/clocks/system-clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { compilePolicy } from '../../policy/compile-policy.ts';
import { parsePolicy } from '../../policy/parse-policy.ts';
import type { CommandBody } from '../command-spec.ts';
import { initialPolicy, type InitAnswers } from './initial-policy.ts';
import type { ObjectNameFlag } from './object-name-flag.ts';

interface InitFlags extends InitAnswers {
  readonly fromHpa?: ObjectNameFlag;
  readonly fromScaledobject?: ObjectNameFlag;
  readonly kubeconfig?: string;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const flags = rawFlags as unknown as InitFlags;
  const { kind, named } = askedFor(flags);
  const connection = loadConnection(flags.kubeconfig);
  const clock = createSystemClock();
  const client = createApiClient({ connection, clock, random: Math.random, userAgent: 'prescale' });
  try {
    const policy = initialPolicy(kind, await read(client, kind, named), flags);
    // What the controller would refuse is not worth printing.
    compilePolicy(parsePolicy(policy));
    process.stdout.write(flags.json === true ? `${JSON.stringify(policy, null, 2)}\n` : stringify(policy));
    return 0;
  } finally {
    await client.close();
  }
};

function askedFor({ fromHpa, fromScaledobject }: InitFlags): {
  readonly kind: HolderKind;
  readonly named: ObjectNameFlag;
} {
  if (fromHpa !== undefined && fromScaledobject === undefined)
    return { kind: 'HorizontalPodAutoscaler', named: fromHpa };
  if (fromScaledobject !== undefined && fromHpa === undefined)
    return { kind: 'ScaledObject', named: fromScaledobject };
  const got = fromHpa === undefined ? 'neither' : 'both';
  throw new PrescaleError('usage', `--from-hpa, --from-scaledobject: got ${got}, allowed: one of them`);
}

async function read(
  client: ApiClient,
  kind: HolderKind,
  { namespace, name }: ObjectNameFlag,
): Promise<KubernetesObject> {
  const { apiVersion, resource } = HOLDER_KINDS[kind];
  const path = `${resourcePath(apiVersion, resource, namespace)}/${encodeURIComponent(name)}`;
  const answer = await client.call({ method: 'GET', path }, new AbortController().signal);
  if (answer.kind === 'ok') return answer.body as KubernetesObject;
  const isMissing = answer.kind === 'refused' && answer.status === 404;
  const text = isMissing ? 'the cluster has none of that name' : answerText(answer);
  throw new PrescaleError(
    isMissing ? 'notFound' : 'sourceUnavailable',
    `${kind} ${namespace}/${name}: ${text}`,
  );
}

/** What tests of the indexed Jobs have in common: an installation whose Job comes last, and what its account may do. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import { clientOf, NEVER } from '../harness/client.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import { kubectl } from '../harness/installed.ts';
import { kustomizeTextWith } from './rendered.ts';

export interface JobInstallation {
  readonly components: readonly string[];
  readonly namespace: string;
  /** What must be there before the Job's first pod. */
  readonly before: () => Promise<void>;
}

/** Applies `deploy/` with the components, all but the Job; the Job follows when the custom resource and `before` are done. */
export async function installJob(
  controlPlane: ControlPlane,
  { components, namespace, before }: JobInstallation,
): Promise<void> {
  const text = await kustomizeTextWith('recommend', { components, namespace });
  const [jobFile, otherFile] = ['job.yaml', 'others.yaml'].map((name) => join(controlPlane.folder, name));
  await writeFile(jobFile, documentsOf(text, true));
  await writeFile(otherFile, documentsOf(text, false));
  await kubectl(controlPlane, 'apply', '--server-side', '-f', otherFile);
  const crd = 'crd/predictiveautoscalers.prescale.dev';
  await kubectl(controlPlane, 'wait', '--for=condition=Established', crd);
  await before();
  await kubectl(controlPlane, 'apply', '--server-side', '-f', jobFile);
}

function documentsOf(text: string, isJob: boolean): string {
  return parseAllDocuments(text)
    .filter((document) => ((document.toJS() as { kind: string }).kind === 'Job') === isJob)
    .map(String)
    .join('---\n');
}

/** Fails where the Job is not done within a minute. */
export async function expectComplete(
  controlPlane: ControlPlane,
  job: string,
  namespace: string,
): Promise<void> {
  const complete = ['wait', '--for=condition=Complete', `job/${job}`, '-n', namespace, '--timeout=60s'];
  await kubectl(controlPlane, ...complete);
}

/** The account of that name may list policies; it gets neither what is at `paths`, nor Deployments, pods and secrets. */
export async function expectListsPoliciesAlone(
  controlPlane: ControlPlane,
  { account, namespace, paths }: { account: string; namespace: string; paths: readonly string[] },
): Promise<void> {
  const token = (await kubectl(controlPlane, 'create', 'token', account, '-n', namespace)).trim();
  const client = clientOf(controlPlane, { token });
  const answerOf = (path: string) => client.call({ method: 'GET', path }, NEVER);
  expect(await answerOf(autoscalersPath())).toMatchObject({ kind: 'ok' });
  for (const path of [
    ...paths,
    '/apis/apps/v1/deployments',
    '/api/v1/pods',
    `/api/v1/namespaces/${namespace}/secrets`,
  ])
    expect(await answerOf(path), path).toMatchObject({ kind: 'refused', status: 403 });
  await client.close();
}

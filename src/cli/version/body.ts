import type { CommandBody } from '../command-spec.ts';
import { packageVersion } from '../package-version.ts';

export const run: CommandBody = async (_args, flags) => {
  const versions = { prescale: packageVersion(), node: process.version };
  process.stdout.write(
    flags['json'] === true
      ? `${JSON.stringify({ ...versions, tensorflow: await tensorflow() })}\n`
      : `prescale ${versions.prescale} (node ${versions.node})\n`,
  );
  return 0;
};

/** Whether the native backend works; loaded only when asked for, as that alone takes a second. */
async function tensorflow(): Promise<unknown> {
  const { probeTensorflow } = await import('../../infer/probe-tensorflow.ts');
  return probeTensorflow();
}

import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { PrescaleError } from '../../domain/errors.ts';
import type { CommandBody } from '../command-spec.ts';
import { readPolicies } from '../run/read-policies.ts';
import { recordingFiles } from './recording-files.ts';
import { refuseUnwritable } from './refuse-early.ts';
import type { Replaying } from './replay-recording.ts';
import { replayed, type ReplayedText } from './replayed-text.ts';
import { tellCallersLeftOut } from './tell-callers-left-out.ts';
import { replayedByThreads } from './threads/replayed-by-threads.ts';

/** The flags as spec.ts declares and parses them. */
interface ReplayFlags extends Omit<Replaying, 'policy'> {
  readonly policy: string;
  readonly recording: readonly string[];
  readonly markdown?: string;
  readonly json?: true;
}

export const run: CommandBody = async (_args, rawFlags) => {
  const { policy: policyFile, recording, markdown, json, ...asked } = rawFlags as unknown as ReplayFlags;
  const files = await recordingFiles(recording);
  refuseSeveral('--plan', asked.plan, files);
  refuseSeveral('--html', asked.html, files);
  await refuseUnwritable({ '--plan': asked.plan, '--html': asked.html, '--markdown': markdown });
  const [{ policy }] = await readPolicies([policyFile]);
  tellCallersLeftOut(policy);
  const replays: ReplayedText[] = [];
  for await (const one of eachReplayed(files, { ...asked, policy })) {
    replays.push(one);
    if (!json) process.stdout.write(one.text);
  }
  if (markdown !== undefined) await writeFile(markdown, replays.map((one) => one.markdown).join('\n'));
  if (json) {
    const texts = replays.map((one) => one.json);
    process.stdout.write(`${texts.length === 1 ? texts[0] : `{"recordings":[${texts.join(',')}]}`}\n`);
  }
  return replays.some(({ isBroken }) => isBroken) ? 1 : 0;
};

/** In the order of the files: one with all threads, several with a thread for each. */
async function* eachReplayed(files: readonly string[], replaying: Replaying): AsyncGenerator<ReplayedText> {
  const threads = availableParallelism();
  if (files.length === 1 || files.includes('-'))
    for (const file of files) yield await replayed(file, replaying, threads);
  else yield* replayedByThreads(files, replaying, threads);
}

/** A file that is about one recording. */
function refuseSeveral(flag: string, file: string | undefined, recordings: readonly string[]): void {
  if (file === undefined || recordings.length === 1) return;
  throw new PrescaleError('usage', `${flag}: got ${recordings.length} recordings, allowed: one`);
}

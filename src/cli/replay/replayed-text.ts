import { replayJson } from './json.ts';
import { replayMarkdown } from './markdown.ts';
import { replayRecording, type Replaying } from './replay-recording.ts';
import { replayText } from './text.ts';

/** A replay as it is told, in every form: a thread can hand that over. */
export interface ReplayedText {
  readonly text: string;
  readonly json: string;
  readonly markdown: string;
  /** Whether a requirement is not kept. */
  readonly isBroken: boolean;
}

export async function replayed(file: string, replaying: Replaying, threads: number): Promise<ReplayedText> {
  const report = await replayRecording(file, replaying, threads);
  return {
    text: replayText(report),
    json: JSON.stringify(replayJson(report)),
    markdown: replayMarkdown(report),
    isBroken: report.requirements.some(({ kind }) => kind === 'broken'),
  };
}

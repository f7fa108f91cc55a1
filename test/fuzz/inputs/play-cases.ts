import { createRandom } from '../../../src/domain/random.ts';
import { TARGET_NAMES, TARGETS, type TargetName } from './targets.ts';

/** What is wrong with how a case was dealt with. */
export interface Finding {
  readonly target: TargetName;
  readonly seed: number;
  readonly what: string;
}

export interface Played {
  readonly target: TargetName;
  readonly cases: number;
  readonly taken: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly findings: readonly Finding[];
}

/** A refusal longer than this helps nobody: problems are told, not the input. */
const MOST_MESSAGE_CHARACTERS = 20_000;
/** On a machine that is busy otherwise; whoever hangs is found by its silence. */
const MOST_MS = 3000;
const MOST_FINDINGS = 20;

/** The case of a seed: the same bytes on every machine. */
export function caseOf(target: TargetName, seed: number): Buffer {
  return TARGETS[target].make(createRandom(seed * TARGET_NAMES.length + TARGET_NAMES.indexOf(target)));
}

/** What is wrong with how the bytes are dealt with; undefined: they were taken, or refused in clear words, in time. */
export async function feed(target: TargetName, bytes: Buffer): Promise<{ kind: string; what?: string }> {
  const beganMs = performance.now();
  try {
    const { kind, message } = await TARGETS[target].feed(bytes);
    const tookMs = performance.now() - beganMs;
    if (tookMs > MOST_MS) return { kind, what: `took ${tookMs.toFixed(0)} ms` };
    if (kind === 'refused' && message.trim() === '') return { kind, what: 'was refused without a word' };
    if (message.length > MOST_MESSAGE_CHARACTERS)
      return { kind, what: `was refused with ${message.length} characters: ${message.slice(0, 200)}` };
    return { kind };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'crashed', what: text.split('\n').slice(0, 4).join(' | ') };
  }
}

/** Plays the cases of the seeds [from, from + count); `onSeed` hears of each before it begins. */
export async function playCases(
  target: TargetName,
  { from, count }: { readonly from: number; readonly count: number },
  onSeed: (seed: number) => unknown = () => undefined,
): Promise<Played> {
  const counted = { taken: 0, refused: 0, crashed: 0 };
  const findings: Finding[] = [];
  let slowestMs = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    onSeed(seed);
    const bytes = caseOf(target, seed);
    const beganMs = performance.now();
    const { kind, what } = await feed(target, bytes);
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    counted[kind as keyof typeof counted] += 1;
    if (what !== undefined && findings.length < MOST_FINDINGS) findings.push({ target, seed, what });
  }
  const { taken, refused } = counted;
  return { target, cases: count, taken, refused, slowestMs, findings };
}

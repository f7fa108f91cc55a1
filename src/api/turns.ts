import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';
import { MS_PER_SECOND } from '../domain/clock.ts';
import { createWorkBucket } from './work-bucket.ts';

/** What the thread that decides tells of itself. */
export interface ThreadTime {
  /** A clock that never goes back, in milliseconds. */
  nowMs(): number;
  /** For how many milliseconds the thread has been busy so far, with whatever. */
  busyMs(): number;
  sleep(ms: number): Promise<unknown>;
}

export interface TurnsOptions {
  readonly thread: ThreadTime;
  /** Share (0..1) of the thread that all lines together may take in the long run: the rest is the control loop's. */
  readonly shareRatio: number;
  /** Whoever would wait for longer is refused. */
  readonly mostWaitSeconds: number;
  /** Requests of a line that may be under way at a time, whatever they wait for. */
  readonly mostInside: number;
}

/** Requests of one kind, answered one after the other on the thread that decides. */
export interface Line {
  /** undefined where there is room; else the whole seconds after which there will be. */
  fullForSeconds(): number | undefined;
  /** Counts a request as under way, and what `begin` takes; returns what says that the request has ended. */
  enter(begin: () => void): () => void;
  /** Counts what was done before or after a turn. */
  spent(workedMs: number): void;
  /** Does the work when its turn has come. Rejects as it does. */
  take(work: () => unknown): Promise<void>;
}

export interface Turns {
  /** A line that may do `burstSeconds` of work at once, before the share counts. */
  line(burstSeconds: number): Line;
}

interface Waiting {
  readonly work: () => unknown;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** What a request is taken to cost before one has been measured. */
const FIRST_COST_SECONDS = 0.005;
/** The mean follows the last dozen or so. */
const MEAN_WEIGHT = 0.1;
/** A turn that waits for the disk passes on after this. */
const LONGEST_TURN_MS = 1000;
/** What is charged at most for the time after a turn has first waited: a tick may have come between. */
const MOST_AFTER_WAITING_MS = 250;

/**
 * Lines of requests. Each has a leaky bucket of its burst that drains at `shareRatio`, or at equal parts of it while several lines have
 * work. By Little's law whoever comes waits for (requests before it) x (their mean cost, measured) / (share), and where
 * that is more than `mostWaitSeconds` the line is full. One request may overdraw, so that a large one is answered at all.
 */
export function createTurns(options: TurnsOptions): Turns {
  const lines: { isIdle(): boolean }[] = [];
  const shareRatio = (): number =>
    options.shareRatio / Math.max(1, lines.filter((line) => !line.isIdle()).length);
  return {
    line(burstSeconds) {
      const made = createLine({ ...options, burstSeconds }, shareRatio);
      lines.push(made);
      return made;
    },
  };
}

function createLine(
  { thread, burstSeconds, mostWaitSeconds, mostInside }: TurnsOptions & { readonly burstSeconds: number },
  shareRatio: () => number,
): Line & { isIdle(): boolean } {
  const bucket = createWorkBucket(shareRatio, () => thread.nowMs());
  const waiting: Waiting[] = [];
  let [inside, meanSeconds, serving] = [0, FIRST_COST_SECONDS, false];

  const overSeconds = (): number => Math.max(0, bucket.owedSeconds() - burstSeconds);
  const turn = async (next: Waiting): Promise<void> => {
    const workedMs = await workTurn(thread, next);
    bucket.pour(workedMs);
    meanSeconds += MEAN_WEIGHT * (workedMs / MS_PER_SECOND - meanSeconds);
  };
  const serve = async (): Promise<void> => {
    serving = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (let over = overSeconds(); over > 0; over = overSeconds())
        await thread.sleep(Math.ceil((over / shareRatio()) * MS_PER_SECOND));
      await turn(next);
      // Others come between: who asks for health, and the loop.
      await nextTurnOfTheLoop();
    }
    serving = false;
  };

  return {
    spent: (workedMs) => bucket.pour(workedMs),
    isIdle: () => inside === 0 && !serving,
    fullForSeconds() {
      const aheadSeconds = inside * meanSeconds + bucket.owedSeconds();
      const waitSeconds = Math.max(0, aheadSeconds - burstSeconds) / shareRatio();
      const isFull = inside >= mostInside || waitSeconds > mostWaitSeconds;
      return isFull ? Math.max(1, Math.ceil(waitSeconds)) : undefined;
    },
    enter(begin) {
      inside += 1;
      let isInside = true;
      const beganMs = thread.busyMs();
      begin();
      bucket.pour(thread.busyMs() - beganMs);
      return () => {
        if (isInside) inside -= 1;
        isInside = false;
      };
    },
    take: (work) =>
      new Promise((done, failed) => {
        waiting.push({ work, done, failed });
        // Never rejects: what a turn rejects with goes to who took it.
        if (!serving) void serve();
      }),
  };
}

/** Resolves to the milliseconds that the thread was busy with it. */
async function workTurn(thread: ThreadTime, { work, done, failed }: Waiting): Promise<number> {
  const beganMs = thread.busyMs();
  const ended = (async () => void (await work()))().then(done, failed);
  const atOnceMs = thread.busyMs() - beganMs;
  await Promise.race([ended, thread.sleep(LONGEST_TURN_MS)]);
  return atOnceMs + Math.min(thread.busyMs() - beganMs - atOnceMs, MOST_AFTER_WAITING_MS);
}

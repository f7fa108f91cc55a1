/** A replay's course for a chart: so few points that a page can hold them, and no peak lost. */
import type { PlayedStep } from './played-run.ts';
import type { StepTruth } from './score.ts';

export interface CourseOf {
  /** Highest count ready within each bucket. */
  readonly readyReplicas: number[];
  /** Late requests of each bucket. */
  readonly lateRequests: number[];
}

export interface Course {
  readonly bucketSeconds: number;
  /** Beginning of each bucket. */
  readonly startMs: number[];
  /** Highest rate within each bucket; null where nothing is known. */
  readonly rateRps: (number | null)[];
  readonly policies: ReadonlyMap<string, CourseOf>;
}

export interface CourseRecorder {
  readonly course: Course;
  readonly onStep: (name: string, played: PlayedStep, truth: StepTruth) => void;
}

export interface CourseWindow {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly stepSeconds: number;
}

const MOST_BUCKETS = 4000;

/** Takes steps in order, those before `fromMs` being left out. */
export function createCourseRecorder(names: readonly string[], window: CourseWindow): CourseRecorder {
  const { fromMs, untilMs, stepSeconds } = window;
  const steps = (untilMs - fromMs) / 1000 / stepSeconds;
  const bucketSeconds = stepSeconds * Math.max(1, Math.ceil(steps / MOST_BUCKETS));
  const buckets = Math.ceil((untilMs - fromMs) / 1000 / bucketSeconds);
  const rateRps: (number | null)[] = new Array<number | null>(buckets).fill(null);
  const zeros = (): number[] => new Array<number>(buckets).fill(0);
  const policies = new Map(names.map((name) => [name, { readyReplicas: zeros(), lateRequests: zeros() }]));
  const startMs = Array.from({ length: buckets }, (_, i) => fromMs + i * bucketSeconds * 1000);
  return {
    course: { bucketSeconds, startMs, rateRps, policies },
    onStep(name, played, truth) {
      const bucket = Math.floor((truth.startMs - fromMs) / 1000 / bucketSeconds);
      const course = policies.get(name);
      if (bucket < 0 || course === undefined) return;
      course.readyReplicas[bucket] = Math.max(course.readyReplicas[bucket], played.readyReplicas);
      if (Number.isNaN(truth.rateRps)) return;
      course.lateRequests[bucket] += truth.rateRps * truth.seconds * played.lateRatio;
      rateRps[bucket] = Math.max(rateRps[bucket] ?? 0, truth.rateRps);
    },
  };
}

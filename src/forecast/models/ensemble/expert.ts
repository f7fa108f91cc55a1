/**
 * The ensemble's members. An expert says for any origin of a history what it expects; the ensemble compares them on what
 * came, weighs them, and states the distribution. A new kind of model joins by becoming one more expert.
 */
import type { ExpertName, NetworkInUse } from '../../../domain/forecast.ts';
import type { LiveReadings } from '../../features/live-readings.ts';
import type { HistoryDigest } from '../../history-digest.ts';
import type { History } from '../../history.ts';
import type { CalendarEvent } from '../../known-events.ts';
import type { LocalClock } from '../../local-clock.ts';
import type { ScaledPath } from '../../path-distribution.ts';
import type { RateScale } from '../../scale.ts';
import type { SeriesView } from '../arima/series-view.ts';

/** What one question is answered from. */
export interface Question {
  readonly history: History;
  readonly digest: HistoryDigest;
  readonly clock: LocalClock;
  readonly events: readonly CalendarEvent[];
  readonly horizonSteps: number;
  /** In which errors are compared and experts are mixed. */
  readonly scale: RateScale;
  /** undefined: nothing is known but the arrival rates. */
  readonly live?: LiveReadings | undefined;
  /** Whose challenger may speak for the network. */
  readonly workloadClass?: string | undefined;
}

/** What an expert writes for one origin. */
export interface ExpertPath {
  /** [step], requests per second. */
  readonly ratesRps: Float64Array;
  /** [step], relative sizes of the errors to be expected, above 0; left as it is by an expert that has no opinion. */
  readonly sizes: Float32Array;
}

/** One expert, ready for one question. */
export interface ExpertAnswer {
  /** Another key, other paths: what was remembered of the expert is void. */
  readonly key: string;
  /** Writes the path forecast at `originSlot` from the slots before it; false where the expert cannot say. */
  readonly write: (originSlot: number, into: ExpertPath) => boolean;
}

/** What another expert may correct: paths in the scale of the question, and what they are made from. */
export interface CorrectablePaths {
  /** undefined where nothing can be said. */
  pathAt(question: Question, originSlot: number): ScaledPath<Float64Array> | undefined;
  viewOf(question: Question): SeriesView;
}

/** One expert of one series. It may remember; what it remembers changes no answer. */
export interface Expert {
  answerFor(question: Question): ExpertAnswer;
  /** Nothing is asked about origins before `originSlot` any more, unless it starts anew. */
  forgetBefore(question: Question, originSlot: number): void;
  /** Asked about old origins again, from the first on: what was kept for the newest ones is no start for them. */
  startAnew(): void;
  /** Where others may build on it. */
  readonly paths?: CorrectablePaths;
  /** Of one that two networks contend for: which speaks at the origin that was asked about last. */
  networkInUse?(): NetworkInUse | undefined;
}

/** An expert by name, made anew for each series. */
export interface ExpertKind {
  readonly name: ExpertName;
  /** `earlier`: the experts before it in the list, of the same series. */
  readonly create: (earlier: readonly Expert[]) => Expert;
}

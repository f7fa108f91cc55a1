/**
 * What happens to a service, as its live metrics tell it and its arrival rates alone do not: a fall of the load that is an
 * outage comes back (more than there was, as callers try again), one that is a shift of traffic stays, and one after a
 * rollout is gone when caches are warm. A crowd connects before it asks.
 */
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { Random } from '../domain/random.ts';

/** Slot by slot. */
export interface Course {
  /** Of the load, with what happened. */
  readonly intensity: Float64Array;
  readonly errorRatio: Float64Array;
  /** Latency over what it would be. */
  readonly slowness: Float64Array;
  /** Connections over what they would be. */
  readonly connecting: Float64Array;
  /** Ascending. */
  readonly rolloutSlots: readonly number[];
}

const USUAL_ERRORS = 0.002;
const MEAN_HOURS_BETWEEN = 1.5;
const SLOTS_PER_INCIDENT = 6;

interface Moving extends Course {
  readonly rolloutSlots: number[];
}

type Incident = (random: Random, course: Moving, from: number) => void;
/** Each as often as it stands here. */
const INCIDENTS: readonly Incident[] = [outage, outage, outage, shift, shift, rollout, rollout, crowd];

/** Things that happen at random times to a load that is `usual`: each as often, never two within a while. */
export function happen(random: Random, usual: Float64Array, stepSeconds: number): Course {
  const course: Moving = {
    intensity: usual.slice(),
    errorRatio: new Float64Array(usual.length).fill(USUAL_ERRORS),
    slowness: new Float64Array(usual.length).fill(1),
    connecting: new Float64Array(usual.length).fill(1),
    rolloutSlots: [],
  };
  const meanSlots = (MEAN_HOURS_BETWEEN * SECONDS_PER_HOUR) / stepSeconds;
  const next = (from: number): number =>
    from + SLOTS_PER_INCIDENT + Math.ceil(-meanSlots * Math.log(1 - random()));
  for (let from = next(0); from < usual.length; from = next(from))
    INCIDENTS[Math.floor(random() * INCIDENTS.length)](random, course, from);
  return course;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Multiplies `values` from `from` on by what `factor` says of each of `slots` slots. */
function scale(values: Float64Array, from: number, slots: number, factor: (slot: number) => number): void {
  const end = Math.min(values.length, from + slots);
  for (let slot = Math.max(0, from); slot < end; slot += 1) values[slot] *= factor(slot - from);
}

/** The depth of a fall says nothing about what it is. */
function fallenTo(random: Random): number {
  return between(random, 0.25, 0.7);
}

/** Errors and slowness show a slot before the callers give up; they come back all at once. */
function outage(random: Random, { intensity, errorRatio, slowness }: Moving, from: number): void {
  const slots = random() < 0.5 ? 2 : 3;
  const left = fallenTo(random);
  const failing = between(random, 0.2, 0.8);
  const slower = between(random, 2, 6);
  scale(intensity, from, slots, () => left);
  scale(errorRatio, from - 1, slots + 1, () => failing / USUAL_ERRORS);
  scale(slowness, from - 1, slots + 1, () => slower);
  const storm = between(random, 0.1, 0.4);
  scale(intensity, from + slots, 3, (slot) => 1 + storm * 0.4 ** slot);
}

/** Traffic is sent elsewhere for hours. */
function shift(random: Random, { intensity }: Moving, from: number): void {
  const left = fallenTo(random);
  scale(intensity, from, Math.round(between(random, 12, 60)), () => left);
}

/** Cold caches for a while; or what is new is liked for hours. */
function rollout(random: Random, { intensity, slowness, rolloutSlots }: Moving, from: number): void {
  rolloutSlots.push(from);
  if (random() < 0.5) {
    const lost = 1 - fallenTo(random);
    const warmth = between(random, 0.2, 0.4);
    scale(intensity, from, 4, (slot) => 1 - lost * warmth ** slot);
    scale(slowness, from, 4, (slot) => 1 + 2 * warmth ** slot);
  } else {
    const more = between(random, 1.2, 1.8);
    scale(intensity, from + 1, Math.round(between(random, 12, 60)), () => more);
  }
}

/** Connections rise a slot before the requests do. */
function crowd(random: Random, { intensity, connecting }: Moving, from: number): void {
  const peak = between(random, 0.5, 2);
  const kept = between(random, 0.7, 0.95);
  scale(connecting, from - 1, 1, () => 1 + 2 * peak);
  scale(intensity, from, 40, (slot) => 1 + peak * kept ** slot);
}

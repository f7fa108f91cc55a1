/** An answer that holds from tick to tick: of the same forecast, as long as the same of its slots lie ahead. */
import type { Forecast } from '../domain/forecast.ts';
import { meanRateRps } from './rate-distribution.ts';
import type { SizedTrace } from './sized-trace.ts';
import type { Question, SizedUnder } from './sizing-question.ts';
import { type Ahead, firstServed, slotAtMs, slotsAhead } from './steps-ahead.ts';

export interface Answered {
  readonly question: Question;
  readonly sized: SizedTrace;
}

/** What is asked of a forecast at an instant; of the slots, their numbers in the forecast. */
export interface Outlook extends SizedUnder {
  readonly basis: 'forecast';
  readonly forecast: Forecast;
  readonly firstSlot: number;
  readonly windowSteps: number;
  /** Number of the first step of the window that new replicas can serve. */
  readonly servedFrom: number;
  readonly leadTimeSeconds: number;
  readonly currentReplicas: number;
  readonly startingReplicas: number;
}

export interface StandingAnswer {
  readonly asked: Outlook;
  readonly sized: SizedTrace;
  /** Of the window's steps that new replicas can serve, the one with the highest upper quantile. */
  readonly highestStep: number;
}

/** Where the forecast's slots lie at an instant, without a list of them. */
export function sightOf(
  forecast: Forecast,
  ahead: Ahead,
  startupSeconds: number,
): Pick<Outlook, 'firstSlot' | 'windowSteps' | 'servedFrom'> {
  const { firstSlot, windowSteps } = slotsAhead(forecast, ahead);
  const beginsAtMs = (step: number): number => slotAtMs(forecast, firstSlot + step, ahead.nowMs);
  return { firstSlot, windowSteps, servedFrom: firstServed(windowSteps, beginsAtMs, startupSeconds) };
}

/** Whether it is the answer to what is asked now. */
export function standsFor(standing: StandingAnswer, asked: Outlook): boolean {
  return isSameSight(standing.asked, asked) && isSameService(standing.asked, asked);
}

function isSameSight(a: Outlook, b: Outlook): boolean {
  return (
    a.forecast === b.forecast &&
    a.firstSlot === b.firstSlot &&
    a.windowSteps === b.windowSteps &&
    a.servedFrom === b.servedFrom &&
    a.leadTimeSeconds === b.leadTimeSeconds
  );
}

function isSameService(a: Outlook, b: Outlook): boolean {
  return (
    a.currentReplicas === b.currentReplicas &&
    a.startingReplicas === b.startingReplicas &&
    a.policy === b.policy &&
    a.serviceRateRps === b.serviceRateRps &&
    a.objectivePrice?.replicaSeconds === b.objectivePrice?.replicaSeconds
  );
}

/**
 * Whether what was just answered holds as time goes by: nothing waits, and no step of the window overloads those who serve
 * now (`readyRps`), so that nothing will.
 */
export function isStanding(
  { question }: Answered,
  { forecast, firstSlot, windowSteps }: Outlook,
  readyRps: number,
): boolean {
  return question.ratesRps.every(
    (ratesRps, step) =>
      ratesRps === forecast.quantilesRps[firstSlot + step] &&
      (step >= windowSteps || isCarried(ratesRps, readyRps)),
  );
}

/** The highest quantile mostly tells. */
function isCarried(ratesRps: readonly number[], readyRps: number): boolean {
  return ratesRps[ratesRps.length - 1] <= readyRps || meanRateRps({ ratesRps }) <= readyRps;
}

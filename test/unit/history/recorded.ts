import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HistoryEar, RecordedDecision } from '../../../src/history/decision-history.ts';
import { createSegmentHistory, type SegmentHistory } from '../../../src/history/segment-history.ts';
import { aDecision } from '../../builders/decision.ts';
import { aForecast } from '../../builders/forecast.ts';
import { NOW_MS, anObservation } from '../../builders/observation.ts';

export const SHOP = { namespace: 'shop', name: 'checkout' };
export const FIRST_MS = NOW_MS;
export const TICK_MS = 15_000;
export const atTick = (tick: number): number => FIRST_MS + tick * TICK_MS;

/** What one forecast was made from four decisions with. */
const forecasts = [aForecast(), { ...aForecast(), confidenceRatio: 0.5 }];

const made = new Map<string, RecordedDecision>();

/** The decision of a tick, as the chain makes them; the same value each time it is asked for. */
export function recordedAt(tick: number, workload = SHOP): RecordedDecision {
  const key = `${tick} ${workload.name}`;
  const recorded = made.get(key) ?? makeRecorded(tick, workload);
  made.set(key, recorded);
  return recorded;
}

function makeRecorded(tick: number, workload: typeof SHOP): RecordedDecision {
  const nowMs = atTick(tick);
  const decision = {
    ...aDecision({
      nowMs,
      forecast: forecasts[Math.floor(tick / 4) % 2],
      observation: anObservation({ observedAtMs: nowMs, coverageRatio: 0.5 + (tick % 50) / 100 }),
    }),
    workload,
  };
  const actuation = {
    workload,
    decidedAtMs: nowMs,
    result: 'applied',
    toReplicas: 10,
    message: `tick ${tick}: 10 → 12`,
  } as const;
  return { decision, actuation };
}

export interface Heard {
  readonly faults: string[];
  lost: number;
  recovered: number;
}

export function listening(): Heard & { readonly ear: HistoryEar } {
  const heard = {
    faults: [] as string[],
    lost: 0,
    recovered: 0,
    ear: {
      fault: ({ kind, message }: { kind: string; message: string }) =>
        void heard.faults.push(`${kind}: ${message}`),
      recovered: () => void (heard.recovered += 1),
      lost: (decisions: number) => void (heard.lost += decisions),
    },
  };
  return heard;
}

/** A directory that goes when the test ends. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'history-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const GENEROUS = { mostBytes: 1e9, mostAgeSeconds: 30 * 86_400 };

/** Closed when the test ends, if it has not been before. */
export function aHistory(
  directory: string,
  overrides: Partial<Parameters<typeof createSegmentHistory>[0]> = {},
) {
  const heard = listening();
  const history: SegmentHistory = createSegmentHistory({
    directory,
    ear: heard.ear,
    ...GENEROUS,
    ...overrides,
  });
  onTestFinished(() => history.close().catch(() => undefined));
  return { history, heard };
}

export const ticksOf = (decisions: readonly RecordedDecision[]): readonly number[] =>
  decisions.map(({ decision }) => (decision.decidedAtMs - FIRST_MS) / TICK_MS);

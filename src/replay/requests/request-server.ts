/**
 * Every request for itself: Poisson arrivals, exponential service, the policy's dispatch to replicas that come and go.
 * What the fluid replay takes from formulas is counted here. A discrete-event simulation, step by step of the replay.
 */
import { createRandom } from '../../domain/random.ts';
import { serverRateRps, type ServiceModel } from '../../size/service-model.ts';
import type { ServedStep } from '../step-lateness.ts';
import { createReplicaPool } from './replica-pool.ts';
import { heldBy, type Station, takeFirst, waitingAt } from './station.ts';
import { createTimeHeap } from './time-heap.ts';

export interface RequestServer {
  /**
   * The next step: requests at `rateRps` (NaN: none) with so many replicas ready. `lateRatio` is the share, of the
   * requests whose answer was settled in it, that are late.
   */
  readonly serve: (rateRps: number, replicas: number) => ServedStep;
  /** At the end: those that still wait count as answered now. */
  readonly settle: () => void;
}

export interface RequestWorld {
  readonly model: ServiceModel;
  readonly sloSeconds: number;
  readonly stepSeconds: number;
  readonly seed: number;
  /** Told of every request once its answer is settled; Infinity for one that was shed. */
  readonly onResponse: (seconds: number) => void;
}

export function createRequestServer(world: RequestWorld): RequestServer {
  const { model, sloSeconds, stepSeconds } = world;
  const random = createRandom(world.seed);
  const pool = createReplicaPool(model);
  const limit = model.losses?.queueLimitRequests ?? Infinity;
  const departures = createTimeHeap();
  let replicas = 0;
  let nowSeconds = 0;
  let busyServers = 0;
  let busySeconds = 0;
  let settled = 0;
  let late = 0;

  const respond = (seconds: number): void => {
    settled += 1;
    if (seconds > sloSeconds) late += 1;
    world.onResponse(seconds);
  };
  const advance = (toSeconds: number): void => {
    busySeconds += busyServers * (toSeconds - nowSeconds);
    nowSeconds = toSeconds;
  };
  const begin = (station: Station, arrivedSeconds: number): void => {
    station.busy += 1;
    busyServers += 1;
    const serviceSeconds = -Math.log1p(-random()) / serverRateRps(model, Math.max(1, replicas));
    departures.push(nowSeconds + serviceSeconds, station.number);
    respond(nowSeconds - arrivedSeconds + serviceSeconds);
  };
  const beginWaiting = (station: Station): void => {
    while (waitingAt(station) > 0 && station.busy < station.servers) begin(station, takeFirst(station));
  };
  const arrive = (): void => {
    if (replicas === 0) return respond(Infinity);
    const station = pool.choose(random);
    if (heldBy(station) >= (model.dispatch === 'Central' ? limit * replicas : limit))
      return respond(Infinity);
    if (station.busy < station.servers) begin(station, nowSeconds);
    else station.waiting.push(nowSeconds);
    pool.changed(station);
  };
  const depart = (): void => {
    const station = pool.stationOf(departures.pop());
    station.busy -= 1;
    busyServers -= 1;
    beginWaiting(station);
    pool.changed(station);
  };
  const playUntil = (untilSeconds: number, rateRps: number): void => {
    const gap = (): number => (rateRps > 0 ? -Math.log1p(-random()) / rateRps : Infinity);
    for (let arrivesAt = nowSeconds + gap(); ;) {
      const next = Math.min(arrivesAt, departures.earliest());
      if (next >= untilSeconds) return advance(untilSeconds);
      advance(next);
      if (next < arrivesAt) depart();
      else {
        arrive();
        arrivesAt = nowSeconds + gap();
      }
    }
  };
  return {
    serve(rateRps, ready) {
      replicas = ready;
      pool.scale(ready).forEach(beginWaiting);
      [busySeconds, settled, late] = [0, 0, 0];
      playUntil(nowSeconds + stepSeconds, rateRps);
      const backlogRequests = pool.stations().reduce((sum, station) => sum + waitingAt(station), 0);
      const possible = ready * model.serversPerReplica * stepSeconds;
      const utilizationRatio = possible > 0 ? Math.min(1, busySeconds / possible) : 1;
      return { lateRatio: settled > 0 ? late / settled : 0, backlogRequests, utilizationRatio };
    },
    settle() {
      for (const station of pool.stations())
        while (waitingAt(station) > 0) respond(nowSeconds - takeFirst(station));
    },
  };
}

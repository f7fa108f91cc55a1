import { targetOf } from '../../../actuate/scale-subresource.ts';
import { objectKey, workloadOf, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import type { StoredDecision } from '../../../control/decision-store.ts';
import type { Finding, StartsOfTarget } from '../../../explain/status-of.ts';
import type { Policy } from '../../../policy/policy.ts';
import { createDecisionPrinter } from '../decision-printer.ts';
import { printMode, type RunFlags } from '../run-flags.ts';
import { targetName } from './kept-starts.ts';
import { isOwned } from './own-shards.ts';
import { restoreFloors } from './restore-floors.ts';
import type { Site } from './site.ts';
import { syncFleet, type InvalidObject } from './sync-fleet.ts';
import { singleFlight } from './single-flight.ts';
import { newsOf } from './tell-object.ts';

/** Between two looks whether the cluster has been listed. */
export const SYNC_LOOK_SECONDS = 0.1;

/** Ticks until stopped: the objects say who is looked after, and are told what came of it. */
export async function tickOverObjects(site: Site, flags: RunFlags, stop: AbortSignal): Promise<void> {
  const { clock, controller, ownership, watch } = site;
  while (watch.notReadyBecause() !== null && !stop.aborted) await clock.sleep(SYNC_LOOK_SECONDS, stop);
  let invalid: readonly InvalidObject[] = [];
  const say = singleFlight(() => site.teller.say(stop));
  const look = singleFlight(() => site.scaling.startups.look(stop));
  const printer = createDecisionPrinter(process.stdout, printMode(flags));
  const plan = {
    speed: null,
    firstAtMs: clock.nowMs(),
    lastAtMs: Infinity,
    attendances: [],
    isSideBySide: false,
  };
  await controller.run(plan, clock, {
    async beforeTick() {
      site.work.isUnderWay = true;
      await site.writeSwitch.look();
      invalid = sync(site, flags);
      site.targets.expect(
        site.controller.fleet.members().map(({ policy }) => targetOf(policy)),
        stop,
      );
    },
    async onDecided(batch) {
      site.feed.publish(batch);
      await printer.print(batch);
      if (ownership.shards().held > 0) {
        if (flags.dryRun !== true) await putBackFloors(site, stop);
        takeNews(site, batch, invalid);
        void say();
        void look();
      }
      site.work.isUnderWay = false;
    },
    stop,
  });
  await Promise.all([say(), look()]);
}

/** Cleans up after those that ask for no floor any more. */
async function putBackFloors({ watch, writeSwitch, restore }: Site, stop: AbortSignal): Promise<void> {
  if (writeSwitch.stoppedBecause() !== undefined) return;
  await restoreFloors(restore, watch.autoscalers().predictiveAutoscalers, stop);
}

/** What is to be said to the objects of those workloads that this replica owns. */
function takeNews(site: Site, batch: readonly StoredDecision[], invalid: readonly InvalidObject[]): void {
  const objects = site.watch.autoscalers().predictiveAutoscalers.filter(isOwned(site.ownership));
  const refused = new Map(invalid.map(({ object, message }) => [objectKey(object), message]));
  const news = newsOf(objects, batch, {
    finding: (object) => findingOf(site, refused, object),
    starts: (object) => startsOf(site, object),
  });
  site.teller.take(news, site.clock.nowMs());
}

const isAttended =
  ({ ownership }: Site) =>
  (object: KubernetesObject): boolean =>
    ownership.attends(workloadOf(object).namespace);

function sync(site: Site, flags: RunFlags): readonly InvalidObject[] {
  const { controller, watch, sources, policies, scaling } = site;
  const { fleet, ring, metrics } = controller;
  const onGone = (workload: Policy['workload']): void => {
    ring.forget(workload);
    metrics.forget(workload);
    scaling.forget(workload);
  };
  const recommendOnly = flags.dryRun === true;
  const deps = { fleet, sources, policies, recommendOnly, onGone };
  return syncFleet(deps, watch.autoscalers().predictiveAutoscalers.filter(isAttended(site)));
}

function findingOf(
  { controller, scaling }: Site,
  refused: ReadonlyMap<string, string>,
  object: KubernetesObject,
): Finding | undefined {
  const message = refused.get(objectKey(object));
  if (message !== undefined) return { reason: 'InvalidPolicy', message };
  const member = controller.fleet.member(workloadOf(object));
  return member && scaling.findings.of(member.policy);
}

function startsOf({ controller, scaling }: Site, object: KubernetesObject): StartsOfTarget | undefined {
  const workload = workloadOf(object);
  const member = controller.fleet.member(workload);
  const record = scaling.startups.recordOf(workload);
  return member && record && { target: targetName(member.policy), record };
}

import { objectKey, workloadOf, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import type { StoredDecision } from '../../../control/decision-store.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { Finding, StartsOfTarget } from '../../../explain/status-of.ts';
import type { Policy } from '../../../policy/policy.ts';
import { createDecisionPrinter } from '../decision-printer.ts';
import { printMode, type RunFlags } from '../run-flags.ts';
import { targetName } from './kept-starts.ts';
import { restoreFloors } from './restore-floors.ts';
import type { Site } from './site.ts';
import { syncFleet, type InvalidObject } from './sync-fleet.ts';
import { newsOf, tellObjects } from './tell-objects.ts';

/** Between two looks whether the cluster has been listed. */
export const SYNC_LOOK_SECONDS = 0.1;

/** Ticks until stopped: the objects say who is looked after, and are told what came of it. */
export async function tickOverObjects(site: Site, flags: RunFlags, stop: AbortSignal): Promise<void> {
  const { clock, controller, ownership, watch } = site;
  while (watch.notReadyBecause() !== null && !stop.aborted) await clock.sleep(SYNC_LOOK_SECONDS, stop);
  let invalid: readonly InvalidObject[] = [];
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
    },
    async onDecided(batch) {
      site.feed.publish(batch);
      await printer.print(batch);
      if (ownership.shards().held > 0)
        await tellObjectsOf(site, { batch, invalid, mayRestore: flags.dryRun !== true }, stop);
      site.work.isUnderWay = false;
    },
    stop,
  });
}

/** Tells the objects of those workloads that this replica owns, and cleans up after them. */
async function tellObjectsOf(
  site: Site,
  {
    batch,
    invalid,
    mayRestore,
  }: { batch: readonly StoredDecision[]; invalid: readonly InvalidObject[]; mayRestore: boolean },
  stop: AbortSignal,
): Promise<void> {
  const objects = site.watch.autoscalers().predictiveAutoscalers;
  const mayWrite = mayRestore && site.writeSwitch.stoppedBecause() === undefined;
  if (mayWrite) await restoreFloors(site.restore, objects, stop);
  const news = newsOf(objects.filter(isOwned(site)), batch, {
    finding: (object) => findingOf(site, invalid, object),
    starts: (object) => startsOf(site, object),
  });
  await tellObjects(site.tell, news, site.clock.nowMs(), stop);
  await site.startups.look(stop);
}

const isAttended =
  ({ ownership }: Site) =>
  (object: KubernetesObject): boolean =>
    ownership.attends(workloadOf(object).namespace);

const isOwned =
  ({ ownership }: Site) =>
  (object: KubernetesObject): boolean =>
    ownership.isLeader(workloadOf(object));

function sync(site: Site, flags: RunFlags): readonly InvalidObject[] {
  const { controller, watch, sources, policies, startups, findings } = site;
  const { fleet, ring, metrics } = controller;
  const onGone = (workload: Policy['workload']): void => {
    ring.forget(workload);
    metrics.forget(workload);
    startups.forget(workloadKey(workload));
    findings.forget(workloadKey(workload));
  };
  const recommendOnly = flags.dryRun === true;
  const deps = { fleet, sources, policies, recommendOnly, onGone };
  return syncFleet(deps, watch.autoscalers().predictiveAutoscalers.filter(isAttended(site)));
}

function findingOf(
  { controller, findings }: Site,
  invalid: readonly InvalidObject[],
  object: KubernetesObject,
): Finding | undefined {
  const key = objectKey(object);
  const refused = invalid.find((one) => objectKey(one.object) === key);
  if (refused) return { reason: 'InvalidPolicy', message: refused.message };
  const member = controller.fleet.member(workloadOf(object));
  return member && findings.of(member.policy);
}

function startsOf({ controller, startups }: Site, object: KubernetesObject): StartsOfTarget | undefined {
  const workload = workloadOf(object);
  const member = controller.fleet.member(workload);
  const record = startups.recordOf(workload);
  return member && record && { target: targetName(member.policy), record };
}

/**
 * How long after a change of load a whole fleet has been scaled, on a real control plane with KWOK's pods, and what that
 * costs; for the controller and for HPA in one run:
 *
 *   npm run build && npx tsx test/cluster/binaries/main.ts
 *   npx tsx test/bench/reaction/main.ts [--workloads 100,1000] [--sides prescale,hpa] [--json]
 *
 * All loads step up at the same moment, by four. `to patch`: from then to the API server's answer to the first write of
 * each workload's scale, by its audit log (of a write that its client gave up and that was made all the same: to when the
 * server was done with it). Before it, some time after the start (a minute, 2.5 at 2,000 workloads) and with
 * nothing to do for two minutes, the CPU (cores) of who scales and of the API server, the latter beside what it takes when
 * nobody scales; HPA's process does the work of all other controllers too. Prometheus scrapes every 5 s; HPA is told what it has at that moment, the controller uses what is 5 s
 * old (its `delay`).
 */
import { parseArgs } from 'node:util';
import { reactionOf, reactionText } from './reaction.ts';
import { SIDES, type Side } from './sides.ts';

const { values: flags } = parseArgs({
  options: {
    workloads: { type: 'string', default: '100,1000' },
    sides: { type: 'string', default: SIDES.join(',') },
    json: { type: 'boolean', default: false },
  },
});

for (const size of flags.workloads.split(',').map(Number))
  for (const side of flags.sides.split(',') as Side[]) {
    const reaction = await reactionOf(side, size);
    console.log(flags.json ? JSON.stringify(reaction) : reactionText(reaction));
  }

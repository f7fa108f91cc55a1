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
import { reactionOf, reactionText } from './reaction.ts';
import { SIDES } from './sides.ts';
import { commandFlags, namesOf, wholeNumbers } from '../../command-flags.ts';

const flags = commandFlags({
  workloads: { type: 'string', default: '100,1000' },
  sides: { type: 'string', default: SIDES.join(',') },
  json: { type: 'boolean', default: false },
});

for (const size of wholeNumbers('workloads', flags.workloads))
  for (const side of namesOf('sides', flags.sides, SIDES)) {
    const reaction = await reactionOf(side, size);
    console.log(flags.json ? JSON.stringify(reaction) : reactionText(reaction));
  }

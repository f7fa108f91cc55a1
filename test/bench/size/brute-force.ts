/**
 * Every other count, and every other path, against what sizing chose: `npx tsx test/bench/size/brute-force.ts
 * [--cases 100000] [--seed 1]`. The costs are computed apart from the product (offline-optimum.ts for lateness). Exit 1
 * when a single one is cheaper.
 */
import { beatenCounts, beatenPaths } from './brute-force-cases.ts';
import { commandFlags, wholeNumber } from '../../command-flags.ts';

const flags = commandFlags({
  cases: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
});
const cases = wholeNumber('cases', flags.cases);
const seed = wholeNumber('seed', flags.seed);
const counts = beatenCounts(cases, seed);
console.log(`${cases} sizings against every count up to four times theirs: ${counts} beaten`);
const paths = beatenPaths(cases, seed);
console.log(`${cases} plans of up to 4 steps against every path: ${paths} beaten`);
process.exitCode = counts + paths === 0 ? 0 : 1;

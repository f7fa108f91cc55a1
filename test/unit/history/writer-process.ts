/** Writes decisions until it is killed; prints the number of each that is stored. Arguments: directory, first number. */
import { aStoredDecision } from '../../builders/stored-decision.ts';
import { createSegmentHistory } from '../../../src/history/segment-history.ts';

const [directory, first] = process.argv.slice(2);
const ear = { fault: () => undefined, recovered: () => undefined, lost: () => undefined };
const history = createSegmentHistory({
  directory,
  ear,
  mostBytes: 1e9,
  mostAgeSeconds: 1e9,
  journalBytes: 50_000,
});
for (let number = Number(first); ; number += 1) {
  await history.append([aStoredDecision({ decidedAtMs: number })]);
  process.stdout.write(`${number}\n`);
}

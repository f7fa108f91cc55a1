/** Puts one network after the other into its place, each told on standard output, until it is killed. */
import { artefactFrom } from '../../../src/infer/artefact.ts';
import { writeArtefact } from '../../../src/infer/write-artefact.ts';
import { aNetwork } from '../../builders/network.ts';
import { WRITTEN_FEATURES, WRITTEN_SHAPE } from './written-network.ts';

const file = process.argv[2];
for (let count = 1; ; count += 1) {
  await writeArtefact(file, artefactFrom(aNetwork(WRITTEN_SHAPE, count), WRITTEN_FEATURES, { count }));
  console.log(count);
}

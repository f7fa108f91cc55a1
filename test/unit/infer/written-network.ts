import { featureNamed } from '../../../src/forecast/features/feature-table.ts';
import { rowColumns } from '../../../src/forecast/models/lstm/network-inputs.ts';

/** Of networks that are large enough to be killed while they are written. */
export const WRITTEN_FEATURES = ['newest', 'spread1Hour'];
export const WRITTEN_SHAPE = {
  rowColumns: rowColumns(WRITTEN_FEATURES.map((name) => featureNamed(name)!)),
  units: 64,
};

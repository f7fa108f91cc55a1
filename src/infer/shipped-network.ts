import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServedNetwork } from '../forecast/models/lstm/correction-memory.ts';
import { loadArtefact } from './artefact.ts';

/** Beside `src/` and beside `dist/`. */
const SHIPPED = new URL('../../models/lstm.json', import.meta.url);

/** The network that comes with this version, or why it cannot be served: forecasts are made without it then. */
export async function shippedNetwork(
  file: URL = SHIPPED,
): Promise<ServedNetwork | { readonly missing: string }> {
  if (!existsSync(file)) return { missing: `there is no trained network at ${fileURLToPath(file)}` };
  try {
    return await loadArtefact(file);
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

/** The first half of `npm run test:cluster`: builds what is missing, or says what to install. */
import { ensurePrograms } from './build-programs.ts';
import { ensureForeignKinds } from './foreign-kinds.ts';
import { ensureHelm } from './helm.ts';

try {
  await ensurePrograms((line) => console.error(`control plane: ${line}`));
  await ensureHelm((line) => console.error(`helm: ${line}`));
  await ensureForeignKinds((line) => console.error(`kinds: ${line}`));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

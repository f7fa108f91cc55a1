/** The first half of `npm run test:cluster`: builds what is missing, or says what to install. */
import { ensurePrograms } from './build-programs.ts';

try {
  await ensurePrograms((line) => console.error(`control plane: ${line}`));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

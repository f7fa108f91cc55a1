import type { CommandSpec } from './command-spec.ts';
import { capacity } from './capacity/spec.ts';
import { evaluate } from './evaluate/spec.ts';
import { forecast } from './forecast/spec.ts';
import { record } from './record/spec.ts';
import { replay } from './replay/spec.ts';
import { run } from './run/spec.ts';
import { size } from './size/spec.ts';
import { crd } from './crd/spec.ts';
import { validate } from './validate/spec.ts';
import { version } from './version/spec.ts';

/** Every command, in the order of `prescale --help`. One folder each: `spec.ts` (cheap) and `body.ts` (loaded when run). */
export const COMMANDS: readonly CommandSpec[] = [
  run,
  replay,
  forecast,
  evaluate,
  size,
  capacity,
  record,
  validate,
  crd,
  version,
];

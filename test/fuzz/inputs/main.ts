/**
 * Input that nobody vouches for, broken on purpose: policies, recordings, answers of a Prometheus, Leases, model
 * artefacts; cut off, bit-flipped, of hostile form and size. Each case must be taken, or refused in clear and bounded
 * words, within seconds and without filling the memory. A case is named by its target and seed, and is the same anywhere.
 *
 *   npm run fuzz:inputs -- [--cases N] [--from SEED] [--target NAME,…]     20,000 cases of each target by default
 *
 * Each target plays in a process of its own with a heap of 512 MiB: one that is silent for a minute hangs.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { commandFlags, namesOf, wholeNumber } from '../../command-flags.ts';
import { playCases, type Played } from './play-cases.ts';
import { TARGET_NAMES, type TargetName } from './targets.ts';

const SILENT_MS = 60_000;
const TOLD_EVERY = 100;
const MOST_HEAP_MIB = 512;

interface Task {
  readonly target: TargetName;
  readonly from: number;
  readonly count: number;
}

type Message = { readonly seed: number } | { readonly played: Played };

async function asChild({ target, ...seeds }: Task): Promise<void> {
  const tell = (message: Message): void => void process.send!(message);
  const told = await playCases(target, seeds, (seed) => seed % TOLD_EVERY === 0 && tell({ seed }));
  tell({ played: told });
}

/** Rejects where the process dies or falls silent. */
function played(task: Task): Promise<Played> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['--child', JSON.stringify(task)], {
      execArgv: ['--import', 'tsx', `--max-old-space-size=${MOST_HEAP_MIB}`],
    });
    let seed = task.from;
    const fail = (what: string): void => {
      clearTimeout(silence);
      child.kill('SIGKILL');
      reject(new Error(`${task.target}: ${what} at seed ${seed} or one of the ${TOLD_EVERY} after it`));
    };
    const hang = (): void => fail('hangs');
    let silence = setTimeout(hang, SILENT_MS);
    child.on('message', (message: Message) => {
      clearTimeout(silence);
      if ('played' in message) return resolve(message.played);
      seed = message.seed;
      silence = setTimeout(hang, SILENT_MS);
    });
    child.on('exit', (code) => code !== 0 && fail(`dies (${code})`));
  });
}

async function main(): Promise<void> {
  const flags = commandFlags({
    cases: { type: 'string', default: String(20_000 * TARGET_NAMES.length) },
    from: { type: 'string', default: '1' },
    target: { type: 'string', default: TARGET_NAMES.join(',') },
  });
  const targets = namesOf('target', flags.target, TARGET_NAMES);
  const count = Math.ceil(wholeNumber('cases', flags.cases) / targets.length);
  const from = wholeNumber('from', flags.from);
  let [cases, wrong] = [0, 0];
  for (const target of targets) {
    const beganMs = performance.now();
    const { findings, ...told } = await played({ target, from, count });
    const seconds = (performance.now() - beganMs) / 1000;
    console.log(
      `${target}: ${told.cases} cases, ${told.taken} taken, ${told.refused} refused, ` +
        `slowest ${told.slowestMs.toFixed(0)} ms, ${seconds.toFixed(0)} s`,
    );
    for (const { seed, what } of findings) console.log(`  seed ${seed}: ${what}`);
    cases += told.cases;
    wrong += findings.length;
  }
  console.log(`${cases} cases from seed ${from}, ${wrong} of them dealt with wrongly`);
  if (wrong > 0) process.exitCode = 1;
}

const [flag, task] = process.argv.slice(2);
await (flag === '--child' ? asChild(JSON.parse(task) as Task) : main());

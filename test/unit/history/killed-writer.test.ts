import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { aDirectory, aHistory, SHOP } from './recorded.ts';

/** Lets it write some hundred decisions and kills it in the middle; resolves to the number that was stored last. */
async function writeUntilKilled(directory: string, first: number): Promise<number> {
  const args = ['--import', 'tsx', 'test/unit/history/writer-process.ts', directory, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let last = first - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    // Not always at the same point of a journal's life: some are being packed.
    if (last === first + 300 + (first % 7) * 37) child.kill('SIGKILL');
  }
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  return last;
}

test('a writer that is killed again and again loses nothing that was stored, and leaves nothing that is not', async () => {
  const directory = aDirectory();
  let next = 1;
  for (const _round of [1, 2, 3]) {
    const last = await writeUntilKilled(directory, next);
    const { history, heard } = aHistory(directory);
    const { decisions } = await history.read(SHOP, { limit: 100_000 });
    const numbers = decisions.map(({ decision }) => decision.decidedAtMs).reverse();
    expect(numbers.length).toBeGreaterThanOrEqual(last);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(heard.faults.filter((fault) => !fault.includes('not whole decisions'))).toEqual([]);
    await history.close();
    next = numbers.length + 1;
  }
});

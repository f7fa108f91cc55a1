import { vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';

export interface Captured {
  stdout: string;
  stderr: string;
}

/** `prescale run …` in this process, on a free port unless told otherwise; what it prints is added to `output`. */
export async function runCaptured(args: readonly string[], output: Captured): Promise<number> {
  const capture = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      output[stream] += String(text);
      return true;
    });
  const spies = [capture('stdout'), capture('stderr')];
  try {
    return await main(['run', ...args, ...(args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'])]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

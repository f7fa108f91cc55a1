import { vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';

/** Runs `prescale size` in this process: flags by name (undefined is left out), JSON answer and what was written. */
export async function runSize(flags: Record<string, string | undefined>, extra: string[] = ['--json']) {
  const argv = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += String(chunk);
      return true;
    }),
  );
  try {
    const exitCode = await main(['size', ...argv, ...extra]);
    const answer = written.stdout.startsWith('{') ? JSON.parse(written.stdout) : undefined;
    return { exitCode, answer, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

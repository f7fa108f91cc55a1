/** One build at a time on a machine, whichever clone it is started from. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 2000;

/** Runs `work` while this process alone holds `file`. A holder that died (kill -9) is taken over. */
export async function withBuildLock<T>(
  file: string,
  onWaiting: (holderPid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let told = false;
  while (!(await take(file))) {
    const holder = await holderOf(file);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      await removeOf(file, holder);
      continue;
    }
    if (!told) onWaiting(holder);
    told = true;
    await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** undefined: the lock has just been given back, or its holder has not written its name yet. */
async function holderOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text === '') await sleep(50);
  return text === '' ? undefined : Number(text);
}

/** Only while it is still the dead holder's: another waiter may have taken the lock since. */
async function removeOf(file: string, holder: number): Promise<void> {
  if ((await holderOf(file)) === holder) await rm(file, { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

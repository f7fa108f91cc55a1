import { rm } from 'node:fs/promises';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { DamagedFile } from './load-directory.ts';
import type { Generation } from './generation.ts';

export interface RetentionLimits {
  /** Of all files together. */
  readonly mostBytes: number;
  /** Before the newest decision. */
  readonly mostAgeSeconds: number;
}

export interface Kept {
  readonly generations: readonly Generation[];
  readonly damaged: readonly DamagedFile[];
}

/** Removes the oldest files until `neededBytes` more have room; the newest generation stays. Resolves to what is left. */
export async function prune(
  { generations, damaged }: Kept,
  limits: RetentionLimits,
  neededBytes: number,
): Promise<Kept> {
  const newestMs = Math.max(...generations.map((one) => one.lastAtMs()));
  const oldestMs = newestMs - limits.mostAgeSeconds * MS_PER_SECOND;
  let bytes = neededBytes + bytesOf({ generations, damaged });
  const goes = (file: { readonly bytes: number }, tooOld: boolean): boolean => {
    if (!tooOld && bytes <= limits.mostBytes) return false;
    bytes -= file.bytes;
    return true;
  };
  const lastOf = Math.max(...generations.map((one) => one.sequence));
  const goingDamaged = damaged.filter((file) => goes(file, false));
  const going = [...generations]
    .sort((a, b) => a.sequence - b.sequence)
    .filter((one) => one.sequence < lastOf && goes({ bytes: one.bytes() }, one.lastAtMs() < oldestMs));
  for (const { file } of [...goingDamaged, ...going]) await rm(file, { force: true });
  return {
    generations: generations.filter((one) => !going.includes(one)),
    damaged: damaged.filter((one) => !goingDamaged.includes(one)),
  };
}

export function bytesOf({ generations, damaged }: Kept): number {
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, bytes) => total + bytes, 0);
  return sum(generations.map((one) => one.bytes())) + sum(damaged.map((one) => one.bytes));
}

import { InvalidArgumentError } from 'commander';

/** Virtual seconds per second, or `max`: as fast as the machine plays. */
export function speedFlag(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const speed = text.trim() === '' ? Number.NaN : Number(text);
  if (!(speed > 0 && speed < Infinity))
    throw new InvalidArgumentError(
      `Got "${text}", allowed: max, or a number above 0 (virtual seconds per second).`,
    );
  return speed;
}

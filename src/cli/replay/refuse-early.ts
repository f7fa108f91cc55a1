/** What a long play would else be for nothing: told before it begins. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';
import type { Requirement } from '../../replay/requirement.ts';

export interface NamesAsked {
  readonly plan?: string;
  readonly planPolicy: string;
  readonly require?: readonly Requirement[];
}

/** A requirement on a policy that is not played is a typing error, and CI must not take it for kept. */
export function refuseUnknownNames(
  { plan, planPolicy, require = [] }: NamesAsked,
  names: readonly string[],
): void {
  if (plan !== undefined) refuseUnknown('--plan-policy', planPolicy, names);
  for (const { policy } of require)
    if (policy !== undefined) refuseUnknown('--require', policy, ['a number', ...names]);
}

function refuseUnknown(flag: string, got: string, allowed: readonly string[]): void {
  if (allowed.includes(got)) return;
  throw new PrescaleError('usage', `${flag}: got "${got}", allowed: ${allowed.join(', ')}`);
}

/** By flag, the file that will be written at the end. */
export async function refuseUnwritable(files: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [flag, file] of Object.entries(files)) {
    if (file === undefined) continue;
    const folder = dirname(file);
    await access(folder, constants.W_OK).catch(() => {
      throw new PrescaleError(
        'usage',
        `${flag}: got ${file}, allowed: a file in a folder that can be written to`,
      );
    });
  }
}

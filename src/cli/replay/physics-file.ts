import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { invalidInput } from '../../domain/errors.ts';
import { problemsFromIssues } from '../../policy/policy-problems.ts';
import { INTERPOLATIONS, type ReplayPhysics } from '../../replay/physics.ts';

const seconds = z.number().min(0).max(1e7);
const schema = z.strictObject({
  stepSeconds: z.number().positive().max(86_400).optional(),
  metricLagSeconds: seconds.optional(),
  scaleDownWindowSeconds: seconds.optional(),
  interpolation: z.enum(INTERPOLATIONS).optional(),
  minReplicas: z.number().int().min(0).optional(),
  startupSeconds: z.union([seconds, z.array(seconds).min(1)]).optional(),
  terminationSeconds: seconds.optional(),
  failuresPerReplicaHour: z.number().min(0).max(100).optional(),
  evictionsPerReplicaHour: z.number().min(0).max(100).optional(),
  seed: z.number().int().min(0).optional(),
});

/** What a physics file sets, over the physics that the policy implies. Throws `invalidInput` that names every fault. */
export async function physicsWith(file: string | undefined, physics: ReplayPhysics): Promise<ReplayPhysics> {
  if (file === undefined) return physics;
  const { startupSeconds, ...set } = parsePhysics(await textOf(file), file);
  const startup = startupSeconds === undefined ? physics.startup : { seconds: [startupSeconds].flat() };
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  return { ...physics, ...given, startup };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const got = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw invalidInput('--physics', [{ path: file, got, allowed: 'a readable JSON file' }]);
  }
}

function parsePhysics(text: string, file: string): z.output<typeof schema> {
  const input = jsonOf(text, file);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput('--physics', problemsFromIssues(parsed.error.issues, input, schema));
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput('--physics', [{ path: file, got: 'no JSON', allowed: 'one JSON object' }]);
  }
}

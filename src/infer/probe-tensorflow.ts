/**
 * The network at run time. TensorFlow.js lives in this room and in train/ alone and is loaded when it is first needed:
 * a command that needs no network starts without it.
 *
 * Whether the native backend works is found out by importing it and running one operation. Resolving the package
 * proves nothing: npm leaves it in place, without its native library, when install scripts are blocked.
 */
import util from 'node:util';

export type TensorflowProbe =
  | { readonly available: true; readonly backend: string }
  | { readonly available: false; readonly reason: string };

/** The part of TensorFlow.js that the probe touches. */
export interface TensorflowModule {
  tidy<Result>(work: () => Result): Result;
  scalar(value: number): { add(other: unknown): { dataSync(): ArrayLike<number> } };
  getBackend(): string;
}

/** A name that the compiler does not follow: the package is optional. */
const NATIVE_PACKAGE: string = '@tensorflow/tfjs-node';

export async function probeTensorflow(load: () => Promise<unknown> = loadNative): Promise<TensorflowProbe> {
  try {
    const tensorflow = moduleFrom(await load());
    const three = tensorflow.tidy(() => tensorflow.scalar(1).add(tensorflow.scalar(2)).dataSync()[0]);
    if (three === 3) return { available: true, backend: tensorflow.getBackend() };
    return { available: false, reason: `1 + 2 gave ${three}` };
  } catch (error) {
    return { available: false, reason: firstLine(error) };
  }
}

/** The native package; fails where it is not installed or does not work. */
export async function loadNative(): Promise<TensorflowModule> {
  restoreRemovedUtilities(util);
  // Its native library tells of CPU features on stderr unless told not to.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  return moduleFrom(await import(NATIVE_PACKAGE));
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined` and `util.isArray`, which Node removed in version 23. */
export function restoreRemovedUtilities(target: object): void {
  const utilities = target as { isNullOrUndefined?: unknown; isArray?: unknown };
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
}

/** A CommonJS package arrives under `default`. */
function moduleFrom(loaded: unknown): TensorflowModule {
  const { default: inner } = loaded as { default?: TensorflowModule };
  return inner ?? (loaded as TensorflowModule);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n')[0] || 'it failed without a message';
}

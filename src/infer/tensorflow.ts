import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Core from '@tensorflow/tfjs-core';
import { PrescaleError } from '../domain/errors.ts';
import { loadNative, probeTensorflow } from './probe-tensorflow.ts';

export type Tensorflow = typeof Core;

/** The backends that come with the optional packages; the native one (tfjs-node) is found out by probeTensorflow. */
export type PortableBackend = 'wasm' | 'cpu';

/**
 * TensorFlow.js with gradients, on WebAssembly or plain JavaScript. Loaded here alone and only when it is asked for: serving
 * needs none of it.
 */
export async function loadTensorflow(backend: PortableBackend = 'wasm'): Promise<Tensorflow> {
  try {
    const core = await import('@tensorflow/tfjs-core');
    // Registers the gradients, which the core package leaves out.
    await import('@tensorflow/tfjs-layers');
    await import('@tensorflow/tfjs-backend-cpu');
    if (backend === 'wasm') {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
      setWasmPaths(`${pathToFileURL(dirname(entry)).pathname}/`);
    }
    if (!(await core.setBackend(backend))) throw new Error(`its ${backend} backend does not start`);
    await core.ready();
    return core;
  } catch (error) {
    const cause = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const message = `TensorFlow.js cannot be loaded (${cause}); it comes with the optional packages: npm install --include=optional`;
    throw new PrescaleError('usage', message, { cause: error });
  }
}

/** What trains: the native backend where it works, else WebAssembly. */
export async function loadTrainingTensorflow(): Promise<{
  readonly tf: Tensorflow;
  readonly backend: string;
}> {
  const probe = await probeTensorflow();
  if (!probe.available) return { tf: await loadTensorflow('wasm'), backend: 'wasm' };
  return { tf: (await loadNative()) as unknown as Tensorflow, backend: probe.backend };
}

import { expect, test } from 'vitest';
import { probeTensorflow, restoreRemovedUtilities } from '../../../src/infer/probe-tensorflow.ts';

const working = (sum = 3) => ({
  tidy: <Result>(work: () => Result) => work(),
  scalar: () => ({ add: () => ({ dataSync: () => [sum] }) }),
  getBackend: () => 'tensorflow',
});

test('a backend that imports and computes is available', async () => {
  expect(await probeTensorflow(() => Promise.resolve(working()))).toEqual({
    available: true,
    backend: 'tensorflow',
  });
});

test('a CommonJS package under default is found', async () => {
  expect(await probeTensorflow(() => Promise.resolve({ default: working() }))).toMatchObject({
    available: true,
  });
});

test('a package that cannot be imported is unavailable, with the first line of its message', async () => {
  const load = () => Promise.reject(new Error("Cannot find package '@tensorflow/tfjs-node'\nRequire stack:"));
  expect(await probeTensorflow(load)).toEqual({
    available: false,
    reason: "Cannot find package '@tensorflow/tfjs-node'",
  });
});

test('a package that imports and fails at its first operation is unavailable', async () => {
  const broken = {
    ...working(),
    scalar: () => {
      throw new TypeError('(0, util_1.isNullOrUndefined) is not a function');
    },
  };
  expect(await probeTensorflow(() => Promise.resolve(broken))).toEqual({
    available: false,
    reason: '(0, util_1.isNullOrUndefined) is not a function',
  });
});

test('a backend that computes wrongly is unavailable', async () => {
  expect(await probeTensorflow(() => Promise.resolve(working(4)))).toEqual({
    available: false,
    reason: '1 + 2 gave 4',
  });
});

test('utilities that Node removed are put back, those it has are left', () => {
  const own = () => true;
  const utilities: Record<string, unknown> = { isArray: own };
  restoreRemovedUtilities(utilities);
  expect(utilities['isArray']).toBe(own);
  const isNullOrUndefined = utilities['isNullOrUndefined'] as (value: unknown) => boolean;
  expect([null, undefined, 0, ''].map(isNullOrUndefined)).toEqual([true, true, false, false]);
});

test('the probe of what is installed here answers one way or the other', async () => {
  const probe = await probeTensorflow();
  expect(probe.available ? probe.backend : probe.reason).toMatch(/\S/);
});

/**
 * `node heap-census.js SNAPSHOT HEAP_FILE LINE`: appends the line to the file with `keptBytes`, what the program itself
 * keeps, and removes the snapshot. Not the program's is what V8 makes of its functions (machine code, bytecode, what it has
 * seen them called with, which code depends on what) and of its objects' shapes, nor what Node works with outside of the
 * heap, such as the 12 MB of a compression that is under way; the contents of buffers are.
 */
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import process from 'node:process';

const [snapshot, heapFile, line] = process.argv.slice(2);
try {
  const keptBytes = keptIn(JSON.parse(readFileSync(snapshot, 'utf8')));
  appendFileSync(heapFile, `${JSON.stringify({ ...JSON.parse(line), keptBytes })}\n`);
} finally {
  rmSync(snapshot);
}

/** @see https://github.com/v8/v8/blob/main/src/profiler/heap-snapshot-generator.cc: a row of numbers for each object. */
function keptIn({ snapshot: { meta }, nodes, strings }) {
  const [typeAt, nameAt, sizeAt] = ['type', 'name', 'self_size'].map((one) => meta.node_fields.indexOf(one));
  const [code, shape, native] = ['code', 'object shape', 'native'].map((one) =>
    meta.node_types[typeAt].indexOf(one),
  );
  const [dependents, contents] = ['system / WeakArrayList', 'system / JSArrayBufferData'].map((one) =>
    strings.indexOf(one),
  );
  const isKept = (type, name) =>
    type === native ? name === contents : type !== code && type !== shape && name !== dependents;
  let bytes = 0;
  for (let row = 0; row < nodes.length; row += meta.node_fields.length)
    if (isKept(nodes[row + typeAt], nodes[row + nameAt])) bytes += nodes[row + sizeAt];
  return bytes;
}

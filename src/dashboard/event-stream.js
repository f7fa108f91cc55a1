/**
 * The server-sent events of an answer, one after the other, as our own server writes them: lines end with a line feed,
 * an event's data is one line. (A browser's own EventSource cannot bring a token.)
 * @param {ReadableStream<Uint8Array>} body
 */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield fieldsOf(block);
  }
}

/** @param {string} block "id: 7\nevent: decision\ndata: {}" */
function fieldsOf(block) {
  const fields = block.split('\n').map((line) => {
    const [name] = line.split(':', 1);
    return [name, line.slice(name.length + 1).trimStart()];
  });
  return Object.fromEntries(fields);
}

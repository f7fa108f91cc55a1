import { createReadStream } from 'node:fs';
import { invalidInput } from '../../domain/errors.ts';
import { MAX_POLICY_TEXT_CHARACTERS } from '../../policy/policy-text.ts';

/** UTF-8 needs at most four bytes a character. */
const MAX_BYTES = 4 * MAX_POLICY_TEXT_CHARACTERS;

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'a directory',
};

/**
 * The text of a policy file, `-` for standard input; no more than could be a policy is ever read.
 * Throws `invalidInput` where it cannot be read, is too large or is not UTF-8.
 */
export async function readPolicyFile(
  file: string,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === '-' ? stdin : bytesOf(file)) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) throw refused(`more than ${MAX_BYTES} bytes`);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw error instanceof Error && 'code' in error ? (readFault(error.code) ?? error) : error;
  }
}

function bytesOf(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file);
}

function readFault(code: unknown): Error | undefined {
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refused('bytes that are not UTF-8');
  const fault = READ_FAULTS[String(code)];
  return fault === undefined ? undefined : refused(fault);
}

function refused(got: string): Error {
  return invalidInput('policy', [{ path: 'file', got, allowed: 'a readable file of YAML or JSON, or -' }]);
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../../src/cli/main.ts';
import { readPolicyFile } from '../../../../src/cli/validate/policy-file.ts';
import { changed, CHECKOUT_YAML, MINIMAL_YAML } from '../../../builders/policy-document.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-validate-'));
const file = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const good = file('good.yaml', CHECKOUT_YAML);
const two = file(
  'two.yaml',
  `${MINIMAL_YAML}\n---\n${JSON.stringify(changed(parse(CHECKOUT_YAML), { 'spec.slo.objective': 99 }))}`,
);

let stdout = '';
let stderr = '';
beforeEach(() => {
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

test('a valid file: one line on stdout, nothing else, exit 0', async () => {
  expect(await main(['validate', good])).toBe(0);
  expect([stdout, stderr]).toEqual([`${good}: 1 policy valid\n`, '']);
});

test('an invalid document: counted on stdout, its problems on stderr, exit 2', async () => {
  expect(await main(['validate', two])).toBe(2);
  expect(stdout).toBe(`${two}: 1 policy valid, 1 not valid\n`);
  expect(stderr).toBe(
    `${two}: document 2: spec.slo.objective: got 99, allowed: a number above 0 and below 1\n`,
  );
});

test('--json lists every document of every file with its problems', async () => {
  expect(await main(['validate', '--json', good, two])).toBe(2);
  expect(JSON.parse(stdout)).toEqual([
    { file: good, document: 1, valid: true, problems: [] },
    { file: two, document: 1, valid: true, problems: [] },
    {
      file: two,
      document: 2,
      valid: false,
      problems: [{ path: 'spec.slo.objective', got: '99', allowed: 'a number above 0 and below 1' }],
    },
  ]);
  expect(stderr).toBe('');
});

test('a hook that no policy may have is not valid', async () => {
  const hooks = changed(parse(CHECKOUT_YAML), {
    'spec.hooks': { before: { url: 'https://kubernetes.default.svc/warm' } },
  });
  expect(await main(['validate', file('hooks.json', JSON.stringify(hooks))])).toBe(2);
  expect(stderr).toContain('spec.hooks.before.url: got "https://kubernetes.default.svc/warm"');
});

test('the same policy in two files is refused in the second', async () => {
  const again = file('again.yaml', CHECKOUT_YAML);
  expect(await main(['validate', good, again])).toBe(2);
  expect(stderr).toBe(
    `${again}: metadata.name: got shop/checkout, as document 1 of ${good} has, allowed: one policy per namespace and name\n`,
  );
});

test.each([
  ['a file that is not there', join(folder, 'gone.yaml'), 'no such file'],
  ['a folder', folder, 'a directory'],
  ['bytes that are no text', file('bytes.yaml', Uint8Array.of(0xff, 0xfe, 0x00)), 'not UTF-8'],
  ['a file larger than any policy', file('large.yaml', '#'.repeat(4_194_305)), 'more than 4194304 bytes'],
  ['broken YAML', file('broken.yaml', 'spec: [\n'), 'line 2, column 1'],
])('%s is told in one line, without a stack trace, exit 2', async (_name, path, says) => {
  expect(await main(['validate', path])).toBe(2);
  expect(stderr).toContain(says);
  expect(stderr).not.toContain('    at ');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('one bad file does not keep the others from being checked', async () => {
  expect(await main(['validate', join(folder, 'gone.yaml'), good])).toBe(2);
  expect(stdout).toContain(`${good}: 1 policy valid\n`);
});

test('no file at all is wrong usage', async () => {
  expect(await main(['validate'])).toBe(2);
  expect(stderr).toContain("missing required argument 'file'");
});

test('- reads standard input', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = new TextEncoder().encode('größe: 1\n');
    // Cut within a character.
    yield await Promise.resolve(bytes.subarray(0, 3));
    yield bytes.subarray(3);
  }
  expect(await readPolicyFile('-', chunks())).toBe('größe: 1\n');
});

test('crd prints YAML and JSON of the same definition', async () => {
  expect(await main(['crd'])).toBe(0);
  const yaml = parse(stdout) as { kind: string };
  stdout = '';
  expect(await main(['crd', '--json'])).toBe(0);
  expect(JSON.parse(stdout)).toEqual(yaml);
  expect(yaml.kind).toBe('CustomResourceDefinition');
});

import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { PrescaleError, problemText } from '../../../src/domain/errors.ts';
import { MAX_POLICY_TEXT_CHARACTERS, parsePolicyText } from '../../../src/policy/policy-text.ts';
import { changed, CHECKOUT_YAML, MINIMAL_YAML } from '../../builders/policy-document.ts';

const cart = changed(parse(MINIMAL_YAML), { 'metadata.name': 'cart' });

function refusal(text: string): string {
  try {
    parsePolicyText(text);
  } catch (error) {
    if (error instanceof PrescaleError && error.code === 'invalidInput')
      return error.problems.map(problemText).join('\n');
    throw error;
  }
  return 'accepted';
}

const names = (text: string): string[] => parsePolicyText(text).map(({ metadata }) => metadata.name);

test.each([
  ['one YAML document', CHECKOUT_YAML, ['checkout']],
  ['JSON', JSON.stringify(cart), ['cart']],
  [
    'several documents, empty ones between',
    `---\n${CHECKOUT_YAML}\n---\n# nothing\n---\n${JSON.stringify(cart)}`,
    ['checkout', 'cart'],
  ],
  [
    'a List, as kubectl prints it',
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [cart, parse(CHECKOUT_YAML)] }),
    ['cart', 'checkout'],
  ],
  [
    'a PredictiveAutoscalerList',
    JSON.stringify({ kind: 'PredictiveAutoscalerList', items: [cart] }),
    ['cart'],
  ],
  [
    'anchors and merge keys',
    MINIMAL_YAML.replace('{ responseTime: 250ms }', '{ <<: &slo { responseTime: 250ms } }'),
    ['checkout'],
  ],
  ['a byte order mark and CRLF', `\uFEFF${MINIMAL_YAML.trimStart().replaceAll('\n', '\r\n')}`, ['checkout']],
])('%s is read', (_name, text, expected) => {
  expect(names(text)).toEqual(expected);
});

const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'])
  laughs.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`);

test.each([
  ['an open bracket, by its line', 'kind: x\nspec: [1,\n  2\n', 'line 4, column 1'],
  [
    'a key given twice, by its line',
    'kind: x\nspec: 1\nkind: y\n',
    'line 3, column 1: got "kind" a second time',
  ],
  ['a tab as indentation', 'spec:\n\tmode: Scale\n', 'line 2'],
  ['an alias without its anchor', 'spec: *gone\n', 'gone'],
  ['a tag that asks for more than data', 'spec: !!js/function x\n', 'line 1, column 7'],
  ['nothing', '', 'got no document, allowed: at least one PredictiveAutoscaler'],
  ['only comments', '# a comment\n---\n', 'got no document'],
  ['a plain text', 'hello', 'got "hello", allowed: a mapping'],
  ['a List without items', 'kind: List\n', 'items: got nothing'],
  ['a billion laughs', laughs.join('\n'), 'Excessive alias count'],
  ['an alias to what it stands in', 'a: &a { b: *a }\n', 'line 1: got an alias to what it stands in'],
  ['nesting without end', '['.repeat(20_000), 'allowed: YAML or JSON'],
  ['a text of more than 1 MiB', `# ${'x'.repeat(MAX_POLICY_TEXT_CHARACTERS)}`, 'at most 1048576'],
  ['thousands of documents', '--- x\n'.repeat(6000), 'got 6000 documents, allowed: at most 5000'],
])('%s is refused', (_name, text, says) => {
  expect(refusal(text)).toContain(says);
});

test('each problem says which document it is in', () => {
  const bad = changed(cart, { 'spec.maxReplicas': 0 });
  expect(refusal(`${CHECKOUT_YAML}\n---\n${JSON.stringify(bad)}`)).toBe(
    'document 2: spec.maxReplicas: got 0, allowed: a whole number of at least 1 and at most 100000',
  );
});

test('two policies of one name are refused, in another namespace they are not', () => {
  const elsewhere = changed(cart, { 'metadata.namespace': 'other' });
  expect(refusal(`${JSON.stringify(cart)}\n---\n${JSON.stringify(cart)}`)).toContain(
    'default/cart more than once',
  );
  expect(names(`${JSON.stringify(cart)}\n---\n${JSON.stringify(elsewhere)}`)).toEqual(['cart', 'cart']);
});

test('a key that is a mapping is told once, as an unknown field; the parser warns nobody', () => {
  const warn = vi.spyOn(process, 'emitWarning');
  expect(refusal(`${CHECKOUT_YAML}\n? { a: 1 }\n: 2\n`)).toContain('"{ a: 1 }"]: got an unknown field');
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

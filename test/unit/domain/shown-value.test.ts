import { expect, test } from 'vitest';
import { shown } from '../../../src/domain/shown-value.ts';

test.each([
  ['a text', 'ten', '"ten"'],
  ['a text that is long', 'x'.repeat(70), `"${'x'.repeat(60)}…"`],
  [
    'a URL with a user and a password',
    'see https://me:pa/ss@host.example/x now',
    '"see https://…@host.example/x now"',
  ],
  ['a password that is long', `https://me:${'p'.repeat(80)}@host.example`, '"https://…@host.example"'],
  ['an address of mail', 'me@host.example', '"me@host.example"'],
  ['nothing', undefined, 'nothing'],
  ['a list', [1, 2], 'a list of 2'],
])('%s', (_, value, expected) => {
  expect(shown(value)).toBe(expected);
});

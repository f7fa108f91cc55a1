import { expect, test } from 'vitest';
import { createDecisionTexts } from '../../../src/api/decision-texts.ts';
import { decisionToJson } from '../../../src/explain/to-json.ts';
import { decided } from './app-under-test.ts';

const one = decided(0);
const length = JSON.stringify(decisionToJson(one.decision, one.actuation)).length;
/** The same decision, which tells when it is written out. */
function watched() {
  let written = 0;
  const decision = Object.defineProperty({ ...one.decision }, 'guards', {
    enumerable: true,
    get: () => ((written += 1), one.decision.guards),
  });
  return { stored: { decision, actuation: one.actuation }, written: () => written };
}

test('the text is that of the decision', () => {
  const textOf = createDecisionTexts(1e6);
  expect(JSON.parse(textOf(one))).toEqual(
    JSON.parse(JSON.stringify(decisionToJson(one.decision, one.actuation))),
  );
});

test('is made once, as long as it is among the last that were asked for', () => {
  const textOf = createDecisionTexts(2.5 * length);
  const [first, second, third] = [watched(), watched(), watched()];
  textOf(first.stored);
  const once = first.written();
  textOf(second.stored);
  textOf(first.stored);
  expect(first.written()).toBe(once);
  // The second was asked for longest ago.
  textOf(third.stored);
  textOf(first.stored);
  expect(first.written()).toBe(once);
  textOf(second.stored);
  expect(second.written()).toBe(2 * once);
});

test('one that is larger than all that is kept is answered all the same', () => {
  const textOf = createDecisionTexts(1);
  expect(textOf(one)).toHaveLength(length);
  expect(textOf(one)).toHaveLength(length);
});

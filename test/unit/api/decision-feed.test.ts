import { expect, test } from 'vitest';
import { createDecisionFeed } from '../../../src/api/decision-feed.ts';
import { aStoredDecision } from '../../builders/stored-decision.ts';

const some = (count: number) =>
  Array.from({ length: count }, (_, index) => aStoredDecision({ decidedAtMs: index }));
const aFeed = () => createDecisionFeed({ startedAtMs: 42, keptEvents: 10 });

test('who comes back gets what came since, in order and without a repetition', () => {
  const feed = aFeed();
  feed.publish(some(8));
  expect(feed.after('42-5')?.map(({ eventId }) => eventId)).toEqual(['42-6', '42-7', '42-8']);
  expect(feed.after('42-8')).toEqual([]);
});

test.each([
  ['of another run of the controller', '41-5'],
  ['that is not an id', 'nonsense'],
  ['that is not there yet', '42-100'],
  ['that is long forgotten', '42-1'],
])('an event %s is not known', (_, eventId) => {
  const feed = aFeed();
  feed.publish(some(8));
  feed.publish(some(30));
  expect(feed.after(eventId)).toBeUndefined();
});

test('keeps at least what it promises and at most twice that', () => {
  const feed = aFeed();
  for (let i = 0; i < 100; i += 1) {
    feed.publish(some(3));
    const count = 3 * (i + 1);
    if (count > 10) expect(feed.after(`42-${count - 10 + 1}`)).toHaveLength(9);
    if (count > 21) expect(feed.after(`42-${count - 21}`)).toBeUndefined();
  }
});

test('of a small fleet only the newest ticks are kept', () => {
  const feed = createDecisionFeed({ startedAtMs: 42, keptEvents: 1000 });
  for (let tick = 0; tick < 300; tick += 1) feed.publish(some(2));
  expect(feed.after(`42-${600 - 80 + 1}`)).toHaveLength(79);
  expect(feed.after(`42-${600 - 161}`)).toBeUndefined();
});

test('listeners hear each decision until they leave, and the end of the feed', () => {
  const feed = aFeed();
  const heard: string[] = [];
  const listener = (name: string) => ({
    decided: ({ eventId }: { eventId: string }) => void heard.push(`${name} ${eventId}`),
    ended: () => void heard.push(`${name} ended`),
  });
  const leave = feed.subscribe(listener('a'));
  feed.subscribe(listener('b'));
  feed.publish(some(1));
  leave();
  feed.publish(some(1));
  feed.close();
  feed.subscribe(listener('late'));
  expect(heard).toEqual(['a 42-1', 'b 42-1', 'b 42-2', 'b ended', 'late ended']);
  expect(feed.listeners()).toBe(0);
});

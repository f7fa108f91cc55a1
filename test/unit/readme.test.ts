import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/commands.ts';
import { SKIP_REASONS } from '../../src/domain/forecast.ts';
import { HOLD_REASONS } from '../../src/domain/hold.ts';
import { REASONS } from '../../src/domain/reasons.ts';
import { CLUSTER_REASONS } from '../../src/explain/condition.ts';

const readme = readFileSync('README.md', 'utf8');

/** First cells of the table below a heading, without the code marks. */
function firstColumn(heading: string): string[] {
  const section = readme.split(`\n${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`|]+)`/gm)].map(([, cell]) => cell);
}

describe('the README', () => {
  test('explains every reason that a decision or the cluster can give, and no other', () => {
    const reasons = [
      ...Object.keys(REASONS),
      ...SKIP_REASONS,
      ...Object.keys(CLUSTER_REASONS),
      ...Object.keys(HOLD_REASONS),
      'FailedRescale',
      'ForecastDrifted',
    ];
    expect(firstColumn('## Troubleshooting, by reason').sort()).toEqual(reasons.sort());
  });

  test('shows every command that there is, and no other', () => {
    const shown = firstColumn('## Commands').map((cell) => cell.split(' ')[1]);
    expect(shown.sort()).toEqual([...COMMAND_NAMES].sort());
  });

  test('links to files that are there', () => {
    const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(3);
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });

  test('states the Node version that package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(readme).toContain(`Node ${engines.node.replace('>=', '').replace(/\.0$/, '')}`);
  });
});

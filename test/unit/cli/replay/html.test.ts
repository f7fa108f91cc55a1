import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { CLIENT_SCRIPT } from '../../../../src/cli/replay/html/client-script.ts';
import { escapeHtml, scriptJson } from '../../../../src/cli/replay/html/escape-html.ts';
import { policyNotes } from '../../../../src/cli/replay/html/policy-notes.ts';
import { playedNames } from '../../../../src/replay/compare.ts';
import { FAMILY_NAMES } from '../../../../src/replay/families.ts';
import { frontierPlot } from '../../../../src/cli/replay/html/frontier-plot.ts';

describe('what a file name may not do to the page', () => {
  const hostile = `</script><script>alert("1")</script>&'`;
  test('as text it is text', () => {
    expect(escapeHtml(hostile)).not.toMatch(/[<>"']/);
  });
  test('as data it cannot end its element, and comes out as it was', () => {
    const json = scriptJson({ name: hostile });
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toEqual({ name: hostile });
  });
});

test('the script for the browser is one', () => {
  expect(() => new Script(CLIENT_SCRIPT)).not.toThrow();
});

describe('the frontier plot', () => {
  const own = { excessRatio: 0.001, replicaHours: 100 };
  test('has a place for every point, those far dearer left out', () => {
    const points = [
      { excessRatio: 0.0001, replicaHours: 1000 },
      { excessRatio: 0.001, replicaHours: 150 },
      { excessRatio: 0.01, replicaHours: 80 },
    ];
    const svg = frontierPlot({ own, allowedExcessRatio: 0.002, families: [{ name: 'hpa', points }] });
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).not.toContain('NaN');
  });
  test('says what can be read off: lateness by powers of ten, costs, and where the objective is', () => {
    const points = [
      { excessRatio: 0.0005, replicaHours: 150 },
      { excessRatio: 0.02, replicaHours: 90 },
    ];
    const textsAt = (allowedExcessRatio: number): string[] => {
      const svg = frontierPlot({ own, allowedExcessRatio, families: [{ name: 'hpa', points }] });
      return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    };
    expect(textsAt(0.002)).toEqual(expect.arrayContaining(['0.1 %', '1 %', '90', '150', 'objective']));
    expect(textsAt(0.002)).not.toContain('10 %');
    expect(textsAt(0.5)).not.toContain('objective');
  });
  test('stands alone where there is nothing to compare with', () => {
    const svg = frontierPlot({ own, allowedExcessRatio: 0.002, families: [] });
    expect(svg).toContain('prescale');
    expect(svg).not.toContain('NaN');
  });
});

test('everybody who is played is introduced, a plug-in by its name alone', () => {
  const names = playedNames({ families: FAMILY_NAMES, plugins: [] });
  expect(policyNotes([...names, 'my-own']).map(([name]) => name)).toEqual(names);
});

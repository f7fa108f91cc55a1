import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { CLIENT_SCRIPT } from '../../../../src/cli/replay/html/client-script.ts';
import { escapeHtml, scriptJson } from '../../../../src/cli/replay/html/escape-html.ts';
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
    const svg = frontierPlot(own, [{ name: 'hpa', points }]);
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).not.toContain('NaN');
  });
  test('stands alone where there is nothing to compare with', () => {
    expect(frontierPlot(own, [])).toContain('prescale');
    expect(frontierPlot(own, [])).not.toContain('NaN');
  });
});

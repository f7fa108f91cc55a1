import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desiredReplicas } from '../../src/domain/decision.ts';
import { HOSTILE_NAMESPACE, serveEmptyFleet, serveFleet } from './served-fleet.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const SCREENSHOTS = '.cache/browser';
const WORKLOADS = 1000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESKTOP = { width: 1400, height: 900 };
const PHONE = { width: 390, height: 844 };
/** From outside: the page's own policy forbids the `eval` that waiting inside it would need. */
const POLL = { timeout: 20_000 };
const CHECKOUT = '#/workloads/shop/checkout';

let browser: Browser;
let fleet: Awaited<ReturnType<typeof serveFleet>>;

beforeAll(async () => {
  if (CHROMIUM === undefined) throw new Error('no Chromium on this machine: apt-get install chromium');
  mkdirSync(SCREENSHOTS, { recursive: true });
  fleet = await serveFleet(WORKLOADS);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await fleet?.goAway();
});

interface Look {
  readonly viewport?: typeof DESKTOP;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens the page, does `use` with it, and lets nothing that the browser complained of pass. */
async function visit(path: string, look: Look, use: (page: Page) => Promise<void>): Promise<void> {
  const { viewport = DESKTOP, colorScheme = 'light' } = look;
  const page = await browser.newPage({ viewport, colorScheme });
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  try {
    await page.goto(`${fleet.url()}/${path}`);
    await page.waitForSelector('.figures dd');
    await use(page);
  } finally {
    await page.close();
  }
  expect(complaints).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(fleet.url()))).toEqual([]);
  expect(fleet.errors).toEqual([]);
}

async function seriousFindings(page: Page): Promise<string[]> {
  // In a world of its own: the page's own policy lets no foreign script in.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  });
  const evaluate = (expression: string) =>
    session.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
  await evaluate(AXE);
  const { result, exceptionDetails } = await evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations, passes }) => ({
      passes: passes.length,
      found: violations.map(({ id, impact, nodes }) => impact + ' ' + id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' ')),
    }))`,
  );
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  const { passes, found } = result.value as { passes: number; found: string[] };
  expect(passes).toBeGreaterThan(10);
  return found.filter((finding) => /^(serious|critical)/.test(finding));
}

const firstRow = (page: Page) => page.locator('.fleet-table tbody tr').first();
const cellOf = (page: Page, title: string) => firstRow(page).locator(`td[data-title="${title}"]`);
const isLive = (page: Page) => page.waitForSelector('#live[data-state="live"]');
const fitsItsWidth = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth');

describe('the fleet', () => {
  test('shows a thousand workloads, sorts and filters them', async () => {
    await visit('', {}, async (page) => {
      const rows = page.locator('.fleet-table tbody tr');
      expect(await rows.count()).toBe(WORKLOADS);
      await page.getByRole('button', { name: 'Cost / hour' }).click();
      const header = page.getByRole('columnheader', { name: 'Cost / hour' });
      expect(await header.getAttribute('aria-sort')).toBe('descending');
      const costs = await page.locator('td[data-title="Cost / hour"]').allTextContents();
      const amounts = costs.map((text) => Number(text.replace(/[$,]/g, '')));
      expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
      await page.getByRole('button', { name: 'Cost / hour' }).click();
      expect(await header.getAttribute('aria-sort')).toBe('ascending');
      await page.getByLabel('Filter').fill('service-0123');
      await expect.poll(() => page.locator('.fleet-table tbody tr').count(), POLL).toBe(1);
      expect(await firstRow(page).locator('th').textContent()).toBe('search/service-0123');
      await page.screenshot({ path: `${SCREENSHOTS}/fleet-filtered.png` });
    });
  });

  test('is told of a decision as it is made', async () => {
    await visit('', {}, async (page) => {
      await isLive(page);
      await page.getByLabel('Filter').fill('checkout');
      await expect.poll(() => page.locator('.fleet-table tbody tr').count(), POLL).toBe(1);
      const decision = fleet.tick();
      const { arrivalRate } = decision.observed;
      if (arrivalRate.kind !== 'value') throw new Error('no load was measured');
      const shown = new Intl.NumberFormat('en', {
        ...(arrivalRate.value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }),
      }).format(arrivalRate.value);
      await cellOf(page, 'Rate, rps').getByText(shown, { exact: true }).waitFor();
      expect(await cellOf(page, 'Desired').textContent()).toBe(String(desiredReplicas(decision)));
    });
  });

  test('is used by keyboard alone', async () => {
    await visit('', {}, async (page) => {
      const focused = () => page.evaluate('document.activeElement.textContent.trim()');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to content');
      await page.getByRole('button', { name: 'Forecast peak, rps' }).focus();
      await page.keyboard.press('Enter');
      expect(
        await page.getByRole('columnheader', { name: 'Forecast peak, rps' }).getAttribute('aria-sort'),
      ).toBe('descending');
      await page.getByRole('link', { name: 'shop/checkout' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'shop/checkout' }).waitFor();
    });
  });

  test('a name is text, whatever it looks like', async () => {
    await visit('', {}, async (page) => {
      await page.getByLabel('Filter').fill('onerror');
      await expect.poll(() => page.locator('.fleet-table tbody tr').count(), POLL).toBe(1);
      expect(await firstRow(page).locator('th').textContent()).toBe(`${HOSTILE_NAMESPACE}/service-0001`);
      expect(await page.locator('.fleet-table img').count()).toBe(0);
    });
  });
});

describe('a workload', () => {
  test('shows its charts, its reasoning and its JSON', async () => {
    await visit(CHECKOUT, {}, async (page) => {
      await page.locator('.time-charts canvas').nth(2).waitFor();
      expect(await page.locator('.time-charts canvas').first().getAttribute('aria-label')).toMatch(
        /^Arrival rate: .* rps; forecast by arima/,
      );
      await page.locator('.chain-name', { hasText: 'Outcome' }).waitFor();
      const links = await page.locator('.chain-name').allTextContents();
      expect(links.slice(0, 4)).toEqual(['Measured', 'Forecast', 'Queueing', 'Buffer']);
      expect(links).toContain('stabilization');
      expect(links.at(-1)).toBe('Outcome');
      await page.getByText('Raw JSON').click();
      // It is written when the browser tells that it was opened, a moment after the click.
      const json = await page.getByLabel('The decision as JSON').filter({ hasText: '}' }).textContent();
      expect(JSON.parse(json!)).toMatchObject({ workload: { namespace: 'shop', name: 'checkout' } });
      await page.getByText('Raw JSON').click();
      await page.screenshot({ path: `${SCREENSHOTS}/workload.png`, fullPage: true });
    });
  });

  test('another decision is looked at by keyboard, stays while others come, and is left again', async () => {
    await visit(CHECKOUT, {}, async (page) => {
      await isLive(page);
      const slider = page.getByLabel('Decision', { exact: true });
      const newest = await slider.getAttribute('aria-valuetext');
      await slider.focus();
      for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowLeft');
      await page.getByText('picked by you').waitFor();
      await expect.poll(() => slider.getAttribute('aria-valuetext'), POLL).not.toBe(newest);
      fleet.tick();
      await page.getByRole('button', { name: 'Follow the newest' }).click();
      await page.getByText(', the newest').waitFor();
    });
  });

  test('weeks of it are shown with their peaks, and the day again', async () => {
    await visit(CHECKOUT, {}, async (page) => {
      await page.locator('.time-charts canvas').nth(2).waitFor();
      await page.getByRole('button', { name: '30 d' }).click();
      const rates = page.getByRole('img', { name: /^Arrival rate since .* to / });
      await rates.waitFor();
      await page.getByRole('img', { name: /^Replicas since / }).waitFor();
      expect(await page.getByRole('img', { name: /newest/ }).count()).toBe(0);
      await page.screenshot({ path: `${SCREENSHOTS}/workload-weeks.png`, fullPage: true });
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: '3 h' }).click();
      await page.getByRole('img', { name: /^Arrival rate: .* newest / }).waitFor();
      expect(await rates.count()).toBe(0);
    });
  });

  test('a decision arrives live', async () => {
    await visit(CHECKOUT, {}, async (page) => {
      await isLive(page);
      await page.locator('.chain').waitFor();
      const { decidedAtMs } = fleet.tick();
      const at = new Date(decidedAtMs).toISOString().slice(11, 19);
      await page.locator('.panel p', { hasText: `, ${at} UTC, the newest` }).waitFor();
    });
  });

  test('a slider asks the controller what it would decide', async () => {
    await visit(CHECKOUT, {}, async (page) => {
      const row = page.locator('.what-if tr', { hasText: 'Recommended replicas' });
      await row.locator('td').first().filter({ hasText: /\d/ }).waitFor();
      await page.getByLabel('Traffic').focus();
      for (let i = 0; i < 10; i += 1) await page.keyboard.press('ArrowRight');
      expect(await page.locator('output[for="what-if-trafficMultiplier"]').textContent()).toBe('× 2');
      await row.locator('td[data-differs]').waitFor();
      const [now, then] = (await row.locator('td').allTextContents()).map(Number);
      expect(then).toBeGreaterThan(1.5 * now);
      await page.getByRole('button', { name: 'Reset' }).click();
      await expect.poll(() => page.locator('.what-if [data-differs]').count(), POLL).toBe(0);
    });
  });

  test('without a forecast it is told why, and all the rest is there', async () => {
    await visit('#/workloads/shop/unforecast', {}, async (page) => {
      await page.getByText('Passed over: lstm: artefact missing').waitFor();
      const canvas = page.locator('.time-charts canvas').first();
      expect(await canvas.getAttribute('aria-label')).toMatch(/newest .* rps; forecast not available\.$/);
      await page.getByText('No forecast has come due yet.').waitFor();
      await page.locator('.what-if td', { hasText: 'rps' }).first().waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}/workload-without-forecast.png`, fullPage: true });
    });
  });

  test('about which nothing was decided yet says so', async () => {
    const page = await browser.newPage();
    await page.goto(`${fleet.url()}/#/workloads/shop/newborn`);
    await page.getByText('No decision has been made yet.').waitFor();
    expect(await page.getByText('What if').isVisible()).toBe(false);
    await page.screenshot({ path: `${SCREENSHOTS}/workload-undecided.png`, fullPage: true });
    await page.close();
  });

  test('one that nobody knows is told, not thrown', async () => {
    const page = await browser.newPage();
    await page.goto(`${fleet.url()}/#/workloads/shop/nobody`);
    await page.getByText('There is not an autoscaler shop/nobody.').waitFor();
    await page.close();
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([
    ['fleet', '', DESKTOP],
    ['workload', CHECKOUT, DESKTOP],
    ['fleet-phone', '', PHONE],
    ['workload-phone', CHECKOUT, PHONE],
  ])('%s has no serious accessibility finding and fits its width', async (name, path, viewport) => {
    await visit(path, { viewport, colorScheme }, async (page) => {
      // A thousand rows that are alike would be looked at one by one.
      if (path === '') await page.getByLabel('Filter').fill('service-000');
      else await page.locator('.what-if td', { hasText: 'rps' }).first().waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}.png`, fullPage: true });
      expect(await fitsItsWidth(page)).toBe(true);
      expect(await seriousFindings(page)).toEqual([]);
    });
  });
});

test('a fleet without workloads says so', async () => {
  const empty = await serveEmptyFleet();
  const page = await browser.newPage({ viewport: DESKTOP });
  await page.goto(`${empty.url()}/`);
  await page.getByText('No workload is looked after yet.').waitFor();
  await page.screenshot({ path: `${SCREENSHOTS}/fleet-empty.png` });
  await page.close();
  await empty.goAway();
});

test.each([
  ['the fleet', ''],
  ['a workload', CHECKOUT],
])(
  '%s is told that the controller went away, and is up to date when another is there',
  async (_name, path) => {
    const page = await browser.newPage({ viewport: DESKTOP });
    await page.goto(`${fleet.url()}/${path}`);
    await isLive(page);
    await fleet.goAway();
    await page.getByText('reconnecting').waitFor();
    // While nobody could hear of it.
    const { decidedAtMs } = fleet.tick();
    await fleet.comeBack();
    const isUpToDate = page.waitForResponse((answer) => answer.ok() && answer.url().includes('/autoscalers'));
    await isLive(page);
    await isUpToDate;
    const at = new Date(decidedAtMs).toISOString().slice(11, 19);
    if (path !== '') await page.locator('.panel p', { hasText: `, ${at} UTC, the newest` }).waitFor();
    const next = fleet.tick();
    const shown = new Date(next.decidedAtMs).toISOString().slice(11, 19);
    if (path !== '') await page.locator('.panel p', { hasText: `, ${shown} UTC, the newest` }).waitFor();
    await page.close();
  },
);

test('where a token is needed the page asks for it, again where it was wrong, and keeps it for the tab', async () => {
  const token = 'sesame-0123456789abcdef';
  const guarded = await serveEmptyFleet(token);
  const page = await browser.newPage({ viewport: DESKTOP });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${guarded.url()}/`);
  const enter = async (label: string, text: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Show the fleet' }).click();
  };
  await page.getByRole('dialog').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: `${SCREENSHOTS}/token.png` });
  await enter('Token of the API', 'sesame-of-yesterday');
  await enter('Not the right one. Token of the API', token);
  await page.getByText('No workload is looked after yet.').waitFor();
  await isLive(page);
  await page.reload();
  await page.getByText('No workload is looked after yet.').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(asked.filter((url) => url.includes('sesame'))).toEqual([]);
  await page.close();
  await guarded.goAway();
});

test('the theme is chosen with a button, and kept', async () => {
  await visit('', {}, async (page) => {
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const before = await ground();
    const button = page.getByRole('button', { name: /^Theme/ });
    await button.click();
    await button.click();
    expect(await button.textContent()).toBe('Theme: dark');
    expect(await ground()).not.toBe(before);
    await page.reload();
    expect(await button.textContent()).toBe('Theme: dark');
  });
});

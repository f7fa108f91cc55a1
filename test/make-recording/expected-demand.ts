/** What the shop's visitors would ask for on average, were there no chance: day, week, growth, and what happens. */
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../src/domain/clock.ts';
import { FLASH_CROWDS, OUTAGE, SALES, START_AT_MS, TIME_ZONE } from './scenario.ts';

/** The shape's value 1, in requests per second; an ordinary evening peaks just below, a night falls to 18 % of it. */
const EVENING_RPS = 3350;
const GROWTH_PER_DAY = 0.0035;
/** Sunday first, as Intl and Date count. */
const WEEKDAY_FACTORS = [0.86, 1.03, 1, 1, 1.02, 0.97, 0.8] as const;
/** People sleep longer on Saturday and Sunday. */
const WEEKEND_DELAY_HOURS = 1.2;

/** Expected arrivals per second in the minute that starts at `atMs`, without what chance adds. */
export function expectedDemandRps(atMs: number): number {
  const { hour, weekday } = localTime(atMs);
  const weekend = weekday === 0 || weekday === 6;
  const days = (atMs - START_AT_MS) / (SECONDS_PER_DAY * MS_PER_SECOND);
  const usual = dayShape(weekend ? hour - WEEKEND_DELAY_HOURS * morningWeight(hour) : hour);
  const level = EVENING_RPS * (1 + GROWTH_PER_DAY) ** days * WEEKDAY_FACTORS[weekday];
  return level * usual * saleMultiplier(atMs) * flashCrowdMultiplier(atMs) * outageMultiplier(atMs);
}

interface LocalTime {
  /** 0..24, with the minutes as fraction. */
  readonly hour: number;
  /** 0 = Sunday. */
  readonly weekday: number;
}

const LOCAL_FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: TIME_ZONE,
  hourCycle: 'h23',
  weekday: 'short',
  hour: 'numeric',
  minute: 'numeric',
});
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function localTime(atMs: number): LocalTime {
  const parts = new Map(LOCAL_FORMAT.formatToParts(atMs).map((part) => [part.type, part.value]));
  const hour = Number(parts.get('hour')) + Number(parts.get('minute')) / 60;
  return { hour, weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') };
}

/** A quiet floor, a late morning, an afternoon and the evening on the sofa. */
function dayShape(hour: number): number {
  return 0.16 + 0.45 * bump(hour, 10.5, 2.6) + 0.32 * bump(hour, 14.5, 2.6) + 0.76 * bump(hour, 20.3, 2.1);
}

/** 1 in the morning, fading to 0 towards the evening: mornings are late on weekends, evenings are not. */
function morningWeight(hour: number): number {
  return bump(hour, 9, 4);
}

/** A bell over the 24-hour circle, 1 at its centre. */
function bump(hour: number, centre: number, widthHours: number): number {
  const around = (((hour - centre) % 24) + 36) % 24;
  return Math.exp(-0.5 * ((around - 12) / widthHours) ** 2);
}

const minutesBetween = (fromMs: number, toMs: number): number => (toMs - fromMs) / (60 * MS_PER_SECOND);

/** Doors open over five minutes to a rush, then it is busy, and the last call brings some back. */
function saleMultiplier(atMs: number): number {
  const sale = SALES.find(({ startAtMs, endAtMs }) => startAtMs <= atMs && atMs < endAtMs);
  if (sale === undefined) return 1;
  const minutesIn = minutesBetween(sale.startAtMs, atMs);
  const opening = Math.min(1, (minutesIn + 1) / 5);
  const rush = 0.4 * Math.exp(-minutesIn / 25);
  const lastCall = 0.25 * Math.exp(-minutesBetween(atMs, sale.endAtMs) / 15);
  return 1 + opening * (0.8 + rush + lastCall);
}

const FLASH_CROWD_GONE_AFTER_MINUTES = 240;

/** Up in four minutes, down by half every quarter of an hour. */
function flashCrowdMultiplier(atMs: number): number {
  let multiplier = 1;
  for (const { startAtMs, peakMultiplier } of FLASH_CROWDS) {
    const minutes = minutesBetween(startAtMs, atMs);
    if (minutes < 0 || minutes > FLASH_CROWD_GONE_AFTER_MINUTES) continue;
    const rise = Math.min(1, (minutes + 1) / 4);
    multiplier += (peakMultiplier - 1) * rise * 0.5 ** (Math.max(0, minutes - 4) / 15);
  }
  return multiplier;
}

/** While the shop is down few get through; afterwards whoever gave up tries again, all at once. */
function outageMultiplier(atMs: number): number {
  if (atMs < OUTAGE.gapStartAtMs) return 1;
  if (atMs < OUTAGE.gapEndAtMs) return 0.25;
  const minutes = minutesBetween(OUTAGE.gapEndAtMs, atMs);
  return 1 + (OUTAGE.retryPeakMultiplier - 1) * Math.exp(-minutes / 9);
}

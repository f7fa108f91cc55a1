/** How far the load goes beyond what is expected of it, on the wire. */
import { z } from 'zod';
import { at, ratio, rps } from './figures.ts';

/** In a decision's memory. */
export const overshootRecord = z
  .strictObject({
    weights: z
      .array(z.number().min(0))
      .describe('Of what came, by its ratio to what was expected a lead time before.'),
    samples: z.number().min(0).describe('How many count.'),
    forecastLossRps: z.number().min(0).describe("Quantile loss at 0.99 of the forecast's own quantiles."),
    overshootLossRps: z.number().min(0).describe('And of so many times what was expected.'),
    highestRps: rps('The highest load measured meanwhile.'),
    pending: z.array(
      z.strictObject({
        dueAt: at('When it is seen what came.'),
        expectedRps: rps('The larger of the measured load and the median.'),
        forecastRps: rps("The forecast's highest quantile."),
        overshootRps: rps('As many times the expected load as came until then.'),
      }),
    ),
  })
  .describe('How far the load has gone beyond what was expected of it; older samples weigh less.');

/** In its sizing. */
export const overshoot = z
  .strictObject({
    level: ratio('Share of the expected load at which no more came.'),
    ratio: z.number().min(1).describe('So many times what is expected is sized for.'),
    lossRatio: z.number().min(0).describe("Its past loss, over that of the forecast's own quantiles."),
    mostRps: rps('But for no more than this: 1.5 times the highest load measured meanwhile.'),
  })
  .describe("Where so many times what is expected has served better than the forecast's own quantiles.");

import { z } from 'zod';
import { amount, block, duration, listOf } from './field-types.ts';
import { secondsCel, withRules, type Rule } from './rules.ts';
import { secondsFromDuration } from '../../domain/duration.ts';
import { MODEL_NAMES } from '../../domain/forecast.ts';
import { WORKLOAD_CLASS_FORM, WORKLOAD_CLASS_PATTERN } from '../../domain/workload-class.ts';

/** Bounds of the arrays that a policy can make the forecast allocate. */
const MAX_HORIZON_STEPS = 2880;
const MAX_LOOKBACK_STEPS = 200_000;

const fields = block({
  horizon: duration('How far ahead is forecast; at least the start-up time plus one step.', {
    above: 0,
  }).default('15m'),
  step: duration('Grid of the history and of the forecast; whole seconds.', { min: 1 }).default('1m'),
  lookback: duration('How much history the models see.', { above: 0 }).default('14d'),
  models: listOf(z.enum(MODEL_NAMES), MODEL_NAMES.length)
    .min(1, { error: `one or more of ${MODEL_NAMES.join(', ')}` })
    .meta({ 'x-kubernetes-list-type': 'set' })
    .superRefine((models, context) => {
      models.forEach((model, index) => {
        if (models.indexOf(model) === index) return;
        const params = { got: `"${model}" a second time`, allowed: 'each model once' };
        context.addIssue({ code: 'custom', path: [index], params });
      });
    })
    .default(['lstm', 'arima', 'moving-average'])
    .describe(
      'The models: of several, their ensemble is asked first, then each in order; one alone gives that one. naive closes the chain.',
    ),
  minConfidence: amount(
    'Probability (0..1) that the load stays below its upper path, from the past of the model; below this the forecast is not trusted.',
    { min: 0, max: 1 },
  ).default(0.8),
  class: z
    .string({ error: WORKLOAD_CLASS_FORM })
    .regex(WORKLOAD_CLASS_PATTERN, { error: WORKLOAD_CLASS_FORM })
    .optional()
    .describe(
      'Workloads whose loads are alike: one fine-tuned network contends for all of a class; "default" unless given.',
    ),
});
type Forecast = z.output<typeof fields>;

const seconds = (text: string): number => secondsFromDuration(text) ?? 0;

function atMostSteps(field: 'horizon' | 'lookback', max: number): Rule<Forecast> {
  return {
    reads: [field, 'step'],
    violation: (forecast) =>
      seconds(forecast[field]) <= max * seconds(forecast.step)
        ? undefined
        : {
            path: [field],
            got: `${forecast[field]} with step ${forecast.step}`,
            allowed: `at most ${max} steps`,
          },
    cel: [
      {
        rule: `${secondsCel(`self.${field}`)} <= ${max.toFixed(1)} * ${secondsCel('self.step')}`,
        message: `must be at most ${max} steps`,
        fieldPath: `.${field}`,
      },
    ],
  };
}

export const forecastSchema = withRules(fields, [
  atMostSteps('horizon', MAX_HORIZON_STEPS),
  atMostSteps('lookback', MAX_LOOKBACK_STEPS),
  {
    reads: ['step'],
    violation: ({ step }) =>
      Number.isInteger(seconds(step))
        ? undefined
        : { path: ['step'], got: step, allowed: 'a whole number of seconds, such as 15s or 1m' },
    cel: [
      {
        rule: `double(int(${secondsCel('self.step')})) == ${secondsCel('self.step')}`,
        message: 'must be a whole number of seconds',
        fieldPath: '.step',
      },
    ],
  },
  {
    reads: ['lookback', 'step'],
    violation: ({ lookback, step }) =>
      seconds(lookback) >= 2 * seconds(step)
        ? undefined
        : { path: ['lookback'], got: lookback, allowed: `at least two steps (2 x ${step})` },
    cel: [
      {
        rule: `${secondsCel('self.lookback')} >= 2.0 * ${secondsCel('self.step')}`,
        message: 'must be at least two steps',
        fieldPath: '.lookback',
      },
    ],
  },
]).describe('How the load is forecast.');

import { z } from 'zod';
import { block, objectName } from './field-types.ts';
import { TRAINING_WINDOWS_FORM, trainingWindows } from '../calendar/training-windows.ts';
import { nearestTo } from '../nearest-name.ts';

export const PAUSED_ANNOTATION = 'prescale.dev/paused';
export const EXCLUDE_FROM_TRAINING_ANNOTATION = 'prescale.dev/exclude-from-training';
const OWN_PREFIX = 'prescale.dev/';
const OWN_ANNOTATIONS = [PAUSED_ANNOTATION, EXCLUDE_FROM_TRAINING_ANNOTATION];

const annotationsForm = 'a mapping from annotation to text; put numbers, true and false in quotes';

/** Everyone else's annotations are theirs; a misspelled one of ours would silently do nothing, so it is refused. */
const annotationsSchema = z
  .record(z.string(), z.string({ error: 'a text: put it in quotes' }), { error: annotationsForm })
  .superRefine((annotations, context) => {
    for (const [name, value] of Object.entries(annotations)) {
      const allowed = allowedForAnnotation(name, value);
      if (allowed === undefined) continue;
      const got = OWN_ANNOTATIONS.includes(name) ? JSON.stringify(value) : 'an unknown annotation';
      context.addIssue({ code: 'custom', path: [name], params: { got, allowed } });
    }
  });

function allowedForAnnotation(name: string, value: string): string | undefined {
  if (name.startsWith(OWN_PREFIX) && !OWN_ANNOTATIONS.includes(name)) {
    const nearest = nearestTo(name, OWN_ANNOTATIONS);
    return `${nearest === undefined ? '' : `did you mean ${nearest}? `}${OWN_ANNOTATIONS.join(', ')}`;
  }
  if (name === PAUSED_ANNOTATION && value !== 'true' && value !== 'false') return '"true" or "false"';
  if (name === EXCLUDE_FROM_TRAINING_ANNOTATION && trainingWindows(value) === undefined)
    return TRAINING_WINDOWS_FORM;
  return undefined;
}

/** What the API server adds to metadata; there when an object is read back, of no meaning here. */
const serverField = z.unknown().optional();

export const metadataSchema = block({
  name: objectName('Name of the policy.'),
  namespace: objectName('Namespace of the policy and of its target.').default('default'),
  annotations: annotationsSchema.default({}),
  labels: z.record(z.string(), z.string({ error: 'a text: put it in quotes' })).optional(),
  creationTimestamp: serverField,
  deletionGracePeriodSeconds: serverField,
  deletionTimestamp: serverField,
  finalizers: serverField,
  generateName: serverField,
  generation: serverField,
  managedFields: serverField,
  ownerReferences: serverField,
  resourceVersion: serverField,
  selfLink: serverField,
  uid: serverField,
});

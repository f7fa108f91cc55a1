import { AUTOSCALER_API_VERSION, AUTOSCALER_KIND } from '../../../cluster/autoscaler-status.ts';
import type { KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { PrescaleError, problemsText } from '../../../domain/errors.ts';
import type { ReadCalendarFile } from '../../../policy/compile-calendar.ts';
import { compilePolicy } from '../../../policy/compile-policy.ts';
import { parsePolicy } from '../../../policy/parse-policy.ts';
import type { Policy } from '../../../policy/policy.ts';

export type ReadPolicy =
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** One sentence with everything that is wrong. */
  | { readonly kind: 'invalid'; readonly message: string };

/**
 * What a PredictiveAutoscaler asks for, through the same door as a file.
 * @param calendarFiles reads the calendar files that it names; none unless given
 */
export function policyOfObject(
  { metadata, spec }: KubernetesObject,
  calendarFiles?: ReadCalendarFile,
): ReadPolicy {
  const { name, namespace, annotations } = metadata;
  const document = {
    apiVersion: AUTOSCALER_API_VERSION,
    kind: AUTOSCALER_KIND,
    metadata: { name, namespace, ...(annotations && { annotations }) },
    spec,
  };
  try {
    return { kind: 'policy', policy: compilePolicy(parsePolicy(document), calendarFiles) };
  } catch (error) {
    if (!(error instanceof PrescaleError)) throw error;
    return { kind: 'invalid', message: problemsText(error) };
  }
}

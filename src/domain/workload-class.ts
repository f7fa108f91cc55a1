/**
 * Workloads whose loads are alike, by the word of whoever wrote their policies: a network fine-tuned on one class contends
 * there alone. A class is also the name of a folder.
 */

/** Of policies that name none. */
export const DEFAULT_WORKLOAD_CLASS = 'default';

/** A DNS label (RFC 1123), as Kubernetes names most things: no separator of paths, no dots. */
export const WORKLOAD_CLASS_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const WORKLOAD_CLASS_FORM =
  'lower-case letters, digits and -, at most 63, with a letter or a digit at both ends';

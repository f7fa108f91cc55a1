import { PrescaleError } from '../../domain/errors.ts';
import type { SourceFlags } from '../run/pair-sources.ts';
import type { PolicyFlags } from './policies-to-read.ts';
import type { Share } from './share-flag.ts';

/** The flags as spec.ts declares and parses them. */
export interface BootstrapFlags extends SourceFlags, PolicyFlags {
  readonly seriesDir: string;
  readonly share: Share;
  readonly json?: true;
}

/** Throws `usage` for the first contradiction. */
export function refuseContradictions(flags: BootstrapFlags): void {
  const { policy, kubeconfig, prometheus, prometheusConfig } = flags;
  if (prometheus === undefined && prometheusConfig === undefined)
    throw new PrescaleError('usage', '--prometheus: got none, allowed: a Prometheus to ask');
  if (prometheus !== undefined && prometheusConfig !== undefined)
    throw new PrescaleError('usage', '--prometheus: got --prometheus-config too, allowed: one or the other');
  if (policy !== undefined && kubeconfig !== undefined)
    throw new PrescaleError(
      'usage',
      '--kubeconfig: got --policy too, allowed: one or the other; with --policy no cluster is asked',
    );
}

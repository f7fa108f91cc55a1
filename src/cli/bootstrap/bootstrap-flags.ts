import { type Contradiction, refuse, TWO_PLACES_OF_POLICIES, TWO_PROMETHEUS } from '../contradictions.ts';
import type { SourceFlags } from '../run/pair-sources.ts';
import type { PolicyFlags } from './policies-to-read.ts';
import type { Share } from './share-flag.ts';

/** The flags as spec.ts declares and parses them. */
export interface BootstrapFlags extends SourceFlags, PolicyFlags {
  readonly seriesDir: string;
  readonly share: Share;
  readonly json?: true;
}

const CONTRADICTIONS: readonly Contradiction<BootstrapFlags>[] = [
  {
    holds: ({ prometheus, prometheusConfig }) => prometheus === undefined && prometheusConfig === undefined,
    message: '--prometheus: got none, allowed: a Prometheus to ask',
  },
  TWO_PROMETHEUS,
  TWO_PLACES_OF_POLICIES,
];

/** Throws `usage` for the first contradiction. */
export function refuseContradictions(flags: BootstrapFlags): void {
  refuse(flags, CONTRADICTIONS);
}

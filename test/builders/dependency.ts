import type { DependencyPolicy } from '../../src/policy/policy.ts';

/** A database with 10 connections for each replica; it is asked for its room unless it has a `capacity`. */
export function aDependency(overrides: Partial<DependencyPolicy> = {}): DependencyPolicy {
  const capacity = overrides.capacity ?? null;
  const query = capacity === null ? 'orders_db_connections_free' : null;
  return { name: 'orders-db', limitPerReplica: 10, capacity, query, ...overrides };
}

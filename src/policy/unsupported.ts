/**
 * What the schema knows and this version does not do yet. It is refused: an option that is accepted and ignored would
 * be a lie. Whoever builds one of these deletes its entry.
 */
import type { Problem } from '../domain/errors.ts';
import type { PolicyDocument } from './policy-schema.ts';

interface Unsupported {
  /** Paths of what is asked for; empty when it is not. */
  readonly paths: (document: PolicyDocument) => readonly string[];
  readonly got: string;
  readonly allowed: string;
}

const NOT_YET = 'which this version does not do yet';

const UNSUPPORTED: readonly Unsupported[] = [
  {
    paths: ({ spec }) => where(spec.hooks !== undefined, 'spec.hooks'),
    got: `webhooks, ${NOT_YET}`,
    allowed: 'nothing',
  },
];

/** Everything that the document asks for and this version does not do. */
export function unsupportedProblems(document: PolicyDocument): Problem[] {
  return UNSUPPORTED.flatMap(({ paths, got, allowed }) =>
    paths(document).map((path) => ({ path, got, allowed })),
  );
}

function where(isAskedFor: boolean, path: string): string[] {
  return isAskedFor ? [path] : [];
}

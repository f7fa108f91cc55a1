import type { CommandBody } from '../command-spec.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { answerSize, costCurve } from '../../size/queueing-answer.ts';
import { contradictions, sizeQuestion, type SizeRequest } from '../../size/size-request.ts';
import { DISPATCH_BY_FLAG } from './dispatch-flags.ts';
import type { DispatchFlag } from './dispatch-flags.ts';
import { answerText, curveText } from './text.ts';

/** The flags as spec.ts declares and parses them. */
interface SizeFlags extends Omit<SizeRequest, 'dispatch'> {
  readonly dispatch: DispatchFlag;
  readonly explain?: true;
  readonly json?: true;
}

export const run: CommandBody = (_args, rawFlags) => {
  const flags = rawFlags as unknown as SizeFlags;
  const request = { ...flags, dispatch: DISPATCH_BY_FLAG[flags.dispatch] };
  const wrong = contradictions(request, flagOf).map(
    ({ field, got, allowed }) => `${flagOf(field)}: got ${got}, allowed: ${allowed}`,
  );
  if (wrong.length > 0) throw new PrescaleError('usage', wrong.join('\n'));
  const question = sizeQuestion(request);
  const answer = answerSize(question);
  const curve = flags.explain ? costCurve(question, answer.replicas) : undefined;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(curve ? { ...answer, candidates: curve } : answer)}\n`
      : `${answerText(question, answer)}${curve ? `\n${curveText(question, answer, curve)}` : ''}`,
  );
  return Promise.resolve(0);
};

/** `minReplicas` -> `--min-replicas`. */
function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The policy as it was written, comments and all, with what was tuned changed and the reason beside it. */
import { Scalar, parseAllDocuments, type Document } from 'yaml';
import { percentText, significant } from '../../domain/figures.ts';
import type { TunedChoice, Tuning } from '../../replay/tuning/tune.ts';

/** `text`: one policy or several, of which the first is tuned and written. */
export function tunedPolicyText(text: string, tuning: Tuning, recording: string): string {
  const [document] = parseAllDocuments(text) as Document[];
  for (const choice of tuning.choices) setChoice(document, choice);
  document.commentBefore = [headerOf(tuning, recording), document.commentBefore].filter(Boolean).join('\n');
  return document.toString({ lineWidth: 0 });
}

function setChoice(document: Document, { path, meaning, from, to, before, after }: TunedChoice): void {
  const value = new Scalar(to);
  value.comment =
    ` tuned, was ${from}: ${meaning}; where it was searched ${significant(before.replicaHours)} -> ` +
    `${significant(after.replicaHours)} replica-hours, late ${percentText(before.sloViolationRatio)} -> ${percentText(after.sloViolationRatio)}`;
  document.setIn(path, value);
}

function headerOf({ given, tuned }: Tuning, recording: string): string {
  const { proven: was } = given;
  const { proven: is } = tuned;
  return (
    ` Tuned by prescale tune on ${recording}. On its last three eighths, which the search has not seen: ` +
    `${significant(was.replicaHours)} -> ${significant(is.replicaHours)} replica-hours, cost ${significant(was.cost.total)} -> ${significant(is.cost.total)}, ` +
    `late ${percentText(was.sloViolationRatio)} -> ${percentText(is.sloViolationRatio)}.`
  );
}

import { cutVisibly } from '../../shared/cut.ts';
import { changedArguments, type Arguments } from '../audit/changedArguments.ts';

/** Characters of what counted instead, as the model is told of it: it can read a file. */
const MOST = 8000;

/** What came of a call that a person had changed, for the model: it asked for something else. */
export function toldOfEdit(from: Arguments, to: Arguments, result: string): string {
  const changed = changedArguments(from, to).map(
    ({ name, to: text }) =>
      `The user changed the ${name} before approving. This counted instead:\n${cutVisibly(text, MOST)}`,
  );
  return [...changed, `What came of it:\n${result}`].join('\n\n');
}

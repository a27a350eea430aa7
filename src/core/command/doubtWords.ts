import { named, sentence } from '../../shared/named.ts';

const NOT_KNOWN = /^(?<program>.+) is not known to only look$/s;

/** Whether a doubt is that nothing is known of a program. */
export function isUnknownProgram(why: string): boolean {
  return NOT_KNOWN.test(why);
}

/** Why a command asks, as a sentence for a person. `why`: a clause about the line (see `judging.ts` and the programs). */
export function doubtWords(why: string): string {
  const { program } = NOT_KNOWN.exec(why)?.groups ?? {};
  if (program !== undefined) return `Runs ${named(program)}, which can change anything in this workspace.`;
  return `Asks because ${sentence(why)}`;
}

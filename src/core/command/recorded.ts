import type { CommandMeaning } from '../../shared/action.ts';
import type { Meaning } from './meaning.ts';
import { headOf } from './word.ts';

/** The programs that a line starts, as an action holds them. */
export function recordedPrograms({
  programs,
  folders,
  fed,
}: Meaning): Pick<CommandMeaning, 'programs' | 'open' | 'moves' | 'fed'> {
  const moves = folders.some((from) => from?.length !== 1 || from[0] !== '.');
  const open = programs.flatMap((words, program) =>
    words.flatMap((one, word) =>
      one.kind === 'known' ? [] : [{ program, word, head: headOf(one), several: one.kind === 'pattern' || one.splits }],
    ),
  );
  return {
    programs: programs.map((words) => words.map((word) => (word.kind === 'known' ? word.text : null))),
    ...(open.length > 0 && { open }),
    ...(moves && { moves }),
    ...(fed.length > 0 && { fed }),
  };
}

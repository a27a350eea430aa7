import { MOST_CHARACTERS } from '../../command/bash.ts';
import type { Meaning } from '../../command/meaning.ts';
import { ToolFailure } from '../../outcome.ts';

const INSTEAD = 'Write it to a script file and run that, which asks; or run its parts one by one';

/** Refuses a command that was not looked into whole: nobody could say what they approve. */
export function refuseTooMuch({ gaveUp }: Meaning, command: string): void {
  if (gaveUp === undefined) return;
  const cause =
    command.length > MOST_CHARACTERS
      ? `the command has ${command.length} characters, and no more than ${MOST_CHARACTERS} are looked into`
      : `the command is too much to be looked into: ${gaveUp}`;
  throw new ToolFailure(`${cause}. ${INSTEAD}`);
}

import { Failure } from '../core/outcome.ts';
/** The task that a command is given; undefined where none is. Throws a sentence for anything that is no text. */
export function givenTask(argument: unknown): string | undefined {
  if (argument === undefined || argument === null) return undefined;
  if (typeof argument !== 'string')
    throw new Failure('The task of this command must be a text ("args" of the keybinding).');
  return argument;
}

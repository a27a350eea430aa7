import type { ParsedScript } from 'unbash';
import { known, type Word } from './word.ts';

/** The output of the few substitutions that people write all the time, where it is surely harmless. */
export function plainOutput(script: ParsedScript, start: Word | undefined, isTop: boolean): Word | undefined {
  const [only, ...more] = script.commands;
  const node = only?.command;
  if (node?.type !== 'Command' || more.length > 0 || node.prefix.length > 0 || node.redirects.length > 0)
    return undefined;
  const text = [node.name, ...node.args]
    .map((word) => (word?.type === 'Word' && !word.parts ? word.value : '\0'))
    .join(' ');
  if (text === 'pwd' || (isTop && text === 'git rev-parse --show-toplevel')) return start;
  // Names of revisions: they start with no dash.
  if (
    /^git (merge-base( [\w][\w./~^-]*){2}|describe --tags --abbrev=0|rev-parse( --abbrev-ref)*( --short| --verify)( --short| --verify| --abbrev-ref)* [\w][\w./~^-]*)$/.test(
      text,
    )
  )
    return known('HEAD');
  return undefined;
}

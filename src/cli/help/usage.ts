import { exitLines } from '../exitCodes.ts';
import { pieces } from '../../terminal/width.ts';
import { PAGES_OF_LOG } from './pagesOfLog.ts';
import { PAGES_OF_POLICY } from './pagesOfPolicy.ts';
import { PAGES_OF_RUNS } from './pagesOfRuns.ts';
import type { Page } from './page.ts';

/** Every command, in the order in which they are shown. */
export const PAGES = { ...PAGES_OF_RUNS, ...PAGES_OF_LOG, ...PAGES_OF_POLICY };
export type Command = keyof typeof PAGES;

export function isCommand(word: string): word is Command {
  return Object.hasOwn(PAGES, word);
}

const WIDTH = 120;
const LEFT = 28;

/** Every command in a line or two, and what they end with. */
export function usage(): string {
  const commands = Object.values<Page>(PAGES).flatMap(({ forms }) =>
    forms.map(([form, about]) => row(`oversign ${form}`, about)),
  );
  return `oversign: an agent whose every action is checked against a policy and recorded; commands run in a sandbox

${commands.join('\n')}
${row('oversign help COMMAND', 'its options, with examples (also: COMMAND --help)')}
${row('oversign help exit-codes', 'what each exit code means')}

Everywhere: --json (what it writes stands in each command's help; failures are objects too), --help, --version.
An option that a command does not know is an error. RUN is a run's name, the beginning of one, or "last".
`;
}

/** The page of one command. */
export function helpOf(command: Command): string {
  const { forms, options = [], json, examples }: Page = PAGES[command];
  return [
    ...forms.map(([form, about]) => row(`oversign ${form}`, about)),
    '',
    'Options:',
    ...options.map(([option, about]) => row(option, about)),
    row('--json', `${json}; a failure as an object, too`),
    '',
    'Examples:',
    ...examples.flatMap(([line, about]) => [`  ${line}`, `      ${about}`]),
    '',
    'What it ends with: oversign help exit-codes',
    '',
  ].join('\n');
}

/** The table of exit codes. */
export function exitCodesHelp(): string {
  return `The same fault has the same exit code in every command.\n\n${exitLines().join('\n')}\n\nWhat else "oversign sandbox" ends with is the exit code of its command.\n`;
}

function row(left: string, about: string): string {
  const lines = pieces(about, WIDTH - LEFT - 3).map((line) => line.trim());
  const [first = '', ...others] = lines;
  const head = left.length <= LEFT ? `  ${left.padEnd(LEFT)} ${first}` : `  ${left}\n${' '.repeat(LEFT + 3)}${first}`;
  return [head, ...others.map((line) => ' '.repeat(LEFT + 3) + line)].join('\n');
}

import { parseArgs } from 'node:util';
import { isCommand, PAGES } from './help/usage.ts';
import { nearest } from './nearest.ts';
import { notTaken, OPTIONS } from './options.ts';

const parse = (args: string[]) => parseArgs({ args, allowPositionals: true, tokens: true, options: OPTIONS });
export type Values = ReturnType<typeof parse>['values'];

/** What was typed: a command with its words and options, or what is wrong about it, as a sentence. */
export type CommandLine =
  | { kind: 'command'; command: string; words: string[]; values: Values }
  | { kind: 'help'; about: string | undefined }
  | { kind: 'version' }
  /** `command`: of which the help says more. */
  | { kind: 'wrong'; problem: string; command: string | undefined };

/** Options that may be given several times. */
const SEVERAL: ReadonlySet<string> = new Set(['witness', 'keep', 'revert']);

/** How many words may follow a command. */
const MOST_WORDS: ReadonlyMap<string, number> = new Map([
  ...['history', 'report', 'exposure', 'verify', 'stop', 'undo', 'review'].map((name) => [name, 1] as const),
  ...['models', 'runs', 'questions', 'key', 'export', 'erase', 'doctor', 'decide'].map((name) => [name, 0] as const),
]);

export function commandLine(argv: string[]): CommandLine {
  let parsed;
  try {
    parsed = parse(argv);
  } catch (error) {
    return { kind: 'wrong', problem: parseProblem(error), command: argv.find(isCommand) };
  }
  const { values, positionals, tokens } = parsed;
  const [command, ...words] = positionals;
  const wrong = (problem: string): CommandLine => ({ kind: 'wrong', problem, command });
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = given.find((name, index) => !SEVERAL.has(name) && given.indexOf(name) !== index);
  if (twice !== undefined) return wrong(`--${twice} was given twice`);
  const empty = Object.entries(values).find(([, value]) => value === '');
  if (empty) return wrong(`--${empty[0]} is empty`);
  if (values.version) return { kind: 'version' };
  if (command === 'help') return { kind: 'help', about: words[0] };
  if (values.help) return { kind: 'help', about: command };
  if (command === undefined) return wrong('say what is to be done: a command, or "help"');
  if (!isCommand(command)) return wrong(`there is no command "${command}"${meant(command, Object.keys(PAGES))}`);
  const strange = notTaken(command, words, given);
  if (strange !== undefined) return wrong(strange);
  const most = MOST_WORDS.get(command) ?? Infinity;
  if (words.length > most) return wrong(`"${words[most] ?? ''}" is one word too many for ${command}`);
  if (command === 'sandbox' && (words.length === 0 || !isParted(argv, words)))
    return wrong('sandbox wants a command after --');
  return { kind: 'command', command, words, values };
}

/** " (did you mean …?)", where one of the words is near. */
export function meant(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** What `parseArgs` says goes on about how else it could be meant; what is wrong is its first sentence. */
function parseProblem(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(-[^']*)'/.exec(words)?.[1];
  if (unknown === undefined) return words.replace(/\. .*/s, '');
  const near = nearest(unknown.replace(/^-+/, ''), Object.keys(OPTIONS));
  return `there is no option ${unknown}${near === undefined ? '' : `; did you mean --${near}?`}`;
}

/** Whether the words of a command stand behind `--`: else an option of it would be taken for one of Oversign's. */
function isParted(argv: readonly string[], words: readonly string[]): boolean {
  const at = argv.indexOf('--');
  return at > 0 && argv.length - at - 1 === words.length;
}

// Spellings that other tools take for commands and that fit no command here, each with the right one.

interface Habit {
  sign: RegExp;
  readonly says: (text: string) => string;
}

const TOOL =
  /^(bash|shell|shelltool|run_?shell_?command|run_command|terminal|execute|command|cmd|deny|allow)\s*\((.*)\)$/is;
/** Programs that have no subcommand with a colon in its name. */
const NO_COLONS =
  'git|gh|hg|svn|pip3?|uv|cargo|go|dotnet|kubectl|helm|terraform|aws|gcloud|az|systemctl|apt|apt-get|dnf|yum|brew|rm|mv|cp|ls|cat|curl|wget|ssh|sudo|chmod|chown|kill|python3?|node|find|grep|rg|sed|awk|echo|touch|mkdir';
/** Programs whose names are known well enough to see that only the case is wrong. */
const KNOWN = new RegExp(
  `^(${NO_COLONS}|npm|npx|yarn|pnpm|bun|deno|docker|podman|make|mvn|gradle|bazel|tar|dd|bash|sh|zsh|rsync|scp|psql|mysql|ruby|perl|java|tsc|jest|vitest|pytest|eslint|prettier)$`,
);

const HABITS: readonly Habit[] = [
  { sign: /[\r\n]\s*\S/, says: (text) => oneEach(text.split(/[\r\n]+/)) },
  { sign: TOOL, says: (text) => ofTool(TOOL.exec(text)?.[2] ?? '') },
  { sign: /^!/, says: () => 'takes nothing back with "!": rules are read in order, the first that matches counts' },
  { sign: /^(["'])[^"']*\s[^"']*\1$/, says: (text) => `is one word in its quotes: write ${quoted(text.slice(1, -1))}` },
  { sign: /^\^|^\/\^|\.\*\$$|\\[sbwd]/, says: (text) => `is no regular expression: write ${quoted(fromRegExp(text))}` },
  {
    sign: /^\w+\.\*$|^(git|gh|npm|yarn|pnpm|cargo|go|docker|kubectl|make|terraform)\s+\w+\.\*$/,
    says: (text) => `is no regular expression: write ${quoted(fromRegExp(text))}`,
  },
  {
    sign: new RegExp(`^(\\S+|(${NO_COLONS})\\s+\\S+):\\*$`),
    says: (text) => `has no ":*" for any words behind it: write ${quoted(anyBehind(text))}`,
  },
  { sign: /^[^"']*,\s/, says: (text) => oneEach(text.split(/,\s+/)) },
  {
    sign: /(^|\s)(\.\.\.|…)$/,
    says: (text) => `has "**" for any words: write ${quoted(text.replace(/(\.\.\.|…)$/, '**'))}`,
  },
  { sign: /%\w+%/, says: () => 'has no variables: write the word itself' },
];

/** Why a text fits no command that it could mean; undefined where it may. */
export function commandMistake(text: string): string | undefined {
  const trimmed = text.trim();
  const habit = HABITS.find(({ sign }) => sign.test(trimmed));
  if (habit) return habit.says(trimmed);
  const [program = ''] = trimmed.split(/\s/, 1);
  if (program === program.toLowerCase() || !KNOWN.test(program.toLowerCase())) return undefined;
  return `names a program by its name, letter by letter: write ${quoted(program.toLowerCase() + trimmed.slice(program.length))}`;
}

/**
 * What other tools take a pattern for that ends in `*` or `:*`: any words more, or none. Here it is one word more, or
 * one that begins so. Undefined where there are no two readings.
 */
export function widerReading(text: string): string | undefined {
  const pattern = text.trimEnd();
  return /\S\s+\*$|^\S+\s.*\S:\*$/.test(pattern) ? anyBehind(pattern) : undefined;
}

function quoted(text: string): string {
  return `"${text}"`;
}

function ofTool(inner: string): string {
  const pattern = inner.trim();
  if (/^(\*\*?|:\*|)$/.test(pattern)) return 'is every command: write tools: [run_command] in its place';
  return `names a command alone: write ${quoted(anyBehind(pattern.replace(/^["'](.*)["']$/, '$1')))}`;
}

/** `git push:*` and `git push *` are `git push` with any words behind it there. */
function anyBehind(pattern: string): string {
  return pattern.replace(/(:\*|\s+\*+)$/, ' **');
}

function fromRegExp(text: string): string {
  const bare = text.replace(/^\/(.*)\/[gimsuy]*$/, '$1').replace(/^\^|\$$/g, '');
  const words = bare.replace(/\\[sb]\+?/g, ' ').replace(/\\(.)/g, '$1');
  return words.replace(/\s*\.\*$/, ' **').replaceAll('.*', '*');
}

function oneEach(parts: readonly string[]): string {
  return `is one command: write ${parts.map((part) => quoted(part.trim())).join(', ')}`;
}

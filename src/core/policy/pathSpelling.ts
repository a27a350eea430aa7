import { TOOL_NAMES } from './toolNames.ts';

// Spellings that other tools take for paths and that name nothing here. An entry that can match nothing looks like a
// rule and is none, so each of these is an error that gives the right spelling.

interface Habit {
  /** Looked for in the text without its escapes: what a backslash takes as it is, is meant. */
  sign: RegExp;
  readonly says: (text: string, bare: string) => string;
}

/** A backslash before a sign takes it as it is; before a letter, digit, dot or slash it is a mistake. */
const ESCAPED = /\\[^\p{L}\p{N}./\s]/gu;
const HOME = /^(env:|\$env:)?(HOME|USERPROFILE|userHome|HOMEPATH)$/i;
const WORKSPACE =
  /^(env:|\$env:)?(workspace(Folder|Root)?(:.*|Basename)?|PWD|cwd|INIT_CWD|root|project(_?(dir|root))?|CLAUDE_PROJECT_DIR|GITHUB_WORKSPACE|fileWorkspaceFolder)$/i;
const VARIABLE =
  /\$\{\{?\s*([^}]*?)\s*\}?\}|\$\(([^)]*)\)|(\$env:\w+)|(?<![^/\\])\$([A-Z_][A-Z0-9_]*|home)(?![^/\\])|%([A-Z_][A-Z0-9_()]*|userprofile|homepath|(?:local)?appdata|te?mp)%|\{\{\s*([^}]*?)\s*\}\}|^<([^>]+)>/;
/** Names of tools that other agents' rules begin with. */
const TOOL = new RegExp(
  `^(read|edit|write|multi_?edit|notebook_?(edit|read)|glob|grep|ls|bash|shell|web_?fetch|delete|file|path|deny|allow|${TOOL_NAMES.join('|')})\\s*\\((.*)\\)$`,
  'is',
);

const HABITS: readonly Habit[] = [
  { sign: /\S\s*[\r\n]\s*\S/, says: (text) => oneEach(text.split(/[\r\n]+/)) },
  { sign: /^\s|\s$/, says: (text) => `has blanks at an end: write ${quoted(text.trim())}` },
  { sign: TOOL, says: (text) => ofTool(TOOL.exec(text)) },
  {
    sign: /^file:\/\//i,
    says: (text) => `is a path, no address: write ${quoted(text.replace(/^file:\/\/(localhost(?=\/))?/i, ''))}`,
  },
  { sign: /^[a-z][a-z0-9+.-]*:\/\//i, says: () => 'is an address, no path' },
  {
    sign: /^(["'`]).*\1$|^["`]|["`]$/,
    says: (text) => `has quotes in it: write ${quoted(text.replace(/["'`]/g, ''))}`,
  },
  { sign: VARIABLE, says: withoutVariable },
  {
    sign: /^\/?[a-z]:([\\/]|$)/i,
    says: (text) => `has no drives: write ${quoted(slashed(text.replace(/^\/?[a-z]:/i, '') || '/'))}`,
  },
  {
    sign: /^(glob|path|regexp?|re|file|dir|folder|literal|pattern):(?!\/\/)/i,
    says: (text) => `has no word in front: write ${quoted(text.replace(/^\w+:\s*/, ''))}`,
  },
  {
    sign: /^!/,
    says: (text) =>
      `takes nothing back with "!": leave it out and name what is meant more narrowly (a name that begins so: ${quoted(`\\${text}`)})`,
  },
  {
    sign: /^\^|\$$|\((\?|[^()]*\|)|\.\*\$|\.\+(\/|$)|\[\^\/\]|^\/.*\/[gimsuy]+$/,
    says: (text) => `is no regular expression: write ${quoted(fromRegExp(text))}`,
  },
  { sign: /\.\*\\|\\[.][^\\]*\*/, says: (text) => `is no regular expression: write ${quoted(fromRegExp(text))}` },
  { sign: /\\/, says: withoutBackslash },
  { sign: /\*\*/, says: starsAlone },
  { sign: /^~[\p{L}_][\w-]*\//u, says: () => 'knows "~/" as your home folder alone: write the whole path' },
];

const LIST = /[,;|]|(?<=^[.~*/]\S*)\s+(?=[.~*/])/;

/** What an entry holds that nobody can see. */
export function invisibleIn(text: string): string | undefined {
  const found = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.exec(text)?.[0];
  if (found === undefined) return undefined;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `holds a character that is not seen (U+${code})`;
}

/** Why an entry of a path list names nothing that it could mean, with the right spelling; undefined where it may. */
export function pathMistake(text: string): string | undefined {
  // A Windows path that ends in a pattern reads like an escape.
  if (/[^\\/[]\\\*+(\.\w+)?$/.test(text) && !text.includes('/')) return withoutBackslash(text);
  const bare = text.replace(ESCAPED, '_');
  const habit = HABITS.find(({ sign, says }) => sign.test(bare) && says(text, bare) !== '');
  if (habit) return habit.says(text, bare);
  return LIST.test(withoutBraces(bare)) ? oneEach(text.split(new RegExp(LIST, 'g'))) : undefined;
}

function quoted(text: string): string {
  return `"${text}"`;
}

function slashed(text: string): string {
  return text.replaceAll('\\', '/').replace(/^\/\/+/, '/');
}

function oneEach(parts: readonly string[]): string {
  const entries = parts.map((part) => part.trim()).filter((part) => part !== '');
  return `is one path: write ${entries.map(quoted).join(', ')} (a sign that is really in the name has a backslash before it)`;
}

/** What other agents write in the brackets: `//` is the machine's root there, `/` the project's. */
function ofTool(found: RegExpExecArray | null): string {
  if (/^(bash|shell|run_command)$/i.test(found?.[1] ?? '')) return 'is a command: write it into a rule, under commands';
  const path = (found?.at(-1) ?? '').trim().replace(/^["']|["']$/g, '');
  const whole = path.startsWith('//') ? path.slice(1) : path.startsWith('/') ? `.${path}` : path;
  return `names a path alone: write ${quoted(whole)}`;
}

function withoutVariable(text: string): string {
  const found = VARIABLE.exec(text);
  const name = (found?.slice(1).find(Boolean) ?? '').trim();
  const instead = HOME.test(name) ? '~' : WORKSPACE.test(name) ? '.' : undefined;
  const isWhole = instead !== undefined && found?.index === 0;
  const path = isWhole ? slashed(instead + text.slice(found[0].length)).replace(/^\.$/, './') : undefined;
  return `has no variables: write ${path === undefined ? 'the path itself' : quoted(path)}`;
}

function fromRegExp(text: string): string {
  return text
    .replace(/^\/(.*)\/[gimsuy]*$/, '$1')
    .replace(/^\^|\$$/g, '')
    .replace(/\(\?:|\(/g, '{')
    .replaceAll(')', '}')
    .replaceAll('|', ',')
    .replace(/\[\^\/\]|\.(?=[*+])/g, '')
    .replaceAll('+', '*')
    .replace(/\\(.)/g, '$1');
}

function withoutBackslash(text: string): string {
  const alone = text.replaceAll('\\', '');
  const meant = `has "/" between folders, and a backslash only before a sign that is really in a name: write ${quoted(slashed(text))}`;
  return /\\\./.test(text) && !/\\[^.]/.test(text) ? `${meant} or ${quoted(alone)}` : meant;
}

/** Two stars are any folders where they stand alone. */
function starsAlone(text: string, bare: string): string {
  if (!bare.split('/').some((segment) => segment.includes('**') && segment !== '**')) return '';
  const right = text
    .split('/')
    .map((segment) =>
      segment
        .replace(/^\*{3,}$/, '**')
        .replace(/^\*\*+(?=.)/, '**/*')
        .replace(/(?<=[^*/])\*\*+$/, '*'),
    )
    .join('/');
  return `has "**" alone between slashes: write ${quoted(right.replaceAll('/**/**', '/**'))}`;
}

function withoutBraces(text: string): string {
  for (let before = '', now = text; ; now = now.replace(/\{[^{}]*\}/g, '_')) {
    if (now === before) return now;
    before = now;
  }
}

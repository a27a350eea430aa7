import type { CommandNode, PipelineNode, Redirection } from 'unbash';

// What stands in a pipe, as far as the parser shows it without expanding anything.

/** Outside any pipe. */
export const ALONE = { isFedByListing: false, feedsNames: false };

/** What comes into a command of a pipe, and what becomes of what goes out. */
export function inPipe(commands: readonly CommandNode[], index: number): typeof ALONE {
  const command = commands[index];
  return {
    isFedByListing: command !== undefined && isListing(commands.slice(0, index)) && !hasInput(command),
    feedsNames: commands.slice(index + 1).some((one) => nameOf(one) === 'xargs'),
  };
}

/** Whether a pipe so far starts with a listing of names and only filters them. Every word must be plain. */
function isListing(commands: readonly CommandNode[]): boolean {
  const [first, ...more] = commands.map(plainWords);
  return first !== undefined && listsNames(first) && more.every((words) => words !== undefined && onlyFilters(words));
}

/** The words of a command that has nothing but plain words: no expansions, redirections or assignments. */
function plainWords(node: CommandNode): string[] | undefined {
  if (
    node.type !== 'Command' ||
    !node.name ||
    node.redirects.some((one) => !isToNowhere(one)) ||
    node.prefix.length > 0
  )
    return undefined;
  const words = [node.name, ...node.args];
  if (!words.every((word) => word.type === 'Word')) return undefined;
  return words.every((word) =>
    (word.parts ?? []).every(
      ({ type }) =>
        type !== 'SimpleExpansion' &&
        type !== 'ParameterExpansion' &&
        type !== 'CommandExpansion' &&
        type !== 'DoubleQuoted',
    ),
  )
    ? words.map((word) => word.value)
    : undefined;
}

function isToNowhere(one: Redirection): boolean {
  return one.type === 'Redirect' && one.operator === '>' && one.target?.value === '/dev/null';
}

function onlyFilters([name, ...args]: readonly string[]): boolean {
  const operands = args.filter((arg) => !arg.startsWith('-'));
  switch (name) {
    case 'grep':
    case 'egrep':
      return operands.length === 1 && args.every((arg) => !arg.startsWith('-') || /^-[viEFPwx]+$/.test(arg));
    case 'head':
    case 'tail':
      return args.every((arg) => /^(-n?[0-9]*|[0-9]+)$/.test(arg));
    case 'sort':
    case 'uniq':
      return args.every((arg) => /^-[bdfgiMhnrRVuz]+$/.test(arg));
    default:
      return false;
  }
}

function listsNames([name, ...args]: readonly string[]): boolean {
  const some = (pattern: RegExp): boolean => args.some((arg) => pattern.test(arg));
  switch (name) {
    case 'find':
      return !some(/^-(printf|fprintf|fls|exec|execdir|ok|okdir|ls)$/);
    case 'ls':
      return args.every((arg) => !arg.startsWith('-') || /^-[1aAtrSd]+$/.test(arg));
    case 'grep':
      return (
        some(/^-[rRiInwEFPvsI]*[lL][rRiInwEFPvsI]*$/) &&
        args.every((arg) => !/^-[a-zA-Z]*[ef]|^--(?!include=|exclude)/.test(arg))
      );
    case 'rg':
      return (
        some(/^(-l|--files|--files-with-matches)$/) &&
        args.every((arg) => /^(-l|-[iwuUFN]+|-[gtT]|--files|--files-with-matches|--hidden|[^-].*)$/.test(arg))
      );
    case 'git':
      if (some(/^--(format|pretty|stage|debug|eol)|^-[stfv]$/)) return false;
      return args[0] === 'ls-files' || (args[0] === 'diff' && args.includes('--name-only'));
    default:
      return false;
  }
}

/** Whether a command reads something else than the pipe. */
function hasInput(node: CommandNode): boolean {
  if (node.type !== 'Command') return false;
  const isInput = (one: Redirection): boolean => one.type !== 'Redirect' || /^</.test(one.operator);
  return (
    node.redirects.some(isInput) ||
    node.args.some((word) => word.type === 'Word' && /^(-[^I]*a|--arg)/.test(word.value))
  );
}

function nameOf(node: CommandNode): string {
  return node.type === 'Command' && node.name && !node.name.parts ? node.name.value : '';
}

export function isCd(node: PipelineNode): boolean {
  return node.type === 'Command' && node.name?.value === 'cd';
}

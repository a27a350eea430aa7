import type { CommandNode, PipelineNode, Redirection, WordPart } from 'unbash';

// What stands in a pipe, as far as the parser shows it without expanding anything.

/** Outside any pipe. */
export const ALONE = { isFedByListing: false, feedsNames: false };

/** For each command of a pipe: what comes into it, and what becomes of what goes out. Takes a time that grows as they do. */
export function inPipe(commands: readonly CommandNode[]): (typeof ALONE)[] {
  const places: (typeof ALONE)[] = [];
  // A pipe so far that starts with a listing of names and only filters them; every word must be plain.
  let isListing = false;
  for (const [index, command] of commands.entries()) {
    places.push({ isFedByListing: isListing && !hasInput(command), feedsNames: false });
    const words = plainWords(command);
    isListing = words !== undefined && (index === 0 ? listsNames(words) : isListing && onlyFilters(words));
  }
  let feedsNames = false;
  for (const [place, command] of places.map((one, index) => [one, commands[index]] as const).reverse()) {
    place.feedsNames = feedsNames;
    feedsNames ||= command !== undefined && nameOf(command) === 'xargs';
  }
  return places;
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
  return words.every((word) => (word.parts ?? []).every(isPlainPart)) ? words.map((word) => word.value) : undefined;
}

function isPlainPart(part: WordPart): boolean {
  switch (part.type) {
    case 'SimpleExpansion':
    case 'ParameterExpansion':
    case 'CommandExpansion':
      return false;
    case 'DoubleQuoted':
      return part.parts.every(({ type }) => type === 'Literal');
    default:
      return true;
  }
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

import type { CommandNode, PipelineNode } from 'unbash';

// What stands in a pipe, as far as the parser shows it without expanding anything.

const FILTERS = /^(grep|egrep|head|tail|sort|uniq)$/;

/** Whether a pipe so far starts with a listing of names and only filters them. */
export function isListing(commands: readonly CommandNode[]): boolean {
  const [first, ...more] = commands;
  return first !== undefined && listsNames(first) && more.every((one) => FILTERS.test(nameOf(one)));
}

function listsNames(node: CommandNode): boolean {
  const words = node.type === 'Command' ? node.args.map((word) => (word.type === 'Word' ? word.value : '')) : [];
  switch (nameOf(node)) {
    case 'find':
      return !words.some((word) => /^-(printf|exec|ok|ls)/.test(word));
    case 'ls':
      return !words.some((word) => /^-\w*[lsgnoi]/.test(word));
    case 'grep':
      return words.some((word) => /^(-\w*[lL]\w*|--files-with(out)?-match(es)?)$/.test(word));
    case 'rg':
      return words.some((word) => /^(-\w*l\w*|--files|--files-with(out)?-match(es)?)$/.test(word));
    case 'git':
      return words[0] === 'ls-files' || (words[0] === 'grep' && words.includes('-l')) || words.includes('--name-only');
    default:
      return false;
  }
}

export function nameOf(node: CommandNode): string {
  return node.type === 'Command' && node.name && !node.name.parts ? node.name.value : '';
}

export function isCd(node: PipelineNode): boolean {
  return node.type === 'Command' && node.name?.value === 'cd';
}

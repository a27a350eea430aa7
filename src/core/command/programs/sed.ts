import { parseOptions } from '../options.ts';
import type { Judge } from '../judging.ts';
import { known } from '../word.ts';

const SED =
  '-n -e=text -E -r -s -u -z -l=text --quiet --silent --expression=text --regexp-extended --separate --unbuffered --null-data --posix --debug --sandbox --line-length=text';

/** sed that only prints: a script whose every command is known, none of which writes, reads or runs anything. */
export const sed: Judge = (args, it, name) => {
  const { operands, options } = parseOptions(SED, args, it, name);
  const isGiven = options.has('-e') || options.has('--expression');
  const expressions = args.flatMap((word, index) => {
    if (word.kind !== 'known') return [];
    if (word.text.startsWith('--expression=')) return [word.text.slice(13)];
    if (word.text === '--expression' || /^-[nErsuz]*e$/.test(word.text)) return [args[index + 1]?.text ?? ''];
    return /^-[nErsuz]*e/.test(word.text) ? [word.text.replace(/^-[nErsuz]*e/, '')] : [];
  });
  const [first] = operands;
  const scripts = isGiven ? expressions : first ? [first.text] : [];
  if (args.some((word) => word.kind !== 'known' && word === (isGiven ? undefined : first)))
    it.doubt('the sed script is not known beforehand');
  if (
    isGiven &&
    args.some(
      (word, index) => word.kind !== 'known' && /^(-[a-zA-Z]*e|--expression)$/.test(args[index - 1]?.text ?? ''),
    )
  )
    it.doubt('the sed script is not known beforehand');
  if (!onlyPrints(scripts.join('\n'))) {
    it.doubt('the sed script may write, read or run something');
    for (const [, file = ''] of scripts.join('\n').matchAll(/[rRwW]\s*([^\s;}]+)/g)) it.guess(known(file));
  }
  for (const word of operands.slice(isGiven ? 0 : 1)) if (word.text !== '-') it.path(word, 'read');
};

/** Whether a sed script is understood whole and does nothing but edit what it prints (sed(1), POSIX 2024). */
export function onlyPrints(script: string): boolean {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(script);
    if (match) at = pattern.lastIndex;
    return match !== null;
  };
  /** Goes past a text that ends with an unescaped delimiter; what stands in brackets with one in it is not understood. */
  const delimited = (delimiter: string): boolean => {
    const from = at;
    while (at < script.length && script[at] !== delimiter) {
      if (script[at] === '\n') return false;
      at += script[at] === '\\' ? 2 : 1;
    }
    const within = script.slice(from, at);
    at += 1;
    // sed looks for the end without regard to brackets; other versions do not. Both must agree.
    const open = within.replace(/\\./gs, '').lastIndexOf('[');
    return (
      at <= script.length &&
      (open === -1 ||
        within
          .replace(/\\./gs, '')
          .slice(open + 2)
          .includes(']'))
    );
  };
  const address = (): boolean | undefined => {
    if (skip(/\$|\+?[0-9]+(~[0-9]+)?|~[0-9]+/y)) return true;
    if (script[at] !== '/') return undefined;
    at += 1;
    return delimited('/') && skip(/[IM]*/y);
  };
  while (at < script.length) {
    skip(/[\s;]*/y);
    if (at >= script.length) break;
    if (script[at] === '}') {
      at += 1;
      continue;
    }
    if (script[at] === '#') {
      if (!skip(/#[^\n]*/y)) return false;
      continue;
    }
    const first = address();
    if (first === false) return false;
    if (first) {
      skip(/\s*/y);
      if (skip(/,\s*/y) && address() !== true) return false;
      skip(/\s*/y);
    }
    skip(/(!\s*)*/y);
    const command = script[at];
    at += 1;
    switch (command) {
      case '{':
        continue;
      case 's':
      case 'y': {
        const delimiter = script[at];
        if (delimiter === undefined || /[\\\n\s\w]/.test(delimiter)) return false;
        at += 1;
        if (!delimited(delimiter) || !delimited(delimiter)) return false;
        if (command === 's' && !skip(/[gpiIM0-9]*/y)) return false;
        break;
      }
      case 'q':
      case 'Q':
      case 'l':
      case 'L':
        skip(/ *[0-9]*/y);
        break;
      case 'b':
      case 't':
      case 'T':
        skip(/ *[\w-]*/y);
        break;
      case ':':
        if (!skip(/ *[\w-]+/y)) return false;
        break;
      default:
        if (command === undefined || !'pPdD=nNgGhHxzF'.includes(command)) return false;
    }
    // Only an end may follow: anything else would be an argument or a flag that is not known.
    if (!skip(/[ \t]*(?=[;}\n]|$)/y)) return false;
  }
  return true;
}

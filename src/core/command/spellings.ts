const LONGEST = 1024;
const MOST_PARTS = 3000;
/** Options of one letter may stand together, with a value behind the last. */
const MOST_LETTERS = 6;

/**
 * Everything in a word, or in a piece of code, that may name a file or a module: the whole, what stands behind `=`, an
 * `@` or an option's letters, and each part between blanks, quotes, and the signs of shells and languages. Modules
 * are spelled as paths, too (`a.b` and `A::B`). Undefined where there are too many.
 */
export function spellingsIn(text: string): Set<string> | undefined {
  const found = new Set<string>();
  const add = (part: string): void => {
    const bare = part.replace(/^@/, '').replace(/^\/{2,}/, '/');
    if (bare === '' || bare.length > LONGEST || /[\0\n]/.test(bare)) return;
    found.add(bare);
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(bare)) return;
    const names = bare.split('.');
    for (const index of names.keys()) found.add(names.slice(0, index + 1).join('/'));
  };
  const wholes = [text, text.slice(text.indexOf('=') + 1)];
  if (/^-[^-]/.test(text)) for (let at = 2; at <= MOST_LETTERS; at += 1) wholes.push(text.slice(at));
  for (const whole of wholes) {
    add(whole);
    if (/^[\w:]+$/.test(whole) && whole.includes('::')) add(whole.replaceAll('::', '/'));
  }
  for (const part of text.split(/[\s"'`;|&<>(){}[\],:=$!*?#\\%]+/, MOST_PARTS + 1)) {
    add(part);
    if (/[^.][.]$/.test(part)) add(part.slice(0, -1)); // the end of a sentence
  }
  for (const [module] of text.matchAll(/[A-Za-z_]\w*(?:::\w+)+/g)) add(module.replaceAll('::', '/'));
  return found.size > MOST_PARTS ? undefined : found;
}

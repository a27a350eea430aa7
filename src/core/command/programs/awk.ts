import { parseOptions } from '../options.ts';
import type { Judge } from '../judging.ts';

const AWK = '-F=text -v=text --field-separator=text --assign=text --re-interval --posix --traditional --lint --version';

/** awk that only prints to its output: a program without commands, files, redirections or loaded extensions. */
export const awk: Judge = (args, it, name) => {
  const [program, ...files] = parseOptions(AWK, args, it, name, 'first').operands;
  if (!program) return;
  if (program.kind !== 'known') it.doubt('the awk program is not known beforehand');
  else if (!onlyComputes(program.text)) it.doubt('the awk program may write, read or run something');
  for (const word of files) {
    if (word.kind === 'known' && word.text.startsWith('-') && word.text !== '-')
      it.doubt('awk may take an operand for an option');
    if (word.text !== '-') it.path(word, 'read');
  }
};

/**
 * Whether an awk program surely does nothing but compute and print. Where strings end can only be told if no regular
 * expression holds a quote, so texts are looked at as they stand wherever there is a slash.
 */
export function onlyComputes(program: string): boolean {
  const bare = program.includes('/') ? program : program.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  if (/\\\n/.test(program)) return false;
  if (/\b(system|getline|close|fflush|ARGV|ARGC|ENVIRON|PROCINFO|SYMTAB|extension)\b|@/.test(bare)) return false;
  if (bare.replaceAll('||', '').includes('|')) return false;
  // After a print, `>` writes a file; before the first one it compares.
  const firstPrint = bare.search(/\bprintf?\b/);
  return firstPrint === -1 || !bare.slice(firstPrint).includes('>');
}

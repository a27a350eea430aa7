import type { Judge } from '../judging.ts';
import { mayBeOption } from '../word.ts';

// Builtins of bash(1) that change what later words mean. Plain uses are known to do only that.

/** Says why it is a question, and whether the line is still read where its words are not of this form. */
function changing(why: string, plain: RegExp): Judge {
  return (args, it, name) => {
    it.doubt(why);
    if (!args.every((word) => word.kind === 'known' && plain.test(word.text)))
      it.unread(`${name} may change what the rest of the line means`);
  };
}

/** `wait -p 'a[$(x)]'` runs what is in the subscript. */
const wait: Judge = (args, it) => {
  it.doubt('wait is not known to only look');
  // The number of the last process is no option.
  const given = args.filter(({ text }) => !/^"?\$\{?!\}?"?$/.test(text));
  if (
    given.some(mayBeOption) &&
    !given.every((word) => word.kind === 'known' && /^(-[nf]+|-[nf]*p\w*|--|\w+|%[\w+-]*)$/.test(word.text))
  )
    it.unread('wait may change what the rest of the line means');
};

const NOTHING = /^(?!)/;
// Names are references with -n, and values change with -i, -l and -u.
const DECLARED = /^(-[xrgpfFa]+|--|\w+(\+?=[^]*)?)$/;
const SHOPTS =
  /^(-[supqo]+|nullglob|globstar|dotglob|extglob|failglob|nocaseglob|nocasematch|inherit_errexit|checkwinsize|histappend|autocd)$/;

export const BUILTINS: [string, Judge][] = [
  ...['declare', 'typeset', 'local', 'export', 'readonly'].map((name): [string, Judge] => [
    name,
    changing(`${name} is not known to only look`, DECLARED),
  ]),
  ['unset', changing('unset takes variables away', /^(-[vf]|--|\w+)$/)],
  // A variable in an expression is evaluated in turn, subscripts and all.
  ['let', changing('let is not known to only look', /^([A-Za-z_]\w*=)?[\d\s+*/%<>()-]*$/)],
  ['wait', wait],
  ['getopts', changing('getopts is not known to only look', /^[\w: ]*$/)],
  ['shopt', changing('shopt changes how the shell works', SHOPTS)],
  ['hash', changing('hash changes which program a name means', /^-r$/)],
  ['enable', changing('enable changes which program a name means', NOTHING)],
  ['alias', changing('alias changes which program a name means', NOTHING)],
  ['unalias', changing('unalias changes which program a name means', /^(-a|\w+)$/)],
  ['bind', changing('bind runs commands', NOTHING)],
  ['fc', changing('fc runs commands again', NOTHING)],
  ['history', changing('history is not known to only look', /^[0-9]*$/)],
  ['compgen', changing('compgen is not known to only look', /^(-[abcdefgjkuv]+|\w+)$/)],
  ['complete', changing('complete is not known to only look', NOTHING)],
];

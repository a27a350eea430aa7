import type fc from 'fast-check';

// Command lines that grow when they are followed: nests, products, chains and long rows of one thing.

const repeated = (text: string, count: number): string => text.repeat(count);
const around = (open: string, close: string, depth: number, inside: string): string =>
  open.repeat(depth) + inside + close.repeat(depth);

/** Made from a size between 1 and 1000; cut to what is looked into. */
const FORMS: ((size: number) => string)[] = [
  (n) => around('for a in 1 2 3 4 5 6; do ', '; done', Math.min(n, 60), 'echo $a'),
  (n) => around('for a in {1..200}; do ', '; done', Math.min(n, 5), 'rm $a'),
  (n) => around('while a; do ', '; done', Math.min(n, 300), 'b'),
  (n) => around('if a; then ', '; fi', Math.min(n, 300), 'b'),
  (n) => around('case x in x) ', ';; esac', Math.min(n, 200), 'b'),
  (n) => `case x in ${repeated('a) x=1;; ', n)}esac`,
  (n) => `if a; then b; ${repeated('elif c; then d; ', n)}fi`,
  (n) => `echo $((${around('(', ')', n, '1')}))`,
  (n) => `echo $((1${repeated('+1', n * 4)}))`,
  (n) => `echo $((1${repeated('?1:1', n * 2)}))`,
  (n) => `echo $((${repeated('-', n * 9)}1))`,
  (n) => `echo ${around('$(', ')', n, 'ls')}`,
  (n) => `echo ${around('${a:-', '}', n, 'x')}`,
  (n) => `echo ${around('"${a:-', '}"', n, 'x')}`,
  (n) => `echo ${repeated('{a,b}', Math.min(n, 9))} ${repeated('{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}{m,n} ', n)}`,
  (n) => `cat ${repeated('{1..200} ', n)}`,
  (n) => `find ${repeated('{1..200} ', n)} -name {1..200}${repeated(' -name x', n)} -exec rm {} \\;`,
  (n) => `find .${repeated(' -exec a {} \\;', n)}`,
  (n) => `${repeated('ls|', n * 4)}ls`,
  (n) => repeated('a& ', n * 3),
  (n) => `${repeated('cd a$x && ', n)}ls`,
  (n) => `${repeated('cd a || cd b || ', n)}ls`,
  (n) => `x=${repeated('a', 5000)}; ${repeated('cd $x; ', n)}ls`,
  (n) => Array.from({ length: n }, (_, at) => `x${at}=1`).join(' && '),
  (n) => `${Array.from({ length: n }, (_, at) => `x${at}=1`).join(';')};${repeated('(ls);', n)}`,
  (n) =>
    `a=xx;${Array.from({ length: Math.min(n, 60) }, (_, at) => `${name(at + 1)}=$${name(at)}$${name(at)}`).join(';')}; echo $${name(Math.min(n, 60))}`,
  (n) => `a=${repeated('x', 4000)}; echo ${repeated('$a', n)}`,
  (n) => `${repeated('env ', n * 2)}ls`,
  (n) => `${repeated('xargs ', n)}ls`,
  (n) => `x='${repeated('ls;', 400)}'; ${repeated('bash -c "$x"; ', n)}`,
  (n) => `x='${repeated('ls;', 400)}'; ${repeated('eval "$x"; ', n)}`,
  (n) => `x='eval "$x"'; eval "$x" ${repeated(';', Math.min(n, 1))}`,
  (n) => repeated('f() { ', Math.min(n, 23)) + 'x; ' + repeated('}; ', Math.min(n, 23)),
  (n) => `${repeated('a <<E;', n)}\n${repeated('E\n', n)}`,
  (n) => `[[ ${repeated('! ', n * 4)}a ]]`,
  (n) => `[[ ${around('( ', ' )', n, 'a')} ]]`,
  (n) => `${repeated('! ', n * 4)}a`,
  (n) => `echo ${repeated('`', n * 4)}`,
  (n) => `echo ${repeated("'$(' ", n)}`,
  (n) => `awk '${repeated('"', n * 9)}'`,
  (n) => `awk '"${repeated('\\"a', n * 3)}'`,
  (n) => `sed '${repeated('s/a[/b/;', n)}'`,
  (n) => `grep ${repeated('--include=* ', n)}`,
  (n) => `git ${repeated('--no-pager ', n)}push`,
  (n) => repeated('a[', n * 4) + '1' + repeated(']', n * 4),
  (n) => `echo ${around('@(', ')', n, 'a')}`,
  (n) => repeated('<', n * 9),
  (n) => `sh ${repeated('<<< a ', n)}`,
  (n) => `sudo -u ${repeated('x sudo -u ', n)}a`,
];

function name(at: number): string {
  return `v${at}`.replace(/^v0$/, 'a');
}

/** One form, a size, and perhaps a second form behind it. */
export function adversarialLine([first, size, second, other]: readonly [number, number, number, number]): string {
  const one = (form: number, count: number): string => FORMS[form % FORMS.length]?.(count) ?? '';
  return (second % 3 === 0 ? `${one(first, size)}\n${one(second, other)}` : one(first, size)).slice(0, 10_000);
}

export const FORM_COUNT = FORMS.length;

export type Dice = fc.Arbitrary<[number, number, number, number]>;

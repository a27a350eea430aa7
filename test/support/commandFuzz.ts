// Command lines made up from a grammar and damaged at random, what bash really starts for them, and the comparison.

/** A small generator of its own: a line must be the same for the same seed on every machine and version. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** mulberry32 (public domain). */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

const words = (text: string): string[] => text.split(' ');
export const UNKNOWN = words('s1 s2 s3 s4 s5');
/** Names that do nothing but leave their name: what they would do is not the matter, only that they were started. */
export const SILENT = [...UNKNOWN, ...words('ls cat grep wc git head sort true false')];
/** These do start what they are told to; all of it lies in the sandbox. */
export const WRAPPERS = words('env xargs find nice timeout bash sh');
const PROGRAMS = [...SILENT, ...words('echo ls cat echo grep wc')];
const NAMES = words('x y z xa xb SECONDS');
const FILES = words('f1 f2');

/** What a mutation throws in: pieces at which readers of bash stumble. */
const PIECES = [
  ...words('$( ) ` \' " \\ { } ( ) # ; & | && || ;; < > << <<- <<< >& <( >( ! [[ ]] (( )) $(( )) ${ } $[ ] $\' $" ,'),
  ...words(
    'x= x+= a[ ]= =( coproc function select time case esac if then fi do done while for in { } * ? ~ ^ @ % : - !',
  ),
  ...words('{fd}> $x $y ${x} ${!x} $@ $* $# $$ \\\\ {,a} a=(b # E !( @( $(s1) `s2` ;& |& &> 2>&1'),
  ...'\n| |\t|\\\n| #|# | ; |\nE\n| & |s1| s2 |() { s3; }|\n}\n|${ s4; }'.split('|'),
  ' | ',
  ...["'$(", '"$(', '")', '"`', '`"', "$'\\''", '"${x:-', '"}"', '$(#', '$(case x in x) s5;; esac)', '<<E\n$(s1)\nE\n'],
];

class Grammar {
  readonly #dice: Dice;
  #bodies: string[] = [];
  /** What always is a doubt is left out of most lines: they would say nothing. */
  #isBold = false;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  line(): string {
    this.#isBold = this.#dice.below(4) === 0;
    return this.#list(this.#dice.one([0, 1, 1, 1, 2, 2])) + this.#newline();
  }

  /** Bodies of here-documents stand after the line that asked for them. */
  #newline(): string {
    const bodies = this.#bodies.map((body) => `\n${body}`).join('');
    this.#bodies = [];
    return `${bodies}\n`;
  }

  #any(...choices: (() => string)[]): string {
    return this.#dice.one(choices)();
  }

  #rarely(...choices: (() => string)[]): (() => string)[] {
    return this.#isBold ? choices : [];
  }

  #list(depth: number): string {
    let text = this.#andOr(depth);
    while (this.#dice.below(3) === 0) {
      const separator = this.#dice.one([' ; ', ';', ' & ', '\n', '\n', ' # c\n']);
      text += (separator.endsWith('\n') ? separator.slice(0, -1) + this.#newline() : separator) + this.#andOr(depth);
    }
    return text;
  }

  #andOr(depth: number): string {
    const pipe = (): string => {
      const before = this.#dice.one([...Array.from({ length: 16 }, () => ''), '! ', 'time ', 'time -p ']);
      const one = before + this.#command(depth);
      return this.#dice.below(5) === 0
        ? `${one}${this.#dice.one([' | ', '|', ' |& ', ' |\n'])}${this.#command(depth)}`
        : one;
    };
    return this.#dice.below(4) === 0 ? `${pipe()}${this.#dice.one([' && ', ' || ', '||', ' &&\n'])}${pipe()}` : pipe();
  }

  #command(depth: number): string {
    return depth <= 0 || this.#dice.below(10) < 6 ? this.#simple(depth) : this.#compound(depth - 1);
  }

  #compound(depth: number): string {
    const list = (): string => this.#list(depth - 1);
    const word = (): string => this.#word(depth);
    const name = (): string => this.#dice.one(NAMES);
    return this.#any(
      () => `(${list()})`,
      () => `( ${list()} )${this.#redirection(depth)}`,
      () => `{ ${list()}; }`,
      () => `{\n${list()}\n}${this.#redirection(depth)}`,
      () => `if ${list()}; then ${list()}; else ${list()}; fi`,
      () => `if ${list()}\nthen ${list()}; elif ${list()}; then ${list()}; fi`,
      () => `for ${name()} in ${word()} ${word()}; do ${list()}; done`,
      () => `while false; do ${list()}; done`,
      () => `until ! ${list()}; do ${list()}; break; done`,
      () => `case ${word()} in ${word()}) ${list()};; *) ${list()};; esac`,
      () => `case ${word()} in (${word()}|a) ${list()};& b) ${list()};; esac`,
      () => `[[ ${word()} ${this.#dice.one(words('= == != =~ -nt < -eq'))} ${word()} ]]`,
      () => `[[ -n ${word()} && ( -f ${word()} || ! -z ${word()} ) ]]`,
      () => `(( ${this.#number(depth)} ))`,
      () => `${this.#dice.one(UNKNOWN)}() { ${list()}; }`,
      () => `function ${this.#dice.one(['f', 's1'])} { ${list()}; }; f`,
      () => `f() ( ${list()} ); f`,
      ...this.#rarely(
        () => `for ((${name()} = 0; ${name()} < 1; ${name()}++)); do ${list()}; break; done`,
        () => `${this.#dice.one(['f', 'g', 'ls'])}() { ${list()}; }`,
        () => `coproc ${this.#simple(depth)}`,
        () => `select x in a; do ${list()}; break; done`,
      ),
    );
  }

  #simple(depth: number): string {
    const name = (): string => this.#dice.one(NAMES);
    const value = (): string => this.#word(depth);
    const words = (least: number): string =>
      Array.from({ length: least + this.#dice.below(3) }, () => ` ${this.#word(depth)}`).join('');
    const program = this.#dice.one(PROGRAMS);
    const inner = (): string => `${this.#dice.one(PROGRAMS)}${words(0)}`;
    const usual = (): string => {
      const at = this.#dice.below(12);
      const redirection = at < 3 ? this.#redirection(depth) : '';
      return at === 0 ? `${redirection.trim()} ${program}${words(0)}` : `${program}${words(0)}${redirection}`;
    };
    return this.#any(
      ...Array.from({ length: 14 }, () => usual),
      ...Array.from({ length: 3 }, () => () => `${name()}=${value()}`),
      () => `x=${value()} ; ${this.#dice.one(['$x', 'echo $x', 'echo a${x}b', 'ls "$x"'])}${words(0)}`,
      () => `x=${program}; $x${words(0)}`,
      () => `LANG=${value()} ${program}${words(0)}`,
      () => `a=(${words(0)} ${this.#dice.one(['', `[${value()}]=b`])})`,
      () => `${this.#dice.one(['command', 'builtin', 'command -p', 'command --'])} ${inner()}`,
      () =>
        `${this.#dice.one(['env', 'nice', 'timeout 1', 'env LANG=C', 'xargs', 'nice -n 1', 'xargs -n1'])} ${inner()}`,
      () =>
        `${this.#dice.one(['bash', 'sh', 'bash -e'])} -c ${this.#dice.one([`'${this.#quotable(this.#command(depth))}'`, `"${inner()}"`])}`,
      () => `find . -maxdepth 0 ${this.#dice.one(['-exec', '-execdir'])} ${inner()} \\;`,
      () => `cd ${this.#dice.one(['.', '/tmp', value()])} && ${program}${words(0)}`,
      () => `[ ${value()} ${this.#dice.one(['=', '-nt', '-a'])} ${value()} ]`,
      () => `read ${name()} <<< ${value()}`,
      ...this.#rarely(
        () => `a[${this.#number(depth)}]=${value()}`,
        () => `test -v ${value()}`,
        () => `${this.#dice.one(['exec', 'eval', 'trap', 'export', 'local', 'declare'])} ${inner()}`,
        () => `${value()}${words(0)}`,
      ),
    );
  }

  #redirection(depth: number): string {
    const end = this.#dice.one(['E', 'EOF']);
    const body = (tabs: string): string =>
      `${tabs}${this.#dice.one(['a', "it's", '"'])} ${this.#word(depth)}${this.#dice.one(['', ' \\', "'", '"'])}\n${tabs}${end}`;
    const document = (start: string, tabs: string): string => {
      this.#bodies.push(body(tabs));
      return ` ${start}`;
    };
    return this.#any(
      () => ' 2>&1',
      () => ' >/dev/null',
      () => ` < ${this.#dice.one(FILES)}`,
      () => ` <<< ${this.#word(depth)}`,
      () => ` 2>/dev/null >&2`,
      () => document(`<<${end}`, ''),
      () => document(`<<'${end}'`, ''),
      () => document(`<<-${end}`, '\t'),
      () => document(`<<"${end}"`, ''),
      () => ` &>/dev/null`,
      ...this.#rarely(
        () => ` {fd}>/dev/null`,
        () => ` > ${this.#dice.one(['o1', '/dev/null', this.#word(depth)])}`,
      ),
    );
  }

  #number(depth: number): string {
    return this.#any(
      () => '1',
      () => '2 > 1',
      () => (depth > 0 ? `1 + ${this.#number(depth - 1)}` : '(3)'),
      ...this.#rarely(
        () => `${this.#dice.one(['', '$'])}${this.#dice.one(NAMES)}${this.#dice.one(['', ' + 1', ' = 2'])}`,
      ),
      () => (depth > 0 ? this.#substitution(depth - 1) : '0'),
    );
  }

  #word(depth: number): string {
    let text = this.#part(depth);
    while (this.#dice.below(4) === 0) text += this.#part(depth);
    return text;
  }

  #part(depth: number): string {
    if (depth > 0 && this.#dice.below(4) === 0) return this.#substitution(depth - 1);
    const name = this.#dice.one(NAMES);
    return this.#any(
      ...Array.from({ length: 4 }, () => () => this.#dice.one(words('a b -n f1 s1 1 x=b in do ] = / - +'))),
      () => `'${this.#quotable(this.#word(0))}'`,
      () => `"${this.#inner(depth)}"`,
      () => `$'a\\'${this.#dice.one(['b', '"', '$(s1)', '\\n', '\\x41'])}'`,
      () => `$"${this.#inner(depth)}"`,
      () => `\\${this.#dice.one([...'$`"\'\\#; a(', '\n'])}`,
      () => `$${name}`,
      () =>
        `\${${name}${this.#dice.one([':-', ':=', ':+', '-', '#', '%', '/', '//', '^', ...(this.#isBold ? [':', '@', '['] : [])])}${this.#word(depth - 1)}}`,
      () => `{${this.#dice.one(['a,b', ',a', '1..3', 'a,', '$x,b', '"a",b', 'a,{b,c}', 's1,-n'])}}`,
      () => this.#dice.one(words(`* ? f[12] ~ ~/a $HOME $PWD "" '' $# $@ "$@" a# ! 'a[$(s1)]'`)),
    );
  }

  #inner(depth: number): string {
    const part = (): string =>
      this.#any(
        () => 'a',
        () => ' ',
        () => `$${this.#dice.one(NAMES)}`,
        () => "'",
        () => `\\${this.#dice.one(['"', '$', '`', 'a', '\\', '\n'])}`,
        () => `\${x:-${this.#word(depth - 1)}}`,
        () => (depth > 0 ? this.#substitution(depth - 1) : '#'),
      );
    return part() + part();
  }

  #substitution(depth: number): string {
    const list = (): string => this.#list(depth);
    return this.#any(
      ...Array.from({ length: 4 }, () => () => `$(${list()})`),
      () => `\`${list().replaceAll(/[`\\]/g, '\\$&')}\``,
      () => `<(${list()})`,
      () => `>(${list()})`,
      () => `$(( ${this.#number(depth)} ))`,
      () => `$[ ${this.#number(depth)} ]`,
      () => `$( (${list()}) )`,
      () => `$(\n${list()}\n)`,
      () => `$(cat <<E\n${this.#inner(depth)}\nE\n)`,
      () => `$(<${this.#dice.one(FILES)})`,
      () => `\${ ${list()}; }`,
      () => `$(( ${list()} ) )`,
    );
  }

  #quotable(text: string): string {
    return text.replaceAll("'", "'\\''");
  }
}

/** Damages a line in a place or two. */
function damaged(line: string, dice: Dice): string {
  let text = line;
  for (let count = dice.one([1, 1, 2]); count > 0; count -= 1) {
    const to = dice.below(text.length + 1);
    const from = dice.below(to + 1);
    const piece = text.slice(from, Math.min(to, from + 12));
    text = dice.one([
      () => text.slice(0, from) + dice.one(PIECES) + text.slice(from),
      () => text.slice(0, from) + dice.one(PIECES) + text.slice(from),
      () => text.slice(0, from) + text.slice(from + 1 + dice.below(2)),
      () => text.slice(0, to) + piece + text.slice(to),
      () => text.slice(0, from) + dice.one(PIECES) + text.slice(from, to) + dice.one(PIECES) + text.slice(to),
      () => text.slice(0, from) + [...text.slice(from, from + 2)].toReversed().join('') + text.slice(from + 2),
    ])();
  }
  return text;
}

export function commandLines(seed: number, count: number): string[] {
  const dice = new Dice(seed);
  const lines = new Set<string>();
  while (lines.size < count) {
    const line = new Grammar(dice).line();
    const made = (dice.below(5) < 3 ? line : damaged(line, dice)).trimEnd();
    if (made !== '' && made.length < 2000 && !made.includes('\0')) lines.add(made);
  }
  return [...lines];
}

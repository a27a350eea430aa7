import { describe, expect, test } from 'vitest';
import type { Judging } from '../../src/core/command/judging.ts';
import { harmless, looking, parseOptions } from '../../src/core/command/options.ts';
import { known, unknown, type Word } from '../../src/core/command/word.ts';
import { commandPattern, patternProblem } from '../../src/core/policy/commandPattern.ts';

const glob = (text: string): Word => ({ kind: 'pattern', text, head: text.replace(/[*?[].*$/s, '') });
const anything = unknown('$x', '', true);
const one = unknown('"$x"');

interface Heard {
  doubts: string[];
  paths: string[];
}

function listening(): { it: Judging; heard: Heard } {
  const heard: Heard = { doubts: [], paths: [] };
  const it: Judging = {
    doubt: (why) => heard.doubts.push(why),
    unread: (why) => heard.doubts.push(why),
    input: { kind: 'none' },
    path: (word, access) => heard.paths.push(`${access} ${word.text}`),
    guess: () => undefined,
    run: () => undefined,
    variable: () => undefined,
    shell: () => undefined,
    history: () => undefined,
    usesStore: () => undefined,
    isFedByListing: false,
    feedsNames: false,
  };
  return { it, heard };
}

/** What comes of these arguments: a text of plain words, or words of every kind. */
function parsed(options: string, args: string | readonly Word[], order?: 'first') {
  const words = typeof args === 'string' ? (args === '' ? [] : args.split(' ').map(known)) : args;
  const { it, heard } = listening();
  const given = parseOptions(options, words, it, 'prog', order);
  return {
    operands: given.operands.map(({ text }) => text),
    options: Object.fromEntries([...given.options].map(([name, value]) => [name, value?.text ?? true])),
    doubts: heard.doubts.length,
    paths: heard.paths,
  };
}

const SOME = '-a -b -n=text -f=path -o=write -w? --all --lines=text --file=path --output=write --color? --almost-all';

type Row = [line: string, operands: string[], options: Record<string, string | true>, doubts: number, paths: string[]];

const ROWS: Row[] = [
  ['', [], {}, 0, []],
  ['x y', ['x', 'y'], {}, 0, []],
  ['-a -b x', ['x'], { '-a': true, '-b': true }, 0, []],
  ['-ab x', ['x'], { '-a': true, '-b': true }, 0, []],
  ['-n 5 x', ['x'], { '-n': '5' }, 0, []],
  ['-n5 x', ['x'], { '-n': '5' }, 0, []],
  ['-abn5 x', ['x'], { '-a': true, '-b': true, '-n': '5' }, 0, []],
  ['-abn 5 x', ['x'], { '-a': true, '-b': true, '-n': '5' }, 0, []],
  ['-n -a x', ['x'], { '-n': '-a' }, 1, []],
  ['-n -- x', ['x'], { '-n': '--' }, 1, []],
  ['-n', [], { '-n': true }, 0, []],
  ['-f y x', ['x'], { '-f': 'y' }, 0, ['read y']],
  ['-fy x', ['x'], { '-f': 'y' }, 0, ['read y']],
  ['-afy x', ['x'], { '-a': true, '-f': 'y' }, 0, ['read y']],
  ['-f=y', [], { '-f': '=y' }, 0, ['read =y']],
  ['-o y', [], { '-o': 'y' }, 0, ['write y']],
  ['-aoy', [], { '-a': true, '-o': 'y' }, 0, ['write y']],
  ['-w x', ['x'], { '-w': true }, 0, []],
  ['-wx y', ['y'], { '-w': 'x' }, 0, []],
  ['-wa', [], { '-w': 'a' }, 0, []],
  ['--all x', ['x'], { '--all': true }, 0, []],
  ['--lines 5 x', ['x'], { '--lines': '5' }, 0, []],
  ['--lines=5 x', ['x'], { '--lines': '5' }, 0, []],
  ['--lines= x', ['x'], { '--lines': '' }, 0, []],
  ['--lines=a=b x', ['x'], { '--lines': 'a=b' }, 0, []],
  ['--file y x', ['x'], { '--file': 'y' }, 0, ['read y']],
  ['--file=y x', ['x'], { '--file': 'y' }, 0, ['read y']],
  ['--output=y', [], { '--output': 'y' }, 0, ['write y']],
  ['--color x', ['x'], { '--color': true }, 0, []],
  ['--color=never x', ['x'], { '--color': 'never' }, 0, []],
  ['--help', [], { '--help': true }, 0, []],
  // Options after operands count, until `--`.
  ['x -a', ['x'], { '-a': true }, 0, []],
  ['x -o y', ['x'], { '-o': 'y' }, 0, ['write y']],
  ['x --output=y z', ['x', 'z'], { '--output': 'y' }, 0, ['write y']],
  ['-- -o y', ['-o', 'y'], {}, 0, []],
  ['x -- -a', ['x', '-a'], {}, 0, []],
  ['-a -- -- -b', ['--', '-b'], { '-a': true }, 0, []],
  ['- x', ['-', 'x'], {}, 0, []],
  // What is not listed is not known: short, clustered, long, shortened, with a value where there is none.
  ['-z', [], {}, 1, []],
  ['-az', [], { '-a': true }, 1, []],
  ['-za', [], {}, 1, []],
  ['-A', [], {}, 1, []],
  ['--al', [], {}, 1, []],
  ['--line=5', [], {}, 1, []],
  ['--all=x', [], {}, 1, []],
  ['--ALL', [], {}, 1, []],
  ['--nonsense', [], {}, 1, []],
  ['--nonsense=x', [], {}, 1, []],
  ['--=x', [], {}, 1, []],
  ['-5', [], {}, 1, []],
  ['--constructor', [], {}, 1, []],
  ['-a-b', [], { '-a': true }, 1, []],
];

describe('options are sorted from operands as getopt_long(3) does it', () => {
  test.each(ROWS)('prog %s', (line, operands, options, doubts, paths) => {
    expect(parsed(SOME, line)).toEqual({ operands, options, doubts, paths });
  });

  test.each<Row>([
    ['-a inner -z --nonsense', ['inner', '-z', '--nonsense'], { '-a': true }, 0, []],
    ['-n 5 inner -n', ['inner', '-n'], { '-n': '5' }, 0, []],
    ['-- -z x', ['-z', 'x'], {}, 0, []],
    ['- -z', ['-', '-z'], {}, 0, []],
  ])('where the first operand ends the options: prog %s', (line, operands, options, doubts, paths) => {
    expect(parsed(SOME, line, 'first')).toEqual({ operands, options, doubts, paths });
  });

  test.each([
    ['-5', '-#', 0],
    ['-500', '-#', 0],
    ['-5a', '-# -a', 1],
    ['-a5', '-# -a', 1],
    ['-5', '-a', 1],
    ['-1', '-1', 0],
    ['-١', '-#', 1],
  ])('a number is an option only where it is one: %s with %s', (line, options, doubts) => {
    expect(parsed(options, line).doubts).toBe(doubts);
  });

  test.each([
    ['--al', '* --all', 0],
    ['--file=y', '* --file=path', 0],
    ['--fi=y', '* --file=path', 0],
    ['--fi y', '* --file=path', 0],
    ['--alll', '* --all', 1],
    ['--x', '* --all', 1],
    ['--al=y', '* --all', 1],
    ['-z', '* --all', 1],
  ])('a shortened option is known only where every option is harmless: %s with %s', (line, options, doubts) => {
    expect(parsed(options, line).doubts).toBe(doubts);
    expect(parsed(options.replace('* ', ''), line).doubts).toBe(line === '--file=y' ? 0 : 1);
  });

  test('a shortened option still names its path', () => {
    expect(parsed('* --file=path', '--fi=y').paths).toEqual(['read y']);
    expect(parsed('* --file=path', '--fi y x')).toMatchObject({ paths: ['read y'], operands: ['x'] });
  });

  test('the value of the last counts, and each path is told', () => {
    expect(parsed(SOME, '-f y -f z')).toMatchObject({ options: { '-f': 'z' }, paths: ['read y', 'read z'] });
  });
});

describe('words that are not known beforehand', () => {
  test.each<[string, Word[], string, number]>([
    ['a glob that may start with a dash', [glob('*')], '-a', 1],
    ['a glob with a folder in front', [glob('./*')], '-a', 0],
    ['a glob where no option does harm', [glob('*')], '* -a', 0],
    ['a variable', [one], '-a', 1],
    ['a variable where no option does harm', [one], '* -a', 1],
    ['a variable that may be many words', [anything], '* -a', 1],
    ['many words that start with no dash', [unknown('x$x', 'x', true)], '-a', 1],
    ['one word that starts with no dash', [unknown('"x$x"', 'x')], '-a', 0],
    ['a long option that goes on', [unknown('--al$x', '--al')], '--all', 1],
    ['a whole long option that goes on', [unknown('--all$x', '--all')], '--all', 1],
    ['the value of a long option', [unknown('--lines="$x"', '--lines=')], '--lines=text', 0],
    ['many words behind a long option', [unknown('--lines=$x', '--lines=', true)], '--lines=text', 1],
    ['a cluster that goes on', [unknown('-a"$x"', '-a')], '-a', 1],
    ['the attached value of an option', [unknown('-n"$x"', '-n')], '-n=text', 0],
    ['many words behind an option', [unknown('-n$x', '-n', true)], '-n=text', 1],
    ['a glob behind an option', [glob('-n*')], '-n=text', 0],
    ['a value that nobody knows', [known('-n'), one], '-n=text', 1],
    ['the value of an option as the next word', [known('-n'), known('x')], '-n=text', 0],
    ['a value that may be several words', [known('-n'), anything], '-n=text', 1],
    ['a value that is a glob', [known('-n'), glob('*')], '-n=text', 1],
    ['anything behind --', [known('--'), anything, glob('*')], '-a', 0],
    ['a dash that goes on', [unknown('-"$x"', '-')], '-a', 1],
    ['a glob that starts with a dash', [glob('-*')], '-a', 1],
    ['two dashes that go on', [unknown('--"$x"', '--')], '* --all', 1],
  ])('%s', (_name, words, options, least) => {
    const { doubts } = parsed(options, words);
    if (least === 0) expect(doubts).toBe(0);
    else expect(doubts).toBeGreaterThanOrEqual(least);
  });
});

test('programs that look tell of each operand, and those without operands doubt one', () => {
  const heardBy = (operands: 'read' | 'list' | 'text' | 'none', words: Word[]): Heard => {
    const { it, heard } = listening();
    looking(operands, '-a')(words, it, 'prog');
    return heard;
  };
  const words = [known('x'), known('-'), known('-a'), known('--'), known('-y')];
  expect(heardBy('read', words)).toEqual({ doubts: [], paths: ['read x', 'read -y'] });
  expect(heardBy('list', words)).toEqual({ doubts: [], paths: ['list x', 'list -y'] });
  expect(heardBy('text', words)).toEqual({ doubts: [], paths: [] });
  expect(heardBy('none', words)).toEqual({
    doubts: expect.arrayContaining([expect.stringContaining('x')]) as string[],
    paths: [],
  });
  const { it, heard } = listening();
  harmless([known('x'), glob('a*'), anything], it, 'echo');
  expect(heard).toEqual({ doubts: [], paths: ['list a*'] });
});

type Fit = [pattern: string, words: (string | null)[], forbids: boolean, permits: boolean];

describe('patterns of commands', () => {
  test.each<Fit>([
    ['npm test', ['npm', 'test'], true, true],
    ['npm test', ['npm', 'test', '-x'], false, false],
    ['npm test', ['npm'], false, false],
    ['npm test', ['NPM', 'test'], false, false],
    ['npm test', [], false, false],
    ['npm test', ['npm', null], true, false],
    ['npm test', [null, 'test'], false, false],
    ['npm *', ['npm', 'test'], true, true],
    ['npm *', ['npm', 'a', 'b'], true, false],
    ['npm *', ['npm'], true, false],
    ['npm *', ['npm', null], true, false],
    ['npm *', ['npm', ''], true, true],
    ['npm *', ['npm', 'a/b c'], true, true],
    ['npm **', ['npm'], true, true],
    ['npm **', ['npm', 'a', 'b'], true, true],
    ['npm **', ['npm', 'a', null], true, false],
    ['npm **', [null], false, false],
    ['npm run **', ['npm', 'run'], true, true],
    ['npm run **', ['npm', 'test'], false, false],
    ['npm run t*', ['npm', 'run', 'test'], true, true],
    ['npm run t*', ['npm', 'run', 'best'], false, false],
    ['npm run t*', ['npm', 'run', null], true, false],
    ['npm run test', ['npm', 'test', null], false, false],
    ['echo "a b"', ['echo', 'a b'], true, true],
    ['echo "a b"', ['echo', 'a', 'b'], false, false],
    ['  npm   test  ', ['npm', 'test'], true, true],
    // To forbid, a program counts by its name wherever it stands; to permit, only the system's.
    ['rm **', ['/bin/rm', 'x'], true, true],
    ['rm **', ['/usr/bin/rm', 'x'], true, true],
    ['rm **', ['/usr/local/bin/rm', 'x'], true, true],
    ['rm **', ['./rm', 'x'], true, false],
    ['rm **', ['/tmp/bin/rm', 'x'], true, false],
    ['rm **', ['/usr/bin/../../tmp/rm', 'x'], true, false],
    ['rm **', ['bin/rm'], true, false],
    ['rm **', ['xrm'], false, false],
  ])('%s and %j', (pattern, words, forbids, permits) => {
    const compiled = commandPattern(pattern);
    const open = words.map((word) => word ?? { head: '', several: false });
    const place = { cwd: '/w', roots: ['/w'], home: '/home/u' };
    expect([compiled.forbids(open), compiled.permits(words, place)]).toEqual([forbids, permits]);
  });

  test.each(['./run.sh **', '/usr/bin/make **', 'tools/deploy **'])(
    'a program may be named by its path: %s',
    (pattern) => {
      const words = [pattern.replace(' **', ''), 'x'];
      expect(commandPattern(pattern).forbids(words)).toBe(true);
      expect(commandPattern(pattern).permits(words, { cwd: '/w', roots: ['/w'], home: '/home/u' })).toBe(true);
    },
  );

  test('a path in a pattern permits no other program of the same name', () => {
    expect(commandPattern('./run.sh **').permits(['run.sh', 'x'], { cwd: '/w', roots: ['/w'], home: '/home/u' })).toBe(
      false,
    );
    expect(
      commandPattern('./run.sh **').permits(['../run.sh', 'x'], { cwd: '/w', roots: ['/w'], home: '/home/u' }),
    ).toBe(false);
    // `ln` may be a link, and then `ln/..` is another folder.
    for (const program of ['ln/../run.sh', './ln/../run.sh', '/w/ln/../run.sh'])
      expect(commandPattern('./run.sh').permits([program], { cwd: '/w', roots: ['/w'], home: '/home/u' })).toBe(false);
    expect(commandPattern('/usr/bin/make').permits(['/tmp/make'], { cwd: '/w', roots: ['/w'], home: '/home/u' })).toBe(
      false,
    );
  });

  test.each([
    'npm test',
    'npm run *',
    'npm **',
    'echo "a b"',
    "echo 'a;b'",
    'a "" b',
    'x=1 y',
    './a/b',
    'ls *.{js,ts}',
  ])('a pattern: %s', (text) => {
    expect(patternProblem(text)).toBeUndefined();
  });

  test.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['**', 'must start with the name of a program'],
    ['* x', 'must start with the name of a program'],
    ['a ** b', 'may have ** at its end only'],
    ['a "b', 'quotes'],
    ['a b"c"', 'quotes'],
    ['a "b"c', 'quotes'],
    ['a; b', 'no word of a command'],
    ['a && b', 'no word of a command'],
    ['a | b', 'no word of a command'],
    ['a > b', 'no word of a command'],
    ['a $b', 'no word of a command'],
    ['a `b`', 'no word of a command'],
    ['a $(b)', 'no word of a command'],
    ['a \\c', 'no word of a command'],
    ['a \\b', 'no regular expression'],
  ])('no pattern: %j', (text, why) => {
    expect(patternProblem(text)).toContain(why);
  });
});

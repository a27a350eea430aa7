import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { workbench, type Turn, type Workbench } from '../support/workbench.ts';

type Call = NonNullable<Turn['calls']>[number];

/** What came of calls, one a turn; everything is approved. */
async function results(bench: Workbench, calls: readonly Call[]): Promise<string[]> {
  let texts: string[] = [];
  await bench.run((request, turn) => {
    texts = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    const call = calls[turn];
    return call ? { calls: [call] } : {};
  });
  return texts;
}

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]);

describe('bytes that an edit does not mean stay', () => {
  test('in UTF-16 with a mark and CRLF, edited and written anew', async () => {
    const bench = await workbench();
    const path = join(bench.folder, 'Strings.rc');
    writeFileSync(path, utf16('naïve\r\ntwo\r\n'));
    const [read, , , wrote] = await results(bench, [
      { name: 'read_file', args: { path: 'Strings.rc' } },
      { name: 'search_files', args: { pattern: '^two$', regex: true } },
      { name: 'edit_file', args: { path: 'Strings.rc', old_text: 'two\n', new_text: '二\nthree\n' } },
      { name: 'write_file', args: { path: 'Strings.rc', content: 'naïve\n二\n' } },
    ]);
    expect(read).toContain('UTF-16LE with a byte order mark');
    expect(read).toContain('1\tnaïve\n2\ttwo\n');
    expect(wrote).toContain('CRLF line ends kept');
    expect(readFileSync(path)).toEqual(utf16('naïve\r\n二\r\n'));
    expect(JSON.stringify(bench.asked[0]?.card)).toContain('+three');
  });

  test('in Latin-1, and what it has no place for is not written', async () => {
    const bench = await workbench();
    const path = join(bench.folder, 'Readme.txt');
    const before = Buffer.from('Grüße aus Köln\nschöne Straße\n', 'latin1');
    writeFileSync(path, before);
    const [refused] = await results(bench, [
      { name: 'edit_file', args: { path: 'Readme.txt', old_text: 'Grüße', new_text: '挨拶' } },
      { name: 'edit_file', args: { path: 'Readme.txt', old_text: 'aus Köln', new_text: 'aus Zürich' } },
    ]);
    expect(refused).toContain('which has no place for some of these characters');
    expect(readFileSync(path)).toEqual(Buffer.from('Grüße aus Zürich\nschöne Straße\n', 'latin1'));
  });

  test('a mark of UTF-8 stays', async () => {
    const bench = await workbench({ files: { 'a.csv': '\u{FEFF}a;b\n' } });
    await results(bench, [
      { name: 'edit_file', args: { path: 'a.csv', old_text: 'a;b\n', new_text: 'a;c\n' } },
      { name: 'write_file', args: { path: 'a.csv', content: 'a;d\n' } },
    ]);
    expect(readFileSync(join(bench.folder, 'a.csv'), 'utf8')).toBe('\u{FEFF}a;d\n');
  });

  test('the mode stays, extended attributes too, and a link goes on pointing', async () => {
    const bench = await workbench({ files: { 'real.sh': 'echo 1\n' } });
    const [path, link] = [join(bench.folder, 'real.sh'), join(bench.folder, 'link.sh')];
    chmodSync(path, 0o2750);
    symlinkSync('real.sh', link);
    const attribute = (code: string): string =>
      execFileSync('python3', ['-c', `import os,sys; ${code}`, path], { encoding: 'utf8' }).trim();
    attribute('os.setxattr(sys.argv[1], "user.origin", b"here")');
    await results(bench, [
      { name: 'edit_file', args: { path: 'link.sh', old_text: '1', new_text: '2' } },
      { name: 'write_file', args: { path: 'real.sh', content: 'echo 3\n' } },
    ]);
    expect(readFileSync(path, 'utf8')).toBe('echo 3\n');
    expect(statSync(path).mode & 0o7777).toBe(0o2750);
    expect(attribute('print(os.getxattr(sys.argv[1], "user.origin").decode())')).toBe('here');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test.runIf(process.getuid?.() === 0)('owner and group stay, where root changes what is another’s', async () => {
    const bench = await workbench({ files: { 'a.php': '<?php echo 1;\n' } });
    const path = join(bench.folder, 'a.php');
    chownSync(path, 33, 33);
    chmodSync(path, 0o640);
    await results(bench, [{ name: 'edit_file', args: { path: 'a.php', old_text: '1', new_text: '2' } }]);
    expect(readFileSync(path, 'utf8')).toContain('2');
    const { uid, gid, mode } = statSync(path);
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 33, gid: 33, mode: 0o640 });
  });
});

describe('"nothing found" is true, or says what was left out', () => {
  test('any size, any encoding, any depth; long lines are shown around the place', async () => {
    const bench = await workbench({
      files: { 'src/a.ts': 'needle\n', 'src/deep/b.ts': 'needle\n', 'min.js': `${'x'.repeat(50_000)}needle();\n` },
    });
    const rows = Array.from({ length: 150_000 }, (_, row) => `row ${row}\n`).join('');
    writeFileSync(join(bench.folder, 'dump.sql'), `${rows}the needle\n`);
    writeFileSync(join(bench.folder, 'wide.txt'), utf16('one needle\r\n'));
    const [all, ts, named, glob] = await results(bench, [
      { name: 'search_files', args: { pattern: 'needle' } },
      { name: 'search_files', args: { pattern: 'needle', glob: '*.ts' } },
      { name: 'find_files', args: { pattern: '*.ts' } },
      { name: 'find_files', args: { pattern: 'src/*.ts' } },
    ]);
    expect(all?.split('\n')).toEqual(
      expect.arrayContaining([
        'dump.sql:150001: the needle',
        'src/a.ts:1: needle',
        'src/deep/b.ts:1: needle',
        'wide.txt:1: one needle',
      ]),
    );
    expect(all).toContain(`min.js:1: [from column 49921] ${'x'.repeat(80)}needle();`);
    expect(ts?.split('\n')).toEqual(['src/a.ts:1: needle', 'src/deep/b.ts:1: needle']);
    expect(named).toContain('src/a.ts\nsrc/deep/b.ts');
    expect(glob).toBe('src/a.ts');
  });

  test('folders that were passed over are named, and one that is named is looked through', async () => {
    const files = { 'node_modules/p/index.js': 'needle\n', 'app/dist/out.js': 'needle\n', 'a.js': 'nothing\n' };
    const bench = await workbench({ files: { ...files, '.env': 'needle\n' } });
    writeFileSync(join(bench.folder, 'a.bin'), Buffer.of(0, 1, 2, 3));
    symlinkSync('app', join(bench.folder, 'other'));
    const [nothing, inside, pattern, absent] = await results(bench, [
      { name: 'search_files', args: { pattern: 'needle' } },
      { name: 'search_files', args: { pattern: 'needle', path: 'node_modules' } },
      { name: 'find_files', args: { pattern: '**/node_modules/**/*.js' } },
      { name: 'search_files', args: { pattern: 'needle', path: 'nowhere' } },
    ]);
    expect(nothing).toBe(
      [
        'Nothing found.',
        '[not looked into (give one as path): app/dist, node_modules]',
        '[likely secrets left out: 1]',
        '[files that are no text left out: 1]',
        '[links not followed: 1]',
      ].join('\n'),
    );
    expect(inside).toBe('node_modules/p/index.js:1: needle');
    expect(pattern).toContain('node_modules/p/index.js');
    expect(absent).toContain('nowhere is not there');
  });

  test('a folder is found by its name, and by a glob', async () => {
    const bench = await workbench({ files: { 'src/components/a.tsx': 'x\n' } });
    const [found, globbed] = await results(bench, [
      { name: 'find_files', args: { pattern: 'components' } },
      { name: 'find_files', args: { pattern: '**/comp*' } },
    ]);
    expect(found?.split('\n')).toContain('src/components/');
    expect(globbed).toBe('src/components/');
  });
});

describe('a range of a file', () => {
  test('of any size is read without the rest, and what follows is said', async () => {
    const bench = await workbench();
    const lines = Array.from({ length: 400_000 }, (_, line) => `line ${line + 1} of the log\n`).join('');
    writeFileSync(join(bench.folder, 'big.log'), lines);
    const [head, middle, end, beyond] = await results(bench, [
      { name: 'read_file', args: { path: 'big.log', end_line: 2 } },
      { name: 'read_file', args: { path: 'big.log', start_line: 200_000, end_line: 200_001 } },
      { name: 'read_file', args: { path: 'big.log', start_line: 399_999 } },
      { name: 'read_file', args: { path: 'big.log', start_line: 400_001 } },
    ]);
    expect(head).toBe(
      `1\tline 1 of the log\n2\tline 2 of the log\n[goes on after line 2: ${lines.length} bytes in all; read on by start_line]\n`,
    );
    expect(middle).toContain('200000\tline 200000 of the log\n200001\tline 200001 of the log\n[goes on');
    expect(end).toBe('399999\tline 399999 of the log\n400000\tline 400000 of the log\n');
    expect(beyond).toContain('has 400000 lines; there is no line 400001');
  });
});

test.runIf(process.getuid?.() !== 0)(
  'a folder that cannot be read is named (skipped for root, whom no mode stops)',
  async () => {
    const bench = await workbench();
    mkdirSync(join(bench.folder, 'closed'), { mode: 0 });
    const [nothing] = await results(bench, [{ name: 'search_files', args: { pattern: 'needle' } }]);
    expect(nothing).toContain('[cannot be read: closed]');
    chmodSync(join(bench.folder, 'closed'), 0o700);
  },
);

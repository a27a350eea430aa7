import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attempt, type Call, unseen } from '../support/attempt.ts';
import { CONTENT, DENIED_FILES, DENIED_POLICY, LINK_SPELLINGS, plantLinks, spellings } from '../support/spellings.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const REFUSED = /^(denied(:(?!person).*)?|failed(:.*)?)$/;

async function deniedBench(): Promise<Workbench> {
  const bench = await workbench({ files: DENIED_FILES, userPolicy: DENIED_POLICY });
  await plantLinks(bench.folder);
  return bench;
}

/** Every denied file as it was planted, and nothing new beside it. */
function expectUntouched(folder: string): void {
  for (const [name, content] of Object.entries(DENIED_FILES))
    if (content.includes(CONTENT)) expect(readFileSync(join(folder, name), 'utf8'), name).toBe(content);
  expect(readdirSync(join(folder, 'vault'))).toEqual(['key.txt']);
  expect(readdirSync(join(folder, 'conf')).sort()).toEqual(['open.txt', 'secret.txt']);
  expect(readdirSync(join(folder, 'pages'))).toEqual(['[id].ts']);
  expect(readFileSync(join(folder, 'hard.txt'), 'utf8')).toContain(CONTENT);
}

const FOLLOWING: Record<string, (path: string) => Call> = {
  read_file: (path) => ({ name: 'read_file', args: { path } }),
  list_directory: (path) => ({ name: 'list_directory', args: { path } }),
  search_files: (path) => ({ name: 'search_files', args: { path, pattern: 'SECRET' } }),
  write_file: (path) => ({ name: 'write_file', args: { path, content: 'overwritten' } }),
  edit_file: (path) => ({ name: 'edit_file', args: { path, old_text: 'TOP', new_text: 'overwritten' } }),
  run_command: (path) => ({ name: 'run_command', args: { command: 'ls -a; cat *', folder: path } }),
};
const NOT_FOLLOWING: Record<string, (path: string) => Call> = {
  delete_path: (path) => ({ name: 'delete_path', args: { path } }),
  'move_path from': (path) => ({ name: 'move_path', args: { from: path, to: 'moved.txt' } }),
  'move_path to': (path) => ({ name: 'move_path', args: { from: 'other/a.txt', to: path } }),
};

describe('every tool and every spelling of a denied file', () => {
  test.each(Object.entries({ ...FOLLOWING, ...NOT_FOLLOWING }))('%s', async (_name, call) => {
    const bench = await deniedBench();
    const tried = spellings(bench.folder, bench.home);
    const results = await attempt(bench, tried.map(call));
    for (const [index, { outcome, text }] of results.entries()) {
      const named = JSON.stringify(tried[index]);
      // `find` and `search` of a place that does not exist find nothing; a listing of `hard.txt` fails.
      if (!(text === 'Nothing found.' && outcome === 'done')) expect(outcome, named).toMatch(REFUSED);
      expect(text, named).not.toContain(CONTENT);
    }
    expectUntouched(bench.folder);
    expect(existsSync(join(bench.folder, 'moved.txt'))).toBe(false);
    expect(JSON.stringify(results.events)).not.toContain(CONTENT);
    // Nobody may be asked about what is denied: no click can approve it.
    expect(bench.asked.map((approval) => approval.title)).toEqual([]);
  });

  test.each(Object.entries(FOLLOWING))('%s through a link in the last place', async (_name, call) => {
    const bench = await deniedBench();
    const results = await attempt(bench, LINK_SPELLINGS.map(call));
    for (const [index, { outcome, text }] of results.entries()) {
      expect(outcome, LINK_SPELLINGS[index]).toMatch(REFUSED);
      expect(text).not.toContain(CONTENT);
    }
    expectUntouched(bench.folder);
    expect(bench.asked).toEqual([]);
  });

  test('deleting and moving a link touches the link alone, and its new name reads no more than the old', async () => {
    const bench = await deniedBench();
    const results = await attempt(bench, [
      { name: 'delete_path', args: { path: 'link.txt' } },
      { name: 'move_path', args: { from: 'absolute.txt', to: 'other/innocent.txt' } },
      { name: 'read_file', args: { path: 'other/innocent.txt' } },
      { name: 'move_path', args: { from: 'folder-link', to: 'other/innocent' } },
      { name: 'read_file', args: { path: 'other/innocent/secret.txt' } },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'done',
      'done',
      expect.stringMatching(REFUSED),
      'done',
      expect.stringMatching(REFUSED),
    ]);
    expectUntouched(bench.folder);
  });
});

describe('what lies above a denied file', () => {
  test('list, find and search show neither name nor content', async () => {
    const bench = await deniedBench();
    const results = await attempt(bench, [
      { name: 'list_directory', args: { path: '.' } },
      { name: 'list_directory', args: { path: 'conf' } },
      { name: 'find_files', args: { pattern: '**' } },
      { name: 'find_files', args: { pattern: '**/{secret,key}*' } },
      { name: 'find_files', args: { pattern: 'secret' } },
      { name: 'search_files', args: { pattern: 'SECRET' } },
      { name: 'search_files', args: { pattern: '.', regex: true, glob: '**/*' } },
      { name: 'search_files', args: { pattern: 'SECRET', path: 'conf' } },
    ]);
    for (const { outcome, text } of results) {
      expect(outcome).toBe('done');
      expect(text).not.toMatch(/secret\.txt|key\.txt|name\.denied|caf|\[id\]|TOP-SECRET/);
    }
    expect(results[1]?.text).toContain('open.txt');
  });

  test('its folder can be neither deleted nor moved', async () => {
    const bench = await deniedBench();
    const results = await attempt(bench, [
      { name: 'delete_path', args: { path: 'conf' } },
      { name: 'move_path', args: { from: 'conf', to: 'elsewhere' } },
      { name: 'delete_path', args: { path: 'deep' } },
      { name: 'move_path', args: { from: 'deep/line\nbreak', to: 'elsewhere' } },
      { name: 'move_path', args: { from: 'pages', to: 'elsewhere' } },
    ]);
    for (const { outcome } of results) expect(outcome).toMatch(/^denied:denied_paths$/);
    expectUntouched(bench.folder);
  });

  test('a command sees none of it in any spelling', async () => {
    const bench = await deniedBench();
    const quoted = [...spellings(bench.folder, bench.home), ...LINK_SPELLINGS]
      .filter((path) => !path.includes('\0') && path.isWellFormed())
      .map((path) => `'${path.replaceAll("'", "'\\''")}'`);
    const results = await attempt(bench, [
      { name: 'run_command', args: { command: unseen(quoted.map((path) => `cat ${path}`).join('; ')) } },
      {
        name: 'run_command',
        args: {
          command: unseen(
            `cat -- * conf/* deep/*/* other/* empty/up/*; find . -type f -exec cat {} +; grep -r TOP . /proc/self/cwd; tar cf - . | strings; cat conf/open.txt`,
          ),
        },
      },
      {
        name: 'run_command',
        args: {
          command: unseen(
            // A new entry with a denied name would end the command: only what is there is tried.
            `for f in ${quoted.join(' ')}; do [ -e "$f" ] || continue; echo changed > "$f"; rm -rf "$f"; done; rm -rf vault pages; mv deep flat`,
          ),
        },
      },
    ]);
    for (const { text } of results) expect(text).not.toContain(CONTENT);
    expect(results[1]?.text).toContain('open'); // it did look
    expectUntouched(bench.folder);
  });
});

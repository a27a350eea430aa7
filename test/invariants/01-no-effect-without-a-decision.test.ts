import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outcomes, workbench } from '../support/workbench.ts';

test('only call.ts calls perform', () => {
  const callers: string[] = [];
  let looked = 0;
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) visit(path);
      else if (path.endsWith('.ts')) {
        looked += 1;
        if (/\.perform\(/.test(readFileSync(path, 'utf8'))) callers.push(path);
      }
    }
  };
  visit('src');
  expect(looked).toBeGreaterThan(50);
  // tool.ts hands a call on to the tool it wraps; it decides nothing.
  expect(callers.sort()).toEqual(['src/core/tools/call.ts', 'src/core/tools/tool.ts']);
});

test('a denied action changes nothing on disk, and its reason reaches the model', async () => {
  const seen: string[] = [];
  const bench = await workbench({
    files: { 'a.txt': 'old\n' },
    answer: () => ({ choice: 'deny', reason: 'not today' }),
  });
  const events = await bench.run((request, turn) => {
    const last = request.messages.at(-1);
    if (last?.role === 'tool') seen.push(last.text);
    const calls = [
      { name: 'write_file', args: { path: 'a.txt', content: 'new\n' } },
      { name: 'edit_file', args: { path: 'a.txt', old_text: 'old', new_text: 'new' } },
      { name: 'delete_path', args: { path: 'a.txt' } },
      { name: 'move_path', args: { from: 'a.txt', to: 'b.txt' } },
      { name: 'run_command', args: { command: 'echo new > a.txt; touch c.txt' } },
    ];
    const call = calls[turn];
    return call ? { calls: [call] } : {};
  });
  expect(outcomes(events)).toEqual(Array(5).fill('denied:person'));
  expect(events.filter((event) => event.type === 'started')).toEqual([]);
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('old\n');
  expect(readdirSync(bench.folder).sort()).toEqual(['README.md', 'a.txt']);
  expect(seen.every((text) => text.includes('not today'))).toBe(true);
  expect(bench.asked).toHaveLength(5);
});

test('an approved action has exactly the shown effect', async () => {
  const bench = await workbench({ files: { 'a.txt': 'old\n' } });
  const events = await bench.run([
    { calls: [{ name: 'edit_file', args: { path: 'a.txt', old_text: 'old', new_text: 'new' } }] },
    { calls: [{ name: 'run_command', args: { command: 'cat a.txt > copy.txt' } }] },
  ]);
  expect(outcomes(events)).toEqual(['done', 'done']);
  expect(readFileSync(join(bench.folder, 'copy.txt'), 'utf8')).toBe('new\n');
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(true);
});

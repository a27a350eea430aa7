import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { makeRepository } from '../support/repository.ts';
import { plant } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

// A token in git's configuration is known by its value: what a line leaves of the address around it says nothing more.

const TOKEN = 'ghp_Zx81kfQ02mVb77LrTTe5aaQ9';
const OTHER = 'b2F1dGgyOlp4ODFrZlEwMm1WYjc3';
const CONFIG = `[remote "origin"]
\turl = https://someone:${TOKEN}@github.example/x/y.git
[http "https://github.example/"]
\textraheader = AUTHORIZATION: basic ${OTHER}
`;

const LINES = [
  "grep -o 'ghp_[A-Za-z0-9]*' .git/config",
  'cut -d: -f3 .git/config | cut -d@ -f1',
  "sed -n 's/.*basic //p' .git/config",
  'git config --get remote.origin.url | cut -d: -f3',
  'git remote get-url origin | tr @ "\\n" | head -1 | tr : "\\n"',
  'git config --get-regexp http | tr " " "\\n"',
];

async function shown(where: string): Promise<string[]> {
  const bench = await workbench({ answer: () => ({ choice: 'deny' }) });
  makeRepository(bench.folder);
  const own = where === '.git/config' ? readFileSync(join(bench.folder, where), 'utf8') : '';
  await plant(bench.folder, { [where]: own + CONFIG });
  const lines = LINES.filter((line) => line.includes('.git/config'));
  const tries = await attempt(
    bench,
    lines.map((command) => ({ name: 'run_command', args: { command: command.replaceAll('.git/config', where) } })),
  );
  expect(bench.asked).toEqual([]);
  return tries.map(({ text }) => text);
}

test('no line takes a token out of git’s configuration without what told that it was one', async () => {
  const isThere = (text: string): boolean => text.includes(TOKEN) || text.includes(OTHER);
  expect((await shown('.git/config')).map(isThere)).toEqual([false, false, false]);
  // Out of any other file the same lines do.
  expect((await shown('notes.txt')).map(isThere)).toEqual([true, true, true]);
});

test('neither does git itself print it in pieces of its own', async () => {
  const bench = await workbench({ answer: () => ({ choice: 'deny' }) });
  makeRepository(bench.folder);
  await plant(bench.folder, { '.git/config': `${readFileSync(join(bench.folder, '.git/config'), 'utf8')}${CONFIG}` });
  const lines = LINES.filter((line) => line.startsWith('git'));
  const tries = await attempt(
    bench,
    lines.map((command) => ({ name: 'run_command', args: { command } })),
  );
  for (const [index, { text }] of tries.entries()) {
    expect(text, lines[index]).toContain('[exit code 0]');
    expect(text, lines[index]).not.toContain(TOKEN);
    expect(text, lines[index]).not.toContain(OTHER);
  }
});

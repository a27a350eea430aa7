import { expect, test } from 'vitest';
import { plant } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

// What a command put out is kept; a person denies, while its run goes on, a file that it read.
const FILES = {
  'plain.txt': 'plain words\n'.repeat(20_000),
  'sub/big.txt': 'dear words\n'.repeat(20_000),
  'old/before.txt': 'denied before\n',
};
const denying = (...paths: string[]): string => `tools: {file_system: {denied_paths: [${paths.join(', ')}]}}\n`;

/** What two readings of a command's output told, before and after `denied` was added to what is denied. */
async function twice(command: string, ...denied: string[]): Promise<{ before: string; after: string }> {
  const bench = await workbench({ files: FILES, userPolicy: denying('old') });
  const reading = { calls: [{ name: 'read_output', args: { output: 1, from: 100, lines: 2 } }] };
  const told: string[] = [];
  await bench.run(async (request, turn) => {
    const last = request.messages.at(-1);
    if (last?.role === 'tool') told.push(last.text);
    if (turn === 0) return { calls: [{ name: 'run_command', args: { command } }] };
    if (turn === 2) await plant(bench.config, { 'policy.yaml': denying('old', ...denied) });
    return turn < 3 ? reading : { text: 'done' };
  });
  return { before: told[1] ?? '', after: told[2] ?? '' };
}

test.each([
  ['a file that it read', 'cat sub/big.txt', 'sub/big.txt'],
  ['the folder of one', 'cat sub/big.txt', 'sub'],
  ['a file below a folder that it searched', 'grep -r words sub', 'big.txt'],
  ['a file below a folder that it may have read', `python3 -c "print(open('su' + 'b/big.txt').read())"`, 'sub/*.txt'],
])('once %s is denied, its output is not read any more', async (_what, command, denied) => {
  const { before, after } = await twice(command, denied);
  expect(before).toContain('dear words');
  expect(after).not.toContain('dear words');
  expect(after).toMatch(/^Not allowed/);
  expect(after).toContain('output 1 may hold what is in sub');
});

test.each([
  ['another file', 'cat plain.txt', 'sub/big.txt'],
  ['a name that is nowhere', 'grep -rh words .', 'nowhere.txt'],
])('control: once %s is denied, it is read on, whatever was denied before', async (_what, command, denied) => {
  const { before, after } = await twice(command, denied);
  expect(before).toContain(' words');
  expect(after).toBe(before);
});

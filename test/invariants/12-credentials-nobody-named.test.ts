import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plant } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

const CANARY = 'Zx81kfQ02mVb77LrTTe5';
const CONFIG = `[remote "origin"]
	url = https://user:${CANARY}@host.example/team/x.git
[remote "other"]
	url = https://${CANARY}@other.example/x.git
[url "https://oauth2:${CANARY}@third.example/"]
	insteadOf = https://third.example/
[http]
	extraHeader = Authorization: Basic ${CANARY}
[sendemail]
	smtpPass = ${CANARY}
`;
const CALLS: [string, Record<string, unknown>][] = [
  ['read_file', { path: '.git/config' }],
  ['read_file', { path: 'notes.txt' }],
  ['search_files', { pattern: 'host', path: '.git/config' }],
  ['search_files', { pattern: 'Authorization' }],
  ['run_command', { command: 'git remote -v' }],
  ['run_command', { command: 'git config -l' }],
  ['run_command', { command: 'cat .git/config notes.txt' }],
  ['run_command', { command: 'grep -rh . .git/config notes.txt' }],
  // The middle of a long output is left out: the cut goes through the address.
  ['run_command', { command: 'head -c 10790 filler.txt; cat notes.txt; cat filler.txt' }],
  ['edit_file', { path: 'notes.txt', old_text: 'end', new_text: 'END' }],
  ['move_path', { from: 'notes.txt', to: 'moved.txt' }],
];

test('a token in git’s settings or in a file reaches neither model, log nor view; hosts and paths are shown', async () => {
  const notes = `see https://user:${CANARY}@host.example/x\ncurl -H "PRIVATE-TOKEN: ${CANARY}"\nAuthorization: Bearer ${CANARY}\nend\n`;
  const bench = await workbench({ files: { 'notes.txt': notes, 'filler.txt': 'x'.repeat(40_000) } });
  execFileSync('git', ['init', '-q', bench.folder]);
  const before = readFileSync(join(bench.folder, '.git/config'), 'utf8');
  await plant(bench.folder, { '.git/config': before + CONFIG });
  const views: string[] = [];
  bench.engine.onChange(() => views.push(JSON.stringify(bench.engine.view())));
  const told: string[] = [];
  const events = await bench.run((request, turn) => {
    told.push(JSON.stringify(request));
    const call = CALLS[turn];
    return call ? { calls: [{ name: call[0], args: call[1] }] } : { text: `done with ${CANARY.slice(0, 3)}` };
  });
  for (const text of [...told, ...views, ...events.map((event) => JSON.stringify(event))])
    expect(text.includes(CANARY.slice(0, 10)), text.slice(0, 300)).toBe(false);
  const outputs = events.filter(({ type }) => type === 'finished').map(({ payload }) => String(payload?.['output']));
  expect(outputs).toHaveLength(CALLS.length);
  for (const output of outputs.slice(0, 8)) expect(output).toContain('[redacted]');
  expect(outputs[4]).toContain('https://user:[redacted]@host.example/team/x.git (fetch)');
  expect(outputs[4]).toContain('https://[redacted]@other.example/x.git');
  // The control: the same reading without a mask has it, and the edit kept it.
  const open = execFileSync('git', ['-C', bench.folder, 'remote', '-v'], { encoding: 'utf8' });
  expect(open).toContain(CANARY);
  expect(readFileSync(join(bench.folder, 'moved.txt'), 'utf8')).toBe(notes.replace('end', 'END'));
});

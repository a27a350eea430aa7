import { existsSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRepository } from '../support/repository.ts';
import { within } from '../support/processes.ts';
import { caged } from '../support/sandboxRun.ts';
import { snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

const STAND_INS = ['.devcontainer', '.idea', '.oversign', '.vscode'];
const COMMAND = 'echo evil > .vscode/tasks.json; echo evil > .git/commondir; echo x >> seen';

/** Which entries of the folder came or went, as whoever watches it sees it. */
function watched(folder: string): { names: string[]; close(): void } {
  const names: string[] = [];
  const watcher = watch(folder, (event, name) => {
    if (event === 'rename' && name !== null) names.push(name);
  });
  return { names, close: () => watcher.close() };
}

function count(names: readonly string[], wanted: string): number {
  return names.filter((name) => name === wanted).length;
}

test('while a run goes on, stand-ins come and go once, however many commands it starts', async () => {
  const cage = await caged(await temporaryFolder());
  makeRepository(cage.folder);
  writeFileSync(join(cage.folder, 'seen'), '');
  const before = snapshot(cage.folder);
  await cage.run('true'); // and none of the proof's doing is counted
  const seen = watched(cage.folder);
  const end = await cage.sandbox.begin();
  for (let turn = 0; turn < 3; turn += 1) {
    expect((await cage.run(COMMAND)).quarantined).toEqual([]);
    for (const name of STAND_INS) expect(readdirSync(join(cage.folder, name)), name).toEqual([]);
  }
  await end();
  expect(await within(10_000, () => STAND_INS.every((name) => count(seen.names, name) >= 2))).toBe(true);
  for (const name of STAND_INS) expect(count(seen.names, name), name).toBe(2);
  // The control: without a run around them, each command makes and removes its own.
  await cage.run(COMMAND);
  expect(await within(10_000, () => STAND_INS.every((name) => count(seen.names, name) >= 4))).toBe(true);
  seen.close();
  writeFileSync(join(cage.folder, 'seen'), '');
  expect(snapshot(cage.folder)).toEqual(before);
  expect(readdirSync(join(cage.data, 'placeholders'))).toEqual([]);
});

test('the agent’s own tools do not list them', async () => {
  const bench = await workbench({ files: { 'a.txt': 'a\n' } });
  const listed: string[] = [];
  await bench.run((request, turn) => {
    listed.push(JSON.stringify(request.messages.at(-1)));
    if (turn === 0) return { calls: [{ name: 'run_command', args: { command: 'touch made; ls -A' } }] };
    return turn === 1 ? { calls: [{ name: 'list_directory', args: { path: '.' } }] } : {};
  });
  expect(listed[1]).toContain('.vscode'); // the control: there they are
  expect(listed[2]).toContain('made');
  expect(listed[2]).not.toContain('.vscode');
});

test('they stay while one of two runs goes on, and what the person puts into one is the person’s', async () => {
  const cage = await caged(await temporaryFolder());
  const first = await cage.sandbox.begin();
  const second = await cage.sandbox.begin();
  await cage.run('true');
  await first();
  for (const name of STAND_INS) expect(existsSync(join(cage.folder, name)), name).toBe(true);
  writeFileSync(join(cage.folder, '.vscode/mine.json'), '{}');
  expect((await cage.run('echo evil > .vscode/mine.json; echo evil > .vscode/tasks.json; true')).quarantined).toEqual(
    [],
  );
  await second();
  expect(readdirSync(cage.folder)).toEqual(['.vscode']);
  expect(readdirSync(join(cage.folder, '.vscode'))).toEqual(['mine.json']);
});

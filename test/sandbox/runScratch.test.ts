import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identityOf } from '../../src/node/process/identity.ts';
import { git, makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function around(): Promise<{ base: string; cage: Caged }> {
  const base = await temporaryFolder();
  return { base, cage: await caged(base, '/usr/bin:/bin') };
}

const scratches = ({ data }: Caged): string[] =>
  existsSync(join(data, 'scratch')) ? readdirSync(join(data, 'scratch')) : [];

test('what a run’s commands leave in /tmp and the home folder is there for the next, and gone with the run', async () => {
  const { cage } = await around();
  const end = await cage.sandbox.begin('run');
  const wrote =
    'f=$(mktemp) && echo kept > $f && echo home > ~/x && mkdir -p ~/.closed/in && chmod 0 ~/.closed/in ~/.closed';
  expect((await cage.run(wrote)).ending).toEqual({ kind: 'exited', code: 0 });
  const read = 'cat $TMPDIR/tmp.* ~/x';
  expect((await cage.run(read)).output).toBe('kept\nhome\n');
  // Settings that one command left do not reach those that run without a question.
  expect((await cage.run('cat $TMPDIR/tmp.*; ls -A ~', { workspace: 'read-only' })).output).toBe('kept\n');
  expect(scratches(cage)).toHaveLength(1);
  await end();
  expect(scratches(cage)).toEqual([]);
  const next = await cage.sandbox.begin('next');
  expect((await cage.run(read)).output).not.toMatch(/kept|home\n/);
  await next();
  // The control: without a run each command has its own.
  await cage.run(wrote);
  expect((await cage.run(read)).output).not.toMatch(/kept|home\n/);
  expect(scratches(cage)).toEqual([]);
});

test('it is this run’s alone: nothing of the real /tmp or home folder, nothing beside the workspace', async () => {
  const { base, cage } = await around();
  await plant(base, { 'home/x': 'SECRET', beside: 'SECRET' });
  const end = await cage.sandbox.begin('run');
  const { output } = await cage.run(`cat ${base}/home/x ${base}/beside ~/x; ls -A /tmp ${base} ~; ls ${cage.data}`);
  expect(output).not.toContain('SECRET');
  expect(output).not.toMatch(/beside$|owner\.json/m);
  await end();
});

test('a command cannot put something where the next one has a mount', async () => {
  const { base, cage } = await around();
  const end = await cage.sandbox.begin('run');
  const [, top = ''] = /^\/tmp\/([^/]+)/.exec(base) ?? [];
  expect(top).not.toBe(''); // the workspace lies in /tmp: that is what is tried here
  mkdirSync(join(base, 'victim'));
  const tries = `mv /tmp/${top} /tmp/away; rmdir /tmp/${top}; ln -sT ${base}/victim /tmp/${top} && echo linked; ln -s / /tmp/root; ln -s ../../../../../.. ~/up; true`;
  expect((await cage.run(tries)).output).not.toContain('linked');
  const [id = ''] = scratches(cage);
  // As if it had, by whatever way.
  const folder = join(cage.data, 'scratch', id, 'tmp', top);
  spawnSync('rm', ['-rf', folder]);
  symlinkSync(join(base, 'victim'), folder);
  expect((await cage.run('pwd; ls -d /tmp/root')).output).toBe(`${cage.folder}\n/tmp/root\n`);
  expect(readdirSync(join(base, 'victim'))).toEqual([]);
  await end();
  expect(existsSync(join(base, 'victim'))).toBe(true);
  expect(scratches(cage)).toEqual([]);
});

test('nor where something is mounted that only git needs', async () => {
  const { base, cage } = await around();
  const elsewhere = await temporaryFolder();
  await plant(elsewhere, { 'main/a.txt': 'a\n' });
  mkdirSync(join(base, 'victim'));
  makeRepository(join(elsewhere, 'main'));
  git(join(elsewhere, 'main'), 'worktree', 'add', '-q', '-f', cage.folder);
  const end = await cage.sandbox.begin('run');
  const link = `ln -sT ${base}/victim ${elsewhere}; ln -sT ../../../${base}/victim ~/x; git -c safe.directory=* log --format=%s; echo kept > /tmp/x; cat /tmp/x`;
  for (let turn = 0; turn < 2; turn += 1) expect((await cage.run(link)).output).toMatch(/first\nkept\n/);
  expect(readdirSync(join(base, 'victim'))).toEqual([]);
  const own = join(cage.data, 'scratch', scratches(cage)[0] ?? '', 'tmp');
  expect(readdirSync(own).filter((name) => elsewhere.endsWith(name))).toEqual([]);
  await end();
});

test('commands side by side share it', async () => {
  const { cage } = await around();
  const end = await cage.sandbox.begin('run');
  const waits = 'for i in $(seq 200); do [ -e /tmp/go ] && break; sleep 0.05; done; cat /tmp/go';
  const [first, second] = await Promise.all([
    cage.run(waits),
    cage.run('echo went > /tmp/go.new; mv /tmp/go.new /tmp/go'),
  ]);
  expect(first.output).toBe('went\n');
  expect(second.ending).toEqual({ kind: 'exited', code: 0 });
  await end();
});

test('what is in it has an end, and counts for the command that fills it', async () => {
  const { cage } = await around();
  const end = await cage.sandbox.begin('run');
  const limits = { diskBytes: 8 << 20 };
  for (const name of ['a', 'b', 'c'])
    expect(await cage.run(`head -c 3M /dev/zero > /tmp/${name}`, { limits })).toMatchObject({ notes: [] });
  const after = await cage.run('ls /tmp', { limits });
  expect(after.notes).toEqual([expect.stringMatching(/more than sandbox.disk, and were emptied$/)]);
  expect(after.output).not.toMatch(/^[abc]$/m);
  const flood = await cage.run('cd /tmp; i=0; while :; do : > f$i; i=$((i+1)); done', { limits, timeoutMs: 60_000 });
  expect(flood.ending).toEqual({ kind: 'limit', limit: 'files' });
  await end();
});

test('what a process that is gone left is taken away, what one that lives has is not', async () => {
  const { base, cage } = await around();
  const own = identityOf(process.pid);
  const owners = { living: own, gone: { ...own, start: '1' } };
  for (const [name, owner] of Object.entries(owners)) {
    await plant(cage.data, { [`scratch/${name}/owner.json`]: JSON.stringify(owner), [`scratch/${name}/tmp/x`]: 'x' });
    symlinkSync(base, join(cage.data, 'scratch', name, 'tmp', 'link'));
  }
  writeFileSync(join(base, 'stays'), '');
  await cage.sandbox.recover();
  expect(scratches(cage)).toEqual(['living']);
  expect(existsSync(join(base, 'stays'))).toBe(true);
});

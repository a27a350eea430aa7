import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { identityOf, isAlive } from '../../src/node/process/identity.ts';
import { Lives } from '../../src/node/process/lives.ts';
import { withLock } from '../../src/node/process/lock.ts';
import { temporaryFolder } from '../support/tree.ts';

const CHILD = join(import.meta.dirname, '..', 'support', 'claimChild.ts');
const OWN = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
/** In a PID namespace of its own, as a container that shares the data folder; it ends with what is started here. */
const APART = ['unshare', ...OWN, '--pid', '--fork', '--kill-child', '--mount-proc'];

async function claiming(around: string[], data: string, run: string): Promise<{ child: ChildProcess; said: string }> {
  const [file, ...args] = [...around, process.execPath, CHILD, data, '/work', run];
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString() };
}

async function logIn(): Promise<{ data: string; audit: AuditClient }> {
  const data = join(await temporaryFolder(), 'data');
  const audit = await AuditClient.open(data);
  onTestFinished(() => audit[Symbol.asyncDispose]());
  return { data, audit };
}

test('a run of a process in another PID namespace is its own while it lives, and nobody’s once it is killed', async () => {
  const { data, audit } = await logIn();
  const { child, said } = await claiming(APART, data, 'inside');
  expect(said).toContain('"ok":true');
  expect(await audit.recover()).toEqual([]);
  expect(await audit.claim(['/work'], 'outside')).toMatchObject({ ok: false, holder: { run: 'inside' } });
  child.kill('SIGKILL');
  await once(child, 'close');
  await expect.poll(() => audit.claim(['/work'], 'outside'), { timeout: 20_000 }).toEqual({ ok: true });
});

test('and the other way round: who is inside sees that a process outside has a run', async () => {
  const { data, audit } = await logIn();
  expect(await audit.claim(['/work'], 'outside')).toEqual({ ok: true });
  expect((await claiming(APART, data, 'inside')).said).toContain('"run":"outside"');
  await audit.release('outside');
  expect((await claiming(APART, data, 'inside')).said).toContain('"ok":true');
});

test('a lock of a process in another namespace is held while that lives', async () => {
  const { data, audit } = await logIn();
  const { boot, ...me } = identityOf(process.pid);
  const apart = { ...me, boot: `${boot.replace(/-pid-\d+$/, '')}-pid-1` };
  expect(isAlive(apart)).toBe(true); // it cannot be seen
  const lives = new Lives(data);
  expect(lives.isAlive(apart)).toBe(false); // whoever says its namespace has a file
  expect(lives.isAlive({ ...me, boot })).toBe(true);
  expect(await withLock(join(data, 'lock'), () => 7, lives)).toBe(7);
  await audit.recover();
});

test('what shows that a process lives goes with it', async () => {
  const { data } = await logIn();
  const count = (): number => readdirSync(join(data, 'live')).length;
  expect(count()).toBe(1);
  const { child } = await claiming([], data, 'r');
  expect(count()).toBe(2);
  child.kill('SIGKILL');
  await once(child, 'close');
  const other = await claiming([], data, 'r'); // whoever comes next takes it away
  expect(count()).toBe(2);
  other.child.stdin?.end();
  await once(other.child, 'close');
  expect(count()).toBe(1);
});

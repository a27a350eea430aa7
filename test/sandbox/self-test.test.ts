import { expect, test } from 'vitest';
import { findMachine, known, knownOf } from '../../src/node/sandbox/machine.ts';
import type { Machine } from '../../src/node/sandbox/proof.ts';
import { proveCage } from '../../src/node/sandbox/selfTest/prove.ts';
import { caged, LIMITS } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function machine(): Promise<{ found: Machine; data: string }> {
  const data = await temporaryFolder();
  await plant(data, { 'audit.db': '' });
  const found = await findMachine({ data, home: '/nowhere', toolchains: [], known: known() });
  if ('works' in found) throw new Error(found.cause);
  return { found, data };
}

test('a sound cage passes its self-test, which tried many things', async () => {
  const { found } = await machine();
  expect(found.probes.length).toBeGreaterThanOrEqual(20);
  expect(found.probes.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
});

test('a cage in which Oversign’s data can be seen is refused', async () => {
  const { found, data } = await machine();
  const refusal = await proveCage(
    found.machinery,
    { ...found.base, toolchains: [data] },
    { data, home: '/nowhere', toolchains: [], known: known(true) },
  );
  expect(refusal).toMatchObject({ works: false });
  expect('works' in refusal && refusal.cause).toContain('read Oversign’s own data');
});

test('a cage without its system call filter is refused', async () => {
  const { found, data } = await machine();
  const allow = new Uint8Array([6, 0, 0, 0, 0, 0, 0xff, 0x7f]);
  const refusal = await proveCage({ ...found.machinery, filter: allow }, found.base, {
    data,
    home: '/nowhere',
    toolchains: [],
    known: known(true),
  });
  expect(refusal).toMatchObject({ works: false });
  expect('works' in refusal && refusal.cause).toContain('make a program that runs as its owner');
});

test('a cage that cannot be built is a refusal with a cause and a fix', async () => {
  const { found, data } = await machine();
  const refusal = await proveCage(
    found.machinery,
    { ...found.base, toolchains: ['/does/not/exist'] },
    { data, home: '/nowhere', toolchains: [], known: known(true) },
  );
  expect(refusal).toMatchObject({ works: false });
  expect('works' in refusal && refusal.cause).toContain('/does/not/exist');
  expect('works' in refusal && refusal.fix).not.toBe('');
});

test('with the data folder in the home folder, where it usually is, the self-test holds and still looks', async () => {
  const home = await temporaryFolder();
  await plant(home, { '.ssh/id': 'SECRET', '.local/share/oversign/audit.db': '' });
  const data = `${home}/.local/share/oversign`;
  const found = await findMachine({ data, home, toolchains: [], known: known() });
  expect('works' in found ? found.cause : undefined).toBeUndefined();
  if ('works' in found) return;
  const open = { data, home, toolchains: [], known: known() };
  const refusal = await proveCage(found.machinery, { ...found.base, toolchains: [`${home}/.ssh`] }, open);
  expect('works' in refusal).toBe(false); // what is mounted as a toolchain is meant to be there
});

test('a self-test that broke off says so, and blames no attempt that was not made', async () => {
  const { found, data } = await machine();
  const { starter } = found.machinery;
  // Of what the attempts say only the first lines arrive, as of one that was ended.
  const full: typeof starter = Object.assign(Object.create(starter) as typeof starter, {
    take: async (...args: Parameters<typeof starter.take>) => {
      const waiting = await starter.take(...args);
      const begin: typeof waiting.process.begin = (talk) => waiting.process.begin({ ...talk, outputCap: 40 });
      return { ...waiting, process: { ...waiting.process, begin } };
    },
  });
  const refusal = await proveCage({ ...found.machinery, starter: full }, found.base, {
    data,
    home: '/nowhere',
    toolchains: [],
    known: known(true),
  });
  expect(refusal).toMatchObject({ works: false });
  const { cause, fix } = refusal as Extract<typeof refusal, { works: false }>;
  expect(cause).not.toContain('let a command');
  expect(cause).not.toContain('read the home folder');
  expect(cause).toMatch(/the self-test broke off after \d of \d\d attempts/);
  expect(fix).toContain('doctor');
});

test('a sandbox takes over what others of its process found out about the machine, until it is to look afresh', async () => {
  const one = await caged(await temporaryFolder());
  const other = await caged(await temporaryFolder());
  expect(await one.sandbox.status(LIMITS)).toMatchObject({ works: true });
  const [found] = known().limits.values();
  expect(found).toBeDefined();
  expect(await other.sandbox.status(LIMITS)).toMatchObject({ works: true });
  expect([...known().limits.values()]).toEqual([found]);
  expect([...known().limits.values()][0]).toBe(found);
  other.sandbox.forget();
  expect(known().limits.size).toBe(0);
  // With another bubblewrap than the one it was found out with, nothing is known.
  expect(await other.sandbox.status(LIMITS)).toMatchObject({ works: true });
  expect(knownOf('another one').limits.size).toBe(0);
});

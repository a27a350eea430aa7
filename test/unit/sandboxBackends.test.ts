import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { duringRun } from '../../src/core/sandbox/life.ts';
import { NO_RULES, sandboxSpec } from '../../src/core/sandbox/spec.ts';
import type { Sandbox, SandboxSpec } from '../../src/core/sandbox/port.ts';
import type { ConfiningBackend } from '../../src/node/sandbox/backend.ts';
import { CONFINING, TO_COME, UNCONFINED } from '../../src/node/sandbox/backends.ts';
import { Confining } from '../../src/node/sandbox/confining.ts';

const PLATFORMS = ['linux', 'darwin', 'win32', 'freebsd'] as const;

test('every backend that confines holds that there is no network, and folders in place; the one that does not, nothing', () => {
  const place = { folders: { data: '/nowhere', config: '/nowhere', home: '/nowhere' }, environment: {}, never: [] };
  for (const { holds, open } of Object.values(CONFINING)) {
    expect([holds.network.none, holds.view['in-place']]).toEqual([true, true]);
    // Who cannot hold commands to a door offers none.
    const sandbox: Sandbox = open(place);
    if (!holds.network.door) expect(sandbox.hasDoor).not.toBe(true);
  }
  expect(Object.values(CONFINING).map(({ holds }) => holds.network.door)).toContain(true);
  const { network, view } = UNCONFINED.holds;
  expect([...Object.values(network), ...Object.values(view)]).not.toContain(true);
});

test('what is to happen in a copy-on-write view is refused by whatever runs commands in place', async () => {
  const place = { folders: { data: '/nowhere', config: '/nowhere', home: '/nowhere' }, environment: {}, never: [] };
  const spec = { view: { kind: 'copy-on-write' } } as SandboxSpec;
  for (const backend of [...Object.values(CONFINING), UNCONFINED])
    await expect(backend.open(place).run(spec, new AbortController().signal)).rejects.toThrow('was to run in place');
});

test('where none fits one says why', () => {
  for (const platform of PLATFORMS) {
    const fits = Object.values(CONFINING).filter((backend) => backend.whyNot(platform) === undefined);
    if (['linux', 'darwin'].includes(platform)) expect(fits, platform).not.toEqual([]);
    for (const backend of Object.values(CONFINING))
      if (!fits.some((one) => one === backend))
        expect(backend.whyNot(platform)).toMatchObject({ works: false, cause: expect.stringMatching(/\.$/) as string });
  }
  for (const name of TO_COME) expect(Object.values(CONFINING).map(({ choice }) => choice)).not.toContain(name);
});

const PLACE = { folders: { data: '/d', config: '/c', home: '/h' }, environment: {}, never: [] };
const LIMITS = { memoryBytes: 1, cpuSeconds: 1, diskBytes: 1, processes: 1 };

/** Backends that only say who they are; which of them the machine has, and which were opened, begun and ended. */
function machine(): {
  has: Set<string>;
  told: string[];
  backend: (name: string, platform: string, choice?: string) => ConfiningBackend;
} {
  const [has, told] = [new Set<string>(), [] as string[]];
  return {
    has,
    told,
    backend: (name, platform, choice = 'host') => ({
      choice,
      about: name,
      holds: { network: { none: true, door: false }, view: { 'in-place': true, 'copy-on-write': false } },
      whyNot: (one) => (one === platform ? undefined : { works: false, cause: `Not on ${one}.`, fix: '' }),
      open() {
        told.push(`open ${name}`);
        return {
          status: () =>
            Promise.resolve(
              has.has(name)
                ? { works: true, name, words: name, limits: [], probes: [] }
                : { works: false, cause: `No ${name}.`, fix: '' },
            ),
          environment: () => Promise.resolve({ NAME: name }),
          run: () => Promise.reject(new Error(`ran in ${name}`)),
          isStandIn: () => false,
          recover: () => Promise.resolve(),
          finishBrokenOff: () => Promise.resolve([]),
          brokenOffElsewhere: () => [],
          begin: () => Promise.resolve(() => Promise.resolve(void told.push(`end ${name}`))),
          forget: () => undefined,
          close: () => Promise.resolve(),
        };
      },
    }),
  };
}

async function nameOf(sandbox: Sandbox): Promise<string> {
  const status = await sandbox.status(LIMITS);
  return status.works ? status.name : status.cause;
}

test('the policy chooses among the sandboxes that the machine has, in the order of the table', async () => {
  const { has, told, backend } = machine();
  const all = [backend('one', 'linux'), backend('other', 'darwin'), backend('two', 'linux', 'docker')];
  const sandboxes = new Confining(PLACE, all, 'linux');
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('No one.');
  has.add('two');
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('two');
  // What the policy names is not replaced by what the machine has.
  expect(await nameOf(sandboxes.chosen('host'))).toBe('No one.');
  has.add('one');
  expect(await nameOf(sandboxes.chosen('host'))).toBe('one');
  // What was taken stays until somebody looks anew, also where it fails; a run keeps it.
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('two');
  expect(await sandboxes.chosen('auto').environment([])).toEqual({ NAME: 'two' });
  has.delete('two');
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('No two.');
  const end = await sandboxes.begin('r');
  sandboxes.forget();
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('No two.');
  await end();
  sandboxes.forget();
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('one');
  expect(told).toEqual(['open one', 'open two', 'end one', 'end two']);
});

test('what no backend of this version is runs nothing, and neither does a run whose policy changed from one to another', async () => {
  const { has, told, backend } = machine();
  has.add('one');
  const sandboxes = new Confining(PLACE, [backend('one', 'linux')], 'linux');
  for (const [choice, words] of [
    ['docker', /^There is no docker sandbox\.$/],
    ['neither', /changed from one sandbox to another/],
  ] as const) {
    const sandbox = sandboxes.chosen(choice);
    expect(await nameOf(sandbox)).toMatch(words);
    expect(await sandbox.environment([])).toEqual({});
    await expect(sandbox.run(undefined as never, new AbortController().signal)).rejects.toThrow(/sandbox/);
  }
  expect(told).toEqual([]);
  expect(await nameOf(sandboxes.chosen('auto'))).toBe('one'); // the control
  has.delete('one');
  expect(await nameOf(new Confining(PLACE, [backend('one', 'linux')], 'win32').chosen('auto'))).toBe('No one.');
});

test('a cage is described in one place', () => {
  const describing = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && readFileSync(join('src', name), 'utf8').includes("{ kind: 'in-place' }"),
  );
  // The port itself, cages that belong to no command, and where a cage finds its folders (`CageView`).
  expect(describing.sort()).toEqual([
    'core/sandbox/bubblewrap.ts',
    'core/sandbox/port.ts',
    'core/sandbox/spec.ts',
    'node/sandbox/cage.ts',
    'node/sandbox/commandCall.ts',
    'node/sandbox/effects/dryRunsHere.ts',
    'node/sandbox/seatbelt/selfTest.ts',
  ]);
});

test('what a launch promises to hide is hidden, and nothing else is left out', () => {
  const rules = {
    ...NO_RULES,
    roots: ['/w'],
    isHidden: (path: string) => path === '/w/denied',
    isDenied: (path: string) => path === '/w/denied',
    isSecret: (path: string) => path === '/w/.env',
    storeAround: (path: string) => (path.startsWith('/w/.git/objects') ? '/w/.git' : undefined),
    deniesInside: true,
    deniedOutside: ['/elsewhere'],
  };
  const hidden = (secrets: 'hidden' | 'visible', stores?: 'hidden'): string[] => {
    const spec = sandboxSpec({
      launch: { argv: ['x'], cwd: '/w', environment: {}, workspace: 'writable', secrets, ...(stores && { stores }) },
      rules,
      bounds: { limits: { memoryBytes: 1, cpuSeconds: 1, diskBytes: 1, processes: 1 }, timeoutMs: 1 },
      streams: { outputCap: 1 },
    });
    expect(spec).toMatchObject({
      network: { kind: 'none' },
      view: { kind: 'in-place' },
      folders: ['/w'],
      hidesStores: stores === 'hidden',
      deniesInside: true,
      deniedOutside: ['/elsewhere'],
    });
    return ['/w/denied', '/w/.env', '/w/.git/objects/1', '/w/a'].filter((path) => spec.isHidden(path));
  };
  expect(hidden('visible')).toEqual(['/w/denied']);
  expect(hidden('hidden')).toEqual(['/w/denied', '/w/.env']);
  expect(hidden('visible', 'hidden')).toEqual(['/w/denied', '/w/.git/objects/1']);
  expect(hidden('hidden', 'hidden')).toEqual(['/w/denied', '/w/.env', '/w/.git/objects/1']);
});

test('what a run prepared ends with it, also when its work throws; nothing works where it cannot begin', async () => {
  const told: string[] = [];
  const sandbox = {
    begin: (run: string) => {
      told.push(`begin ${run}`);
      return Promise.resolve(() => {
        told.push('end');
        return Promise.reject(new Error('left behind'));
      });
    },
  };
  await duringRun(sandbox, 'r1', () => Promise.resolve(void told.push('work')));
  await expect(duringRun(sandbox, 'r2', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(told).toEqual(['begin r1', 'work', 'end', 'begin r2', 'end']);
  const refused = { begin: () => Promise.reject(new Error('no journal')) };
  await expect(duringRun(refused, 'r3', () => Promise.resolve(void told.push('worked')))).rejects.toThrow('no journal');
  expect(told).not.toContain('worked');
});

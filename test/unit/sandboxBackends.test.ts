import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { duringRun } from '../../src/core/sandbox/life.ts';
import { NO_RULES, sandboxSpec } from '../../src/core/sandbox/spec.ts';
import { confiningBackend, CONFINING, UNCONFINED } from '../../src/node/sandbox/backends.ts';

const PLATFORMS = ['linux', 'darwin', 'win32', 'freebsd'] as const;

test('every backend that confines holds every kind of network and of view; the one that does not, none', () => {
  for (const { holds } of Object.values(CONFINING))
    for (const held of Object.values(holds)) expect(Object.values(held)).not.toContain(false);
  for (const held of Object.values(UNCONFINED.holds)) expect(Object.values(held)).not.toContain(true);
});

test('a backend that does not confine is never chosen, and where none fits one says why', () => {
  expect(PLATFORMS.map((platform) => confiningBackend(platform))).toEqual([
    CONFINING.bubblewrap,
    CONFINING.seatbelt,
    CONFINING.bubblewrap,
    CONFINING.bubblewrap,
  ]);
  for (const platform of PLATFORMS) {
    const fits = Object.values(CONFINING).filter((backend) => backend.whyNot(platform) === undefined);
    expect(fits.length, platform).toBe(['linux', 'darwin'].includes(platform) ? 1 : 0);
    for (const backend of Object.values(CONFINING))
      if (!fits.some((one) => one === backend))
        expect(backend.whyNot(platform)).toMatchObject({ works: false, cause: expect.stringMatching(/\.$/) as string });
  }
});

test('a cage is described in one place', () => {
  const describing = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && readFileSync(join('src', name), 'utf8').includes("{ kind: 'in-place' }"),
  );
  // The port itself, and cages that belong to no command.
  expect(describing.sort()).toEqual([
    'core/sandbox/port.ts',
    'core/sandbox/spec.ts',
    'node/sandbox/cage.ts',
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

import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argvOf, TRAPS } from '../support/attacks.ts';
import { removeDeep, trapWorld } from '../support/attacks/trapWorld.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';

interface Place {
  base: string;
  cage: Caged;
}

let near: Place;
/** Its data folder lies on another file system, where /dev/shm is one. */
let apart: Place;
let far: string;

beforeAll(async () => {
  const place = async (prepare: (base: string) => void): Promise<Place> => {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-traps-')));
    prepare(base);
    return { base, cage: await caged(base, '/usr/local/bin:/usr/bin:/bin') };
  };
  far = mkdtempSync('/dev/shm/oversign-traps-');
  near = await place(() => undefined);
  apart = await place((base) => {
    mkdirSync(join(far, 'data'));
    symlinkSync(join(far, 'data'), join(base, 'data'));
  });
});
afterAll(() => {
  removeDeep(near.base, apart.base, far);
});

test.each(TRAPS)('what a command leaves behind does not spring: $name', async (trap) => {
  const { base, cage } = trap.apart === true ? apart : near;
  const world = trapWorld(base, cage.folder);
  const { ending } = await cage.run(argvOf(trap), { environment: world.environment, denied: trap.denied ?? [] });
  // What is denied may end the call when it appears.
  if (trap.denied === undefined) expect(ending).toMatchObject({ kind: 'exited' });
  expect(world.springs(trap)).toBe(false);
});

test.each(TRAPS)('control, without a sandbox it springs: $name', (trap) => {
  const world = trapWorld(near.base, near.cage.folder);
  world.run(argvOf(trap));
  expect(world.springs(trap)).toBe(true);
});

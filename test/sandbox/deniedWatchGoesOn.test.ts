import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DeniedWatch } from '../../src/node/sandbox/deniedWatch.ts';
import { meanwhile, type World } from '../support/deniedWatching.ts';
import { within } from '../support/processes.ts';
import { temporaryFolder } from '../support/tree.ts';

const GOING_ON: [string, (world: World) => void][] = [
  [
    'other files made, changed, renamed and removed',
    ({ work }) => {
      writeFileSync(join(work, 'new.txt'), 'new');
      appendFileSync(join(work, 'a.txt'), 'more\n');
      renameSync(join(work, 'new.txt'), join(work, 'src/newer.txt'));
      rmSync(join(work, 'src/newer.txt'));
      mkdirSync(join(work, 'x/y/z'), { recursive: true });
      writeFileSync(join(work, 'x/y/z/key'), 'new');
      writeFileSync(join(work, 'x/monkey'), 'new');
    },
  ],
  [
    'a hidden file touched, closed and written in place',
    ({ work }) => {
      utimesSync(join(work, 'old.key'), 1, 1);
      chmodSync(join(work, 'old.key'), 0o600);
      appendFileSync(join(work, 'old.key'), 'SECRET more\n');
      writeFileSync(join(work, 'src/inner.key'), 'SECRET rewritten\n');
    },
  ],
  [
    'a file made and removed in a hidden folder',
    ({ work }) => {
      writeFileSync(join(work, 'vault/more.txt'), 'SECRET');
      rmSync(join(work, 'vault/more.txt'));
    },
  ],
  [
    'a hidden file removed',
    ({ work }) => {
      unlinkSync(join(work, 'old.key'));
    },
  ],
  [
    'a hidden file moved out',
    ({ work, aside }) => {
      renameSync(join(work, 'src/inner.key'), join(aside, 'out'));
    },
  ],
  [
    'a folder with a hidden file removed',
    ({ work }) => {
      rmSync(join(work, 'src'), { recursive: true });
    },
  ],
  [
    'something denied beside the workspace',
    ({ aside }) => {
      writeFileSync(join(aside, 'other.key'), 'SECRET');
    },
  ],
];

test.each(GOING_ON)('a command goes on: %s', async (_name, act) => {
  const { result } = await meanwhile(act);
  expect(result).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: 'begun\nended\n' });
});

test('without denied rules nothing is watched for', async () => {
  const { result, world } = await meanwhile(
    ({ work }) => {
      writeFileSync(join(work, 'new.key'), 'SECRET new\n');
    },
    { denied: [] },
  );
  expect(result.ending).toEqual({ kind: 'exited', code: 0 });
  expect(result.output).toContain('SECRET new');
  expect(existsSync(join(world.work, 'new.key'))).toBe(true);
});

/** How many folders and files this process has watched by the kernel (inotify(7)). */
function watches(): number {
  return readdirSync('/proc/self/fdinfo')
    .map((name) => {
      try {
        return readFileSync(`/proc/self/fdinfo/${name}`, 'latin1').match(/^inotify wd:/gm)?.length ?? 0;
      } catch {
        return 0;
      }
    })
    .reduce((sum, count) => sum + count, 0);
}

test('more folders than are watched one by one are looked at again and again', async () => {
  const base = await temporaryFolder();
  const folders = Array.from({ length: 8200 }, (_, index) => join(base, String(index)));
  for (const folder of folders) mkdirSync(folder);
  const seen: string[] = [];
  const watch = new DeniedWatch({ paths: [], folders, isDenied: (path) => path.endsWith('.key') }, (path) =>
    seen.push(path),
  );
  try {
    let last = -1;
    let most = 0;
    while (last !== most || most === 0) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      [last, most] = [most, watches()];
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(8000);
    const late = join(base, '8199/late.key');
    writeFileSync(late, 'x');
    expect(await within(30_000, () => seen.length > 0)).toBe(true);
    expect(seen).toEqual([late]);
    expect(watches()).toBe(0); // told once, and nothing is left behind
  } finally {
    watch.close();
  }
});

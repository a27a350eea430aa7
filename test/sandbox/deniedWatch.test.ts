import { cpSync, linkSync, mkdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectEnded, LOOKING, meanwhile, type World } from '../support/deniedWatching.ts';

const ENDING: [string, string, (world: World) => void][] = [
  [
    'a denied file at the top',
    'new.key',
    ({ work }) => {
      writeFileSync(join(work, 'new.key'), 'SECRET new\n');
    },
  ],
  [
    'a denied file further down',
    'src/deep/n.key',
    ({ work }) => {
      writeFileSync(join(work, 'src/deep/n.key'), 'SECRET');
    },
  ],
  [
    'one in a new folder in a new folder',
    'new/newer/n.key',
    ({ work }) => {
      mkdirSync(join(work, 'new/newer'), { recursive: true });
      writeFileSync(join(work, 'new/newer/n.key'), 'SECRET new\n');
    },
  ],
  [
    'an empty denied folder',
    'src/vault',
    ({ work }) => {
      mkdirSync(join(work, 'src/vault'));
    },
  ],
  [
    'a rename to a denied name',
    'a.key',
    ({ work }) => {
      renameSync(join(work, 'a.txt'), join(work, 'a.key'));
    },
  ],
  [
    'another name for a file',
    'src/hard.key',
    ({ work }) => {
      linkSync(join(work, 'a.txt'), join(work, 'src/hard.key'));
    },
  ],
  [
    'a link with a denied name',
    'soft.key',
    ({ work }) => {
      symlinkSync('a.txt', join(work, 'soft.key'));
    },
  ],
  [
    'a hidden file replaced as editors do',
    'old.key',
    ({ work }) => {
      writeFileSync(join(work, 'old.key~'), 'SECRET new\n');
      renameSync(join(work, 'old.key~'), join(work, 'old.key'));
    },
  ],
  [
    'a hidden file further down removed and made anew',
    'src/inner.key',
    ({ work }) => {
      unlinkSync(join(work, 'src/inner.key'));
      writeFileSync(join(work, 'src/inner.key'), 'SECRET new\n');
    },
  ],
  [
    'a hidden folder exchanged',
    'vault',
    ({ work, aside }) => {
      renameSync(join(work, 'vault'), join(aside, 'gone'));
      renameSync(join(aside, 'vault'), join(work, 'vault'));
    },
  ],
  [
    'a folder moved in with one inside',
    'folder/sub/x.key',
    ({ work, aside }) => {
      renameSync(join(aside, 'folder'), join(work, 'folder'));
    },
  ],
  [
    'a folder copied in with one inside',
    'src/copy/sub/x.key',
    ({ work, aside }) => {
      cpSync(join(aside, 'folder'), join(work, 'src/copy'), { recursive: true });
    },
  ],
];

describe('a command ends, and shows nothing, when there appears', () => {
  test.each(ENDING)('%s', async (_name, path, act) => {
    const { result, world } = await meanwhile(act);
    expectEnded(result, join(world.work, path));
  });

  test('something denied while it only looks', async () => {
    const { result, world } = await meanwhile(
      ({ work }) => {
        writeFileSync(join(work, 'src/n.key'), 'SECRET new\n');
      },
      { workspace: 'read-only' },
    );
    expectEnded(result, join(world.work, 'src/n.key'));
  });

  test('something that the command made itself', async () => {
    const { result, world } = await meanwhile(() => undefined, {
      command: `mkdir own; echo x > own/o.key; ${LOOKING}`,
    });
    expectEnded(result, join(world.work, 'own/o.key'));
  });

  test('a replaced file, where only a path is denied and nothing else can appear', async () => {
    const { result, world } = await meanwhile(
      ({ work }) => {
        writeFileSync(join(work, 'new'), 'SECRET new\n');
        renameSync(join(work, 'new'), join(work, 'a.txt'));
      },
      { denied: ['a.txt'] },
    );
    expectEnded(result, join(world.work, 'a.txt'));
  });
});

test('what appears right at the start is found too', async () => {
  const { result, world } = await meanwhile(() => undefined, {
    command: `mkdir -p e/a/r/l/y; echo x > e/a/r/l/y/e.key; ${LOOKING}`,
  });
  expectEnded(result, join(world.work, 'e/a/r/l/y/e.key'));
  // It may have been ended between making and writing it; what is there stays.
  expect(['', 'x\n']).toContain(readFileSync(join(world.work, 'e/a/r/l/y/e.key'), 'utf8'));
});

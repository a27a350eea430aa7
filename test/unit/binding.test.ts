import { expect, test } from 'vitest';
import { findBinding } from '../../src/core/engine/binding.ts';
import { boundRun } from '../../src/core/agent/boundRun.ts';
import type { FolderPlaces } from '../../src/core/scope/folderPlaces.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';

/** A disk: paths to which folder stands there, and which commits its git knows. */
function disk(folders: Record<string, string>, commits: Record<string, string[]> = {}): FolderPlaces {
  const file = (path: string): Promise<string | undefined> => Promise.resolve(folders[path]);
  return {
    file,
    mark: async (path) => ({ path, file: (await file(path)) ?? '' }),
    knows: (path, commit) => Promise.resolve(commits[path]?.includes(commit) ?? false),
  };
}

const A = { path: '/a', file: '1' };
const B = { path: '/b', file: '2' };

test.each([
  [
    'both as they were',
    disk({ '/a': '1', '/b': '2' }),
    ['/a', '/b'],
    [
      ['/a', 'place'],
      ['/b', 'place'],
    ],
  ],
  [
    'opened in another order',
    disk({ '/a': '1', '/b': '2' }),
    ['/b', '/a'],
    [
      ['/a', 'place'],
      ['/b', 'place'],
    ],
  ],
  [
    'with a third beside them',
    disk({ '/a': '1', '/b': '2', '/c': '3' }),
    ['/c', '/a', '/b'],
    [
      ['/a', 'place'],
      ['/b', 'place'],
    ],
  ],
  [
    'the second is not open',
    disk({ '/a': '1', '/b': '2' }),
    ['/a'],
    [
      ['/a', 'place'],
      [undefined, 'place'],
    ],
  ],
  [
    'the first was renamed',
    disk({ '/A': '1', '/b': '2' }),
    ['/A', '/b'],
    [
      ['/A', 'file'],
      ['/b', 'place'],
    ],
  ],
  [
    'they changed their names',
    disk({ '/a': '2', '/b': '1' }),
    ['/a', '/b'],
    [
      ['/b', 'file'],
      ['/a', 'file'],
    ],
  ],
  [
    'its mount is gone, and an empty folder is there',
    disk({ '/a': '9', '/b': '2' }),
    ['/a', '/b'],
    [
      ['/a', 'nothing'],
      ['/b', 'place'],
    ],
  ],
  [
    'it is gone',
    disk({ '/b': '2' }),
    ['/b'],
    [
      [undefined, 'nothing'],
      ['/b', 'place'],
    ],
  ],
] as const)('two folders, %s', async (_, places, roots, expected) => {
  const { folders } = await findBinding([A, B], { roots, places });
  expect(folders.map(({ to, shownBy }) => [to, shownBy])).toEqual(expected);
});

test('a folder on the disk goes before one of the same history, and one in its own place before another copy', async () => {
  const mark = { ...A, commit: 'abc' };
  const commits = { '/copy': ['abc'], '/a': ['abc'] };
  const found = async (folders: Record<string, string>): Promise<unknown> =>
    (await findBinding([mark], { roots: ['/copy', '/a', '/moved'], places: disk(folders, commits) })).folders[0];
  expect(await found({ '/copy': '7', '/a': '8', '/moved': '1' })).toMatchObject({ to: '/moved', shownBy: 'file' });
  expect(await found({ '/copy': '7', '/a': '8', '/moved': '9' })).toMatchObject({ to: '/a', shownBy: 'commit' });
});

test('of a run of an earlier version its place alone is known: the same place is it, no other one is found', async () => {
  const old = [{ path: '/a' }];
  expect((await findBinding(old, { roots: ['/a'], places: disk({ '/a': '5' }) })).isPlain).toBe(true);
  const lost = await findBinding(old, { roots: ['/x'], places: disk({ '/x': '5' }) });
  expect(lost).toMatchObject({ roots: [], isLost: true });
});

test('what a person agreed to is another question as soon as anything of it is another', async () => {
  const keys = await Promise.all(
    [disk({ '/x': '1' }), disk({ '/x': '9' }), disk({ '/x': '9' }, { '/x': ['abc'] })].map(
      async (places) => (await findBinding([{ ...A, commit: 'abc' }], { roots: ['/x'], places }, '/x')).key,
    ),
  );
  expect(new Set(keys).size).toBe(3);
});

test('the model reads of the new places; what was said stays as it was said, and what left is named where it is now', () => {
  const messages = [
    { role: 'system' as const, text: 'old' },
    { role: 'user' as const, text: 'look at /a/x' },
  ];
  const before = { task: 't', folder: '/a', folders: [A, B], turn: 1, flags: NO_FLAGS, messages };
  const contentOf = ['/a/x', '?/a/', '/ab/y', '/b/z'];
  const once = boundRun({ ...before, contentOf }, [{ from: '/a', to: '/c' }, { from: '/b' }]);
  expect(once.contentOf).toEqual(['/c/x', '?/c/', '/ab/y', '/b/z']);
  expect(once.messages.slice(1)).toEqual(messages.slice(1));
  const twice = boundRun(once, [{ from: '/c', to: '/d' }])
    .messages[0]?.text.split('\n')
    .slice(-3);
  expect(twice).toEqual([
    'Since then: what was /a is now /c. Paths said earlier mean the same files there.',
    'Since then: /b is no part of the workspace any more.',
    'Since then: what was /c is now /d. Paths said earlier mean the same files there.',
  ]);
});

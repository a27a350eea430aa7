import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { outcomes, workbench, type Turn } from '../support/workbench.ts';
import { placeIn } from '../support/places.ts';

const ROOM = 100_000;
const FULL = { undo: 'whole', place: placeIn('/nowhere') } as const;
const FREE = 'confirm_actions: false\n';

/** Writes the same file again and again, each time something else: the text before is kept each time. */
const WRITES: Turn = {
  calls: Array.from({ length: 8 }, (_, at) => ({
    name: 'write_file',
    args: { path: 'a.txt', content: `${at}`.padEnd(30_000, 'x') },
  })),
};

async function bench(room?: number): ReturnType<typeof workbench> {
  return workbench({
    userPolicy: FREE,
    files: { 'a.txt': 'first'.padEnd(30_000, 'y') },
    answer: () => ({ choice: 'deny' }),
    change: ({ parts, folders }) => {
      if (room !== undefined) parts.checkpoints = new BlobCheckpoints(folders.data, room);
    },
  });
}

test('a run that has had so much kept of what it changes is asked for what follows: it cannot be undone', async () => {
  const narrow = await bench(ROOM);
  const events = await narrow.run([WRITES]);
  expect(outcomes(events)).toEqual([...Array<string>(3).fill('done'), ...Array<string>(5).fill('denied:person')]);
  expect(narrow.asked[0]?.undo).toContain('too much to keep a copy of');
  const kept = events.flatMap(({ type, data }) => (type === 'checkpoint' ? [Number(data['bytes'])] : []));
  expect(kept.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(ROOM);
});

test('the control: with room for it nothing is asked; another run has room of its own', async () => {
  const roomy = await bench();
  expect(outcomes(await roomy.run([WRITES]))).toEqual(Array<string>(8).fill('done'));
  const narrow = await bench(ROOM);
  await narrow.run([WRITES]);
  expect(outcomes(await narrow.run([{ calls: WRITES.calls?.slice(4, 6) ?? [] }]))).toEqual(['done', 'done']);
});

test('what an earlier process kept for a run counts; a content that is there already takes no room', async () => {
  const { folder, data } = await bench();
  const [file, other] = [join(folder, 'b.txt'), join(folder, 'c.txt')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, 'b'.repeat(60_000));
  writeFileSync(other, 'c'.repeat(60_000));
  const image = (path: string): { path: string; kind: 'other' } => ({ path, kind: 'other' });
  const first = new BlobCheckpoints(data, ROOM);
  for (const action of ['a1', 'a2'])
    await first.begin({ run: 'r', action }, { kind: 'paths', before: [image(file)] }, FULL);
  const WHOLE = { kind: 'whole' };
  expect(await first.foresee('other', [other])).toEqual(WHOLE);
  for (const checkpoints of [first, new BlobCheckpoints(data, ROOM)])
    expect(await checkpoints.foresee('r', [other])).toEqual({ kind: 'none', why: 'too large' });
  expect(await first.foresee('r', [])).toEqual(WHOLE);
});

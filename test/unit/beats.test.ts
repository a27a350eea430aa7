import { expect, onTestFinished, test } from 'vitest';
import { Beats } from '../../src/vscode/beats.ts';

const TICK_MS = 2;

function beating(ask: () => PromiseLike<unknown>): { beats: Beats; changes: boolean[] } {
  const beats = new Beats(ask, TICK_MS);
  onTestFinished(() => {
    beats.dispose();
  });
  const changes: boolean[] = [];
  beats.onChange(() => changes.push(beats.isThere()));
  return { beats, changes };
}

test('who answers is there, and one that refuses is too', async () => {
  let asked = 0;
  const { beats, changes } = beating(() => {
    asked += 1;
    return asked % 2 === 0 ? Promise.resolve() : Promise.reject(new Error('no'));
  });
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(20);
  expect([beats.isThere(), changes]).toEqual([true, []]);
});

test('who does not answer any more is gone, is asked nothing meanwhile, and is there again with a late answer', async () => {
  let asked = 0;
  let late: (() => void) | undefined;
  const { beats, changes } = beating(() => {
    asked += 1;
    return new Promise<void>((resolve) => {
      late = resolve;
    });
  });
  await expect.poll(() => beats.isThere(), { timeout: 20_000 }).toBe(false);
  expect(asked).toBe(1);
  late?.();
  await expect.poll(() => beats.isThere(), { timeout: 20_000 }).toBe(true);
  expect(changes).toEqual([false, true]);
});

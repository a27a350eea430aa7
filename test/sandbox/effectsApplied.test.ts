import { expect, test } from 'vitest';
import { together, twins, WRITING } from '../support/effectsTable.ts';
import { temporaryFolder } from '../support/tree.ts';

test('applying what a dry run showed is running the command', { timeout: 900_000 }, async () => {
  expect(WRITING.length).toBeGreaterThanOrEqual(60);
  const both = await twins(await temporaryFolder());
  const wrong: unknown[] = [];
  for (let at = 0; at < WRITING.length; at += 8) {
    const lines = WRITING.slice(at, at + 8);
    const { differs, early, means, ran, dry } = await both.command(together(lines));
    expect(means).toBe('overlay');
    const isSame = JSON.stringify(dry) === JSON.stringify(ran);
    if (!isSame || differs.length > 0 || early.length > 0) wrong.push({ lines, differs, early, dry, ran });
  }
  expect(wrong).toEqual([]);
});

test('so it is where the workspace is copied', { timeout: 600_000 }, async () => {
  const both = await twins(await temporaryFolder(), ['copy']);
  const wrong: unknown[] = [];
  for (let at = 0; at < WRITING.length; at += 24) {
    const lines = WRITING.slice(at, at + 24);
    const { differs, early, means, ran, dry } = await both.command(together(lines));
    expect(means).toBe('copy');
    const isSame = JSON.stringify(dry) === JSON.stringify(ran);
    if (!isSame || differs.length > 0 || early.length > 0) wrong.push({ lines, differs, early, dry, ran });
  }
  expect(wrong).toEqual([]);
});

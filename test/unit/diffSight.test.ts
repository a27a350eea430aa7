import { describe, expect, test } from 'vitest';
import { editCard } from '../../src/core/tools/files/diffCard.ts';
import { LOOK_GAP_MS, SETTLE_MS } from '../../src/shared/arming.ts';
import type { Approval } from '../../src/shared/approval.ts';
import type { Block } from '../../src/shared/block.ts';
import { DiffSight, seenInDiff, type DiffShown } from '../../src/shared/diffSight.ts';
import { approvalOf } from '../support/cards.ts';

const lines = (count: number, word = 'line'): string[] => Array.from({ length: count }, (_, at) => `${word} ${at}`);
const text = (all: readonly string[]): string => `${all.join('\n')}\n`;

async function changing(before: string, after: string, said: Partial<Approval> = {}): Promise<Approval> {
  const file = { shown: 'a.txt', absolute: '/w/a.txt', change: 'edit', unsaved: false } as const;
  const { blocks } = await editCard({ ...file, before, after, misfit: undefined, broken: undefined, kept: undefined });
  return { ...approvalOf(blocks), ...said };
}

describe('what must have been in sight', () => {
  test('the changed lines of both sides, counted from the top', async () => {
    const before = lines(40);
    const after = [...before.slice(0, 3), 'new', ...before.slice(3, 20), ...before.slice(22)];
    expect(seenInDiff(await changing(text(before), text(after)), false)).toEqual({ before: [20, 21], after: [3] });
    expect(seenInDiff(await changing('', 'a\nb\n'), false)).toEqual({ before: [], after: [0, 1] });
  });

  test('lines that look like parts of a diff are lines', async () => {
    const approval = await changing('-- a\n++ b\nc\n', '+++ x\n@@ -1 +1 @@\nc\n');
    expect(seenInDiff(approval, false)).toEqual({ before: [0, 1], after: [0, 1] });
  });

  test('where the diff view does not show all that the card has, nothing is offered there', async () => {
    const plain = await changing('a\n', 'b\n');
    expect(seenInDiff(plain, false)).toBeDefined(); // control
    const [block] = plain.card.blocks;
    if (block?.kind !== 'diff') throw new Error('no diff');
    const sentence = {
      kind: 'sentence',
      icon: 'warning',
      tone: 'warning',
      words: ['It is left broken.'],
    } satisfies Block;
    const others: Partial<Approval>[] = [
      { consequence: ['Something would be lost.'] },
      { askedAgain: 'It changed.' },
      { lights: ['outward'] },
      { card: { kind: 'x', blocks: [] } },
      { card: { kind: 'x', blocks: [block, sentence] } },
      { card: { kind: 'x', blocks: [block, block] } },
      { card: { kind: 'x', blocks: [{ ...block, unseen: { lines: 1, characters: 9 } }] } },
      { card: { kind: 'x', blocks: [{ ...block, unsaved: true }] } },
      { card: { kind: 'x', blocks: [{ ...block, added: 2 }] } },
    ];
    for (const other of others)
      expect(seenInDiff({ ...plain, ...other }, false), JSON.stringify(other)).toBeUndefined();
    expect(seenInDiff(await changing('a\n', 'b\u200B\n'), true), 'hidden').toBeUndefined();
    expect(seenInDiff(await changing('a\n', text(lines(5000))), true), 'cut').toBeUndefined();
  });

  test('a line that may run beyond the edge is approved there only where lines wrap', async () => {
    const long = await changing('a\n', `${'b'.repeat(90)}\n`);
    expect(seenInDiff(long, false)).toBeUndefined();
    expect(seenInDiff(long, true)).toEqual({ before: [0], after: [0] });
  });
});

describe('when it is armed', () => {
  const TO_SEE = { before: [5], after: [5, 80] };
  const top = { from: 0, to: 40 };
  const end = { from: 60, to: 100 };
  const shown = (said: Partial<DiffShown>): DiffShown => ({
    ...{ question: 'q d', place: '1 a', isLookedAt: true, before: [top], after: [top] },
    ...said,
  });
  /** Looks from one moment to another, as often as the editor does. */
  function looking(sight: DiffSight, said: Partial<DiffShown>, from: number, to: number): boolean {
    let isArmed = false;
    for (let now = from; now <= to; now += 100) isArmed = sight.look(shown(said), now);
    return isArmed;
  }

  test('not before all of it was in sight, and then not before a moment more', () => {
    const sight = new DiffSight(TO_SEE);
    expect(looking(sight, {}, 0, 5000), 'the end was never in sight').toBe(false);
    expect(looking(sight, { after: [end] }, 5100, 5100 + SETTLE_MS - 100)).toBe(false);
    expect(looking(sight, { after: [end] }, 5100 + SETTLE_MS, 5200 + SETTLE_MS)).toBe(true);
  });

  test('what went by in a window that nobody looked at was not seen', () => {
    const sight = new DiffSight(TO_SEE);
    looking(sight, { isLookedAt: false, after: [top, end] }, 0, 3000);
    expect(looking(sight, {}, 3100, 9000)).toBe(false);
  });

  test.each<[string, Partial<DiffShown>]>([
    ['another question stands there', { question: 'q other' }],
    ['it moved', { place: '2 a' }],
    ['the window lost the focus', { isLookedAt: false }],
  ])('where %s, it waits anew', (_, said) => {
    const sight = new DiffSight(TO_SEE);
    expect(looking(sight, { after: [top, end] }, 0, 2000)).toBe(true);
    expect(sight.look(shown({ after: [top, end], ...said }), 2100)).toBe(false);
    expect(sight.look(shown({ after: [top, end] }), 2200)).toBe(false);
    expect(looking(sight, { after: [top, end] }, 2300, 2300 + SETTLE_MS)).toBe(true);
  });

  test('looks that lie far apart prove nothing about the time between them', () => {
    const sight = new DiffSight(TO_SEE);
    for (let now = 0; now < 20_000; now += LOOK_GAP_MS + 1)
      expect(sight.look(shown({ after: [top, end] }), now)).toBe(false);
  });
});

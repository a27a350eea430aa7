import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApprovalDesk } from '../../src/core/approval/desk.ts';
import { editCard } from '../../src/core/tools/files/diffCard.ts';
import { shownChange } from '../../src/core/tools/files/shownChange/shownChange.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { isSeen, seenSoFar } from '../../webview/state/reading.ts';
import { approvalOf } from '../support/cards.ts';

const NOTHING = { lines: 0, characters: 0 };
const FILLER = 'function f(){return 12345}';

test('of a long line the changed places are shown, with their columns, and none of them is left out', async () => {
  const line = (one: string, other: string): string =>
    `var a=1;${FILLER.repeat(4000)}var ONE=${one};${FILLER.repeat(8000)}var OTHER=${other};${FILLER.repeat(50)}\n`;
  const { diff, unseen, added, removed } = await shownChange(line('1', '2'), line('evil()', 'worse()'));
  expect({ unseen, added, removed }).toEqual({ unseen: NOTHING, added: 1, removed: 1 });
  expect(diff.length).toBeLessThan(2000);
  const [, gone = '', come = ''] = diff.split('\n');
  expect(gone).toMatch(/^-.*var ONE=1;.*var OTHER=2;/);
  expect(come).toMatch(/^\+.*var ONE=evil\(\);.*var OTHER=worse\(\);/);
  expect(gone).toContain(
    `[… ${4000 * FILLER.length + 8 + 8 - 60} characters unchanged, column ${4000 * FILLER.length + 17 - 60}: …]`,
  );
});

test('each kind of file without short lines shows what changes', async () => {
  const numbers = Array.from({ length: 60_000 }, (_, index) => index);
  const cases: [before: string, after: string, shown: string][] = [
    [JSON.stringify(numbers), JSON.stringify(numbers.toSpliced(40_000, 1, -7)), '-7'],
    // Old line ends: one line to everybody else.
    [numbers.join('\r'), numbers.toSpliced(50_000, 0, -7).join('\r'), '-7\\u{000D}'],
    ['x'.repeat(50_000), `${'x'.repeat(25_000)}evil${'x'.repeat(25_000)}`, 'evil'],
    [`${'x'.repeat(30_000)}evil`, 'x'.repeat(30_000), 'evil'],
    [`${'😀'.repeat(9000)}a${'😀'.repeat(9000)}`, `${'😀'.repeat(9000)}evil${'😀'.repeat(9000)}`, 'evil'],
    ['a\n', `a\n${'harmless '.repeat(9000)}evil`, 'evil'],
  ];
  for (const [before, after, shown] of cases) {
    const { diff } = await shownChange(before, after);
    expect(diff).toContain(shown);
    expect(diff.length).toBeLessThan(21_000);
    expect(diff).not.toContain('\\u{D83D}');
  }
});

test('a great change leaves room for the others, and what goes for what comes', async () => {
  const many = Array.from({ length: 3000 }, (_, index) => `line ${index} ${'of filler '.repeat(5)}`);
  const after = [...many.map((line) => line.toUpperCase()).slice(0, 1500), ...many.slice(1500)].toSpliced(
    2900,
    1,
    'rm -rf evil()',
  );
  const { diff, unseen } = await shownChange(many.join('\n'), after.join('\n'));
  expect(diff).toContain('+rm -rf evil()');
  for (const first of ['-line 0 ', '+LINE 0 ', '-line 1499 ', '+LINE 1499 ']) expect(diff).toContain(`\n${first}`);
  expect(unseen.lines).toBeGreaterThan(1000);
  expect(diff).toContain('removed lines, ');
});

test('of more places than have room the first and the last are shown, and the others are counted', async () => {
  const lines = Array.from({ length: 8000 }, (_, index) => `${index}`);
  const { diff, unseen, added } = await shownChange(
    lines.join('\n'),
    lines.map((line, index) => (index % 4 === 0 ? `changed ${line}` : line)).join('\n'),
  );
  expect(added).toBe(2000);
  expect(diff).toContain('+changed 0\n');
  expect(diff).toContain('+changed 7996\n');
  const shown = diff.split('\n').filter((line) => /^[-+]/.test(line)).length;
  expect(unseen.lines + shown).toBe(4000);
  expect(diff).toMatch(/\[… \d+ more changed places, \d+ changed lines, not shown …\]/);
});

test('what is cut is counted, whatever the change: nothing is missing without a word', async () => {
  const text = fc
    .array(fc.tuple(fc.constantFrom('a', 'bc', ' ', '\u202E'), fc.integer({ min: 0, max: 9000 })), { maxLength: 12 })
    .map((parts) => parts.map(([part, count]) => part.repeat(count)).join('\n'));
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      const { diff, unseen } = await shownChange(before, after);
      expect(diff.includes('not shown')).toBe(unseen.lines > 0);
    }),
    { numRuns: 60 },
  );
});

test('an approval of more than is shown says how much that is, or it is none', async () => {
  const after = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join('');
  const names = { shown: 'a.txt', absolute: '/w/a.txt', unsaved: false, broken: undefined } as const;
  const card = await editCard({ ...names, change: 'create', before: undefined, after });
  const small = await editCard({ ...names, change: 'edit', before: 'a\n', after: 'b\n' });
  const unseen = unseenLines(card.blocks);
  expect(unseen).toBeGreaterThan(0);
  const desk = new ApprovalDesk();
  const action = { tool: 't' } as never;
  const ask = (id: string, blocks: typeof card.blocks) =>
    desk.ask({ ...approvalOf(blocks), id }, { action }, new AbortController().signal);
  const long = ask('long', card.blocks);
  const short = ask('short', small.blocks);
  const approve = (id: string, counted?: number): boolean =>
    desk.answer(id, 'd1', { choice: 'approve', ...(counted !== undefined && { unseen: counted }) }, IN_EDITOR);
  expect(approve('long')).toBe(false);
  expect(approve('long', unseen - 1)).toBe(false);
  expect(approve('long', unseen)).toBe(true);
  expect(approve('short')).toBe(true); // control
  expect((await long).answer).toEqual({ choice: 'approve', unseen });
  expect((await short).answer).toEqual({ choice: 'approve' });
});

test('a line has been in sight when its parts were, one after the other', () => {
  const seen = (spans: [number, number][]): boolean =>
    isSeen(
      spans.reduce<ReturnType<typeof seenSoFar>>((so, [from, to]) => seenSoFar(so, { from, to }), undefined),
      500,
    );
  expect(seen([[0, 500]])).toBe(true);
  expect(
    seen([
      [0, 200],
      [190, 400],
      [399, 500],
    ]),
  ).toBe(true);
  expect(
    seen([
      [0, 200],
      [300, 500],
    ]),
  ).toBe(false);
  expect(
    seen([
      [300, 500],
      [0, 200],
    ]),
  ).toBe(false);
  expect(
    seen([
      [300, 500],
      [100, 310],
      [0, 100],
    ]),
  ).toBe(true);
  expect(isSeen(seenSoFar(undefined, undefined), 500)).toBe(false);
});

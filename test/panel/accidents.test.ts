import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { panelPages, type Panel } from './page.ts';
import { STATES } from './states.ts';
import { unarmedPanel } from './unarmed.ts';

const SIZE = { width: 300, height: 700 };
/** Less than a card has to stand still. */
const SHORT_MS = 350;

const openPanel = panelPages();
const openUnarmed = panelPages(unarmedPanel);

const approvals = (said: readonly FromPanel[]): FromPanel[] =>
  said.filter((one) => one.type === 'answer' && one.answer.choice !== 'deny');

/** The states with a card, each time another question than before. */
function cards(number: number): PanelState {
  const states = [STATES.command, STATES.edit, STATES.several, STATES.delete, STATES.running, STATES['long edit']];
  states.push(STATES['as changed'], STATES['change refused']);
  const state = states[number % states.length] ?? STATES.command;
  return {
    ...state,
    approvals: state.approvals.map((one, index) => ({ ...one, id: `a${number}-${index}`, digest: `d${number}` })),
  };
}

/** Opens the text of the card that is shown, if it has one, and changes it. */
async function beginEdit(page: Panel['page']): Promise<boolean> {
  const isOpen = await page.evaluate(async () => {
    const press = (name: string): boolean => {
      const button = document.querySelector<HTMLElement>(`[data-testid="${name}"]`);
      button?.click();
      return button !== null;
    };
    const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
    if (!press('approve-menu')) return false;
    await drawn();
    if (!press('edit-first')) return false;
    await drawn();
    const box = document.querySelector<HTMLTextAreaElement>('[data-testid="edit-text"]');
    box?.focus();
    return box !== null;
  });
  if (isOpen) await page.keyboard.insertText('x');
  return isOpen;
}

async function panel(): Promise<Panel> {
  return openPanel('dark', SIZE);
}

const BLOW = fc.oneof(
  fc.record({ kind: fc.constant('click' as const), x: fc.nat(SIZE.width - 1), y: fc.nat(SIZE.height - 1) }),
  // Where the answers of a card mostly are.
  fc.record({ kind: fc.constant('click' as const), x: fc.nat(120), y: fc.integer({ min: 600, max: 660 }) }),
  fc.record({
    kind: fc.constant('key' as const),
    key: fc.constantFrom('Enter', ' ', 'Control+Enter', 'Tab', 'Shift+Tab', 'a', 'y', 'Escape', 'ArrowDown'),
  }),
);

/** Clicks and strokes at random, the same ones each time, while cards come, move and change. */
async function rain({ page, show }: Panel, blows: number): Promise<{ cards: number; edited: number }> {
  let number = 0;
  let edited = 0;
  let shownAt = 0;
  for (const one of fc.sample(BLOW, { numRuns: blows, seed: 20_261 })) {
    if (performance.now() - shownAt > SHORT_MS) {
      await show(cards((number += 1)));
      shownAt = performance.now();
      // Every other card is being changed when the next blow comes: what is typed goes into its text.
      if (number % 2 === 0 && (await beginEdit(page))) edited += 1;
    }
    if (one.kind === 'click') await page.mouse.click(one.x, one.y);
    else await page.keyboard.press(one.key);
  }
  return { cards: number, edited };
}

test('2,000 clicks and strokes at random, while cards come, move and change: none approves', async () => {
  const { page, ...shown } = await panel();
  const came = await rain({ page, ...shown }, 2000);
  expect(came.cards).toBeGreaterThan(10);
  expect(came.edited).toBeGreaterThan(3);
  expect(approvals(await shown.said())).toEqual([]);
  await page.close();
});

test('control: of the same clicks and strokes some approve, where the panel is built without the wait', async () => {
  const { page, ...shown } = await openUnarmed('dark', SIZE);
  await rain({ page, ...shown }, 300);
  expect(approvals(await shown.said()).length).toBeGreaterThan(0);
  await page.close();
});

test('control: a card that stood still is approved by one click, and by Control+Enter, never by Enter', async () => {
  for (const press of ['click', 'Enter', 'Control+Enter'] as const) {
    const { page, show, said } = await panel();
    await show(STATES.command);
    const approve = page.getByTestId('approve');
    await expect.poll(() => approve.isEnabled(), { timeout: 90_000 }).toBe(true);
    if (press === 'click') await approve.click();
    else {
      await approve.focus();
      await page.keyboard.press(press);
    }
    await page.waitForTimeout(200);
    expect(approvals(await said()), press).toHaveLength(press === 'Enter' ? 0 : 1);
    await page.close();
  }
});

test('all that are shown are approved together only after each was in sight', async () => {
  const { page, show, said } = await panel();
  await show(STATES.several);
  const together = page.getByTestId('approve-all');
  const next = page.getByRole('button', { name: 'The next question' });
  for (let at = 0; at < STATES.several.approvals.length; at += 1) {
    expect(await together.count()).toBe(0);
    await expect.poll(() => page.getByTestId('approve').isEnabled(), { timeout: 90_000 }).toBe(true);
    if (at < STATES.several.approvals.length - 1) await next.click();
  }
  await expect.poll(() => together.isEnabled(), { timeout: 90_000 }).toBe(true);
  await together.click();
  const answered = approvals(await said()).map((one) => one.type === 'answer' && one.approval);
  expect(answered).toEqual(STATES.several.approvals.map(({ id }) => id));
  await page.close();
});

test('a window that has no focus arms nothing, and one that just got it arms after a moment only', async () => {
  const { page, show } = await panel();
  const away = await page.context().browser()?.newPage();
  await show({ ...STATES.command, attended: false });
  await page.evaluate(() => {
    document.hasFocus = () => false; // a headless page always says that it has it
  });
  await page.waitForTimeout(1500);
  expect(await page.getByTestId('approve').isEnabled()).toBe(false);
  await show(STATES.command);
  expect(await page.getByTestId('approve').isEnabled()).toBe(false);
  await expect.poll(() => page.getByTestId('approve').isEnabled(), { timeout: 90_000 }).toBe(true);
  await away?.close();
  await page.close();
});

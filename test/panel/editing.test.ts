import { expect, test } from 'vitest';
import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { panelPages, type Panel } from './page.ts';
import { STATES } from './states.ts';

const openPanel = panelPages();

interface Open extends Panel {
  answers(): Promise<unknown[]>;
  press(name: string): Promise<void>;
  isArmed: () => Promise<boolean>;
  text(): Promise<string>;
}

/** A card, whose text is being changed. */
async function editing(state: PanelState): Promise<Open> {
  const panel = await openPanel('dark', { width: 300, height: 700 });
  const { page, show, said } = panel;
  await show(state);
  const press = (name: string): Promise<void> => page.getByTestId(name).click();
  await press('approve-menu');
  await press('edit-first');
  return {
    ...{ ...panel, press },
    answers: async () => (await said()).flatMap((one: FromPanel) => (one.type === 'answer' ? one.answer : [])),
    isArmed: () => page.getByTestId('approve-edited').isEnabled(),
    text: () => page.getByTestId('edit-text').inputValue(),
  };
}

const armed = (panel: Open): Promise<void> => expect.poll(panel.isArmed, { timeout: 90_000 }).toBe(true);

test('what is typed is approved as typed, after it has stood still; nothing before, and not as it was', async () => {
  const panel = await editing(STATES.command);
  const { page } = panel;
  expect(await panel.text()).toBe('rm -rf build/');
  await page.waitForTimeout(1200);
  expect(await panel.isArmed(), 'nothing was changed').toBe(false);
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' -v');
  expect(await panel.isArmed(), 'each stroke begins the wait anew').toBe(false);
  for (const key of ['Enter', 'Control+Enter', 'Control+Backspace']) await page.keyboard.press(key);
  expect(await panel.answers()).toEqual([]);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('rm -rf build/ -v');
  await armed(panel);
  await panel.press('approve-edited');
  expect(await panel.answers()).toEqual([{ choice: 'approve-edited', text: 'rm -rf build/ -v' }]);
  await page.close();
});

test('Cancel gives the card back as it was, with what was read of it', async () => {
  const panel = await editing(STATES.command);
  const { page } = panel;
  await page.keyboard.type('something else');
  await panel.press('cancel-edit');
  expect(await page.getByTestId('edit-text').count()).toBe(0);
  await expect.poll(() => page.getByTestId('approve').isEnabled(), { timeout: 90_000 }).toBe(true);
  await panel.press('approve');
  expect(await panel.answers()).toEqual([{ choice: 'approve' }]);
  await page.close();
});

test('lines that were not in sight are told with the answer', async () => {
  const panel = await editing(STATES['long edit']);
  const { page } = panel;
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('x');
  await armed(panel);
  await panel.press('approve-edited');
  const [answer] = (await panel.answers()) as { unseen?: number }[];
  expect(answer?.unseen).toBeGreaterThan(100);
  await page.close();
});

test('what could not be is still there to be mended; on another card it is not', async () => {
  const panel = await editing(STATES.command);
  const { page, show } = panel;
  await page.keyboard.press('Control+A');
  await page.keyboard.type('rm -rf dist/');
  await show(STATES['change refused']); // of the same action
  expect(await page.getByTestId('edit-text').count(), 'the card is shown first').toBe(0);
  await panel.press('approve-menu');
  await panel.press('edit-first');
  expect(await panel.text()).toBe('rm -rf dist/');
  const [other] = STATES.command.approvals;
  if (!other) throw new Error('no card');
  await show({ ...STATES.command, approvals: [{ ...other, id: 'b', action: 'y1' }] });
  await panel.press('approve-menu');
  await panel.press('edit-first');
  expect(await panel.text()).toBe('rm -rf build/');
  await page.close();
});

test('characters that a text box does not show are said', async () => {
  const panel = await editing(STATES.command);
  const { page } = panel;
  expect(await page.getByTestId('edit-hidden').count()).toBe(0);
  await page.keyboard.insertText('a\u200Bb');
  expect(await page.getByTestId('edit-hidden').count()).toBe(1);
  await page.close();
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry, PanelState } from '../../src/shared/runView.ts';
import { panelPages, type Panel, type PanelTheme } from './page.ts';
import { STATES } from './states.ts';

const PICTURES = join('test-results', 'panel');
const SIZE = { width: 300, height: 700 };

mkdirSync(PICTURES, { recursive: true });
const openPanel = panelPages();

const open = (theme: PanelTheme = 'dark'): Promise<Panel> => openPanel(theme, SIZE);

test('words are found in the conversation, also where it is folded, and the keyboard leads through them', async () => {
  const { page, show } = await open();
  await show(STATES.running);
  await page.getByTestId('transcript').focus();
  await page.keyboard.press('Control+f');
  const field = page.getByTestId('find');
  await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.type('RECEIPT');
  const found = page.getByTestId('found');
  await expect.poll(() => found.innerText()).toBe('1 of 1'); // it stands in an output that is folded
  const output = page.getByText('not ok 1 - the total of a receipt');
  expect(await output.isVisible()).toBe(false);
  await page.keyboard.press('Enter');
  await expect.poll(() => output.isVisible()).toBe(true);
  await page.screenshot({ path: join(PICTURES, 'find-dark-300.png') });
  const drawn = (): Promise<number> => page.evaluate(() => CSS.highlights.get('found')?.size ?? -1);
  expect(await drawn()).toBe(1);
  await field.fill('test');
  await expect.poll(() => found.innerText()).toMatch(/^1 of [3-9]$/);
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => found.innerText()).toMatch(/^([3-9]) of \1$/);
  await field.fill('no such words');
  await expect.poll(() => found.innerText()).toBe('No results');
  await page.keyboard.press('Escape');
  await expect.poll(() => field.count()).toBe(0);
  expect(await drawn()).toBe(0);
});

test('what comes while one looks is found too', async () => {
  const { page, show } = await open();
  await show(STATES.running);
  await page.getByTestId('transcript').focus();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('pomegranate');
  await expect.poll(() => page.getByTestId('found').innerText()).toBe('No results');
  const run = STATES.running.run as NonNullable<PanelState['run']>;
  const more: Entry = { kind: 'assistant', text: 'a pomegranate, a Pomegranate', streaming: false };
  await show({ ...STATES.running, run: { ...run, entries: [...run.entries, more] } });
  await expect.poll(() => page.getByTestId('found').innerText()).toBe('1 of 2');
});

test('messages that wait are taken back, or to the box', async () => {
  const { page, show, said } = await open();
  await show(STATES.queued);
  await page.getByTestId('edit-queued').first().click();
  await page.getByTestId('withdraw').last().click();
  expect((await said()).filter(({ type }) => type === 'withdraw')).toEqual([
    { type: 'withdraw', message: 'm1', edit: true },
    { type: 'withdraw', message: 'm2', edit: false },
  ]);
});

test('an earlier run is one press away; what is wrong with a policy leads to its place', async () => {
  const { page, show, said } = await open();
  await show(STATES['earlier runs']);
  await page.getByTestId('earlier-run').nth(1).click();
  await page.getByTestId('all-runs').click();
  await show(STATES['policy broken']);
  await page.getByTestId('policy-note').first().click();
  expect((await said()).filter(({ type }) => /show-run|open-policy/.test(type))).toEqual([
    { type: 'show-run', run: 'r2' },
    { type: 'show-runs' },
    { type: 'open-policy', at: { file: '/home/ada/policy.yaml', line: 2, column: 1 } },
  ]);
  // Why nothing can be sent is said where one types.
  await page.getByTestId('task-box').fill('do it');
  expect(await page.getByTestId('send').isDisabled()).toBe(true);
  expect(await page.getByTestId('why-off').innerText()).toContain('until the policy’s errors are mended');
  await show(STATES.empty);
  await expect.poll(() => page.getByTestId('send').isDisabled()).toBe(false); // or it was never of the policy
});

test('words from right to left read so, and move nothing of the panel', async () => {
  const { page, show } = await open();
  const run = STATES.running.run as NonNullable<PanelState['run']>;
  const entries: Entry[] = [
    { kind: 'user', text: 'تحقق من الملف src/total.mjs من فضلك' },
    {
      kind: 'assistant',
      text: 'המבחן נכשל ב־`total.test.mjs`: 500 !== 699.\n\nThen in English again.',
      streaming: false,
    },
  ];
  await show({ ...STATES.running, run: { ...run, entries } });
  await page.screenshot({ path: join(PICTURES, 'right-to-left-dark-300.png') });
  const directionOf = (text: string): Promise<string> =>
    page
      .getByText(text)
      .first()
      .evaluate((one) => getComputedStyle(one).direction + getComputedStyle(one).unicodeBidi);
  expect(await directionOf('המבחן נכשל')).toMatch(/^rtl|plaintext/);
  expect(await directionOf('Then in English again.')).toMatch(/^ltr|plaintext/);
  const [inner, outer] = await page.getByTestId('transcript').evaluate((one) => [one.scrollWidth, one.clientWidth]);
  expect(inner).toBe(outer);
});

test('with forced colours and without motion everything is still there', async () => {
  const { page, show } = await open('high-contrast');
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await show(STATES.command);
  await page.screenshot({ path: join(PICTURES, 'forced-colours-300.png') });
  const approve = page.getByTestId('approve');
  const border = await approve.evaluate(
    (one) => getComputedStyle(one).borderTopStyle + getComputedStyle(one).borderTopWidth,
  );
  expect(border).toMatch(/^solid[1-9]/); // a background alone is not drawn then
  await show(STATES.running);
  const moving = await page.evaluate(
    () => document.getAnimations().filter((one) => one.playState === 'running').length,
  );
  expect(moving).toBe(0);
  await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'no-preference' });
  await expect
    .poll(() => page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length))
    .toBeGreaterThan(0); // or nothing moved before
});

test('images are pasted where the model takes them, and said to be refused where it does not', async () => {
  const { page, show, said } = await open();
  const paste = (): Promise<void> =>
    page.getByTestId('task-box').evaluate((box) => {
      const bytes = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'), (one) => one.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'screen.png', { type: 'image/png' }));
      box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
  await show(STATES.running);
  await paste();
  await expect.poll(() => page.getByTestId('paste-problem').innerText()).toContain('not known to take images');
  expect(await page.getByTestId('pasted').count()).toBe(0);

  await show({ ...STATES.running, model: { ...STATES.running.model, takesImages: true } });
  await paste();
  await paste();
  await expect.poll(() => page.getByTestId('pasted').locator('li').count()).toBe(2);
  await page.screenshot({ path: join(PICTURES, 'pasted-dark-300.png') });
  await page.getByTestId('pasted').getByRole('button').first().click();
  await page.getByTestId('task-box').fill('What is wrong here?');
  await page.getByTestId('send').click();
  const [sent] = (await said()).filter(({ type }) => type === 'send');
  expect(sent).toMatchObject({ text: 'What is wrong here?', images: [expect.stringMatching(/^iVBORw0KGgo/)] });
  await expect.poll(() => page.getByTestId('pasted').count()).toBe(0);
});

test('of thousands of entries the end is drawn; earlier ones come above what is in sight; one that is asked for is found', async () => {
  const { page, show } = await open();
  const run = STATES.running.run as NonNullable<PanelState['run']>;
  const many = Array.from({ length: 3000 }, (_, index): Entry => {
    if (index % 2 === 0) return { kind: 'user', text: `message ${index}` };
    const said = { id: `x${index}`, tool: 'run_command', title: `Run node ${index}` };
    return { kind: 'action', ...said, status: 'failed', decidedBy: 'you' };
  });
  await show({ ...STATES.running, run: { ...run, entries: many, entriesBefore: 7 } });
  const drawn = page.getByTestId('entry');
  const transcript = page.getByTestId('transcript');
  const fromEnd = (): Promise<number> =>
    transcript.evaluate((one) => one.scrollHeight - one.clientHeight - one.scrollTop);
  await expect.poll(() => drawn.count()).toBe(300);
  await expect.poll(fromEnd).toBeLessThan(25); // it follows its end, as ever

  await transcript.evaluate((one) => one.scrollTo(0, 0));
  await expect.poll(() => drawn.count()).toBeGreaterThan(300);
  const first = drawn.filter({ hasText: 'message 2700' });
  const top = (): Promise<number> => first.evaluate((one) => one.getBoundingClientRect().top);
  await expect.poll(top).toBeGreaterThan(-50);
  await expect.poll(top).toBeLessThan(700); // what was in sight still is

  await page.evaluate(() => {
    window.postMessage({ type: 'show-action', action: 'x101' }, '*');
  });
  const asked = page.locator('[data-action="x101"]');
  await expect.poll(() => asked.count()).toBe(1);
  await expect
    .poll(() => asked.evaluate((one) => one === document.activeElement && one.getBoundingClientRect().top > 0))
    .toBe(true);
  await transcript.evaluate((one) => one.scrollTo(0, 0));
  await expect.poll(() => drawn.count()).toBe(3000);
  await expect
    .poll(() => page.getByTestId('earlier-entries').innerText())
    .toBe('7 earlier entries are in the Audit Log.');
});

test('words are found in all of thousands of entries, and drawn where they lead', async () => {
  const { page, show } = await open();
  const run = STATES.running.run as NonNullable<PanelState['run']>;
  const many = Array.from({ length: 3000 }, (_, index): Entry => {
    if (index % 2 === 0) return { kind: 'user', text: `message ${index}` };
    return { kind: 'notice', level: 'info', text: `notice ${index}` };
  });
  await show({ ...STATES.running, run: { ...run, entries: many } });
  await page.getByTestId('transcript').focus();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('MESSAGE 40');
  const found = page.getByTestId('found');
  await expect.poll(() => found.innerText()).toBe('6 of 6'); // 40, 400 … 408: none of them is drawn
  expect(await page.getByTestId('entry').count()).toBe(300);
  const inSight = (text: string): Promise<boolean> =>
    page.evaluate((wanted) => {
      const all = [...document.querySelectorAll('[data-testid="entry"]')];
      const box = all.find((one) => one.textContent.endsWith(wanted))?.getBoundingClientRect();
      return box !== undefined && box.top > 0 && box.bottom < window.innerHeight;
    }, text);
  expect(await inSight('message 408')).toBe(false);
  await page.keyboard.press('Enter');
  await expect.poll(() => inSight('message 408')).toBe(true);
  expect(await found.innerText()).toBe('6 of 6');
  expect(await page.getByTestId('entry').count()).toBeLessThan(2700); // no more than it takes
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => found.innerText()).toBe('5 of 6');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter'); // after the last comes the first, which is not drawn
  await expect.poll(() => inSight('message 40')).toBe(true);
  expect(await found.innerText()).toBe('1 of 6');
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => found.innerText()).toBe('6 of 6');
  await expect.poll(() => inSight('message 408')).toBe(true);

  // From what is drawn, one goes on to what is not.
  await show({ ...STATES.running, run: { ...run, id: 'r9', entries: many } });
  await page.getByTestId('find').fill('message 7');
  await expect.poll(() => page.getByTestId('entry').count()).toBe(300);
  await page.getByTestId('find').fill('notice 27');
  await expect.poll(() => found.innerText()).toMatch(/^7 of 56$/); // 27, 271 … 279 before those that are drawn
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => inSight('notice 279')).toBe(true);
  await expect.poll(() => found.innerText()).toBe('6 of 56');
});

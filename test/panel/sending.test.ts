import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FromPanel, ToPanel } from '../../src/shared/protocol.ts';
import type { RunView } from '../../src/shared/runView.ts';
import { panelPages, type Panel } from './page.ts';
import { STATES } from './states.ts';

const PICTURES = join('test-results', 'panel');
mkdirSync(PICTURES, { recursive: true });
const openPanel = panelPages();
const open = (): Promise<Panel> => openPanel('dark', { width: 300, height: 700 });

const run = STATES.finished.run as RunView;
const taking = { ...STATES.finished, model: { ...STATES.finished.model, takesImages: true } };

async function paste({ page }: Panel): Promise<void> {
  const pasted = page.getByTestId('pasted').locator('li');
  const before = await pasted.count();
  await page.getByTestId('task-box').evaluate((box) => {
    const bytes = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'screen.png', { type: 'image/png' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect.poll(() => pasted.count()).toBe(before + 1);
}

const tell = ({ page }: Panel, message: ToPanel): Promise<void> =>
  page.evaluate((one) => {
    window.postMessage(one, '*');
  }, message);

async function sendings({ said }: Panel): Promise<Extract<FromPanel, { type: 'send' }>[]> {
  return (await said()).filter((one) => one.type === 'send');
}

test('a new run goes on from a message of the person: its text comes to the box, and what is sent says from where', async () => {
  const panel = await open();
  const { page, show } = panel;
  await show(STATES.running);
  expect(await page.getByTestId('fork').count()).toBe(0); // nothing else begins while a run is at work
  await show(STATES.finished);
  await page.getByText('Find the bug, fix it').hover();
  await page.screenshot({ path: join(PICTURES, 'fork-offered-dark-300.png') });
  await page.getByTestId('fork').click();
  const box = page.getByTestId('task-box');
  expect(await box.inputValue()).toBe('Find the bug, fix it, and run the tests');
  expect(await box.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await page.getByTestId('fork-line').innerText()).toContain('Files stay as they are.');
  await page.screenshot({ path: join(PICTURES, 'fork-dark-300.png') });

  // It can be left again; then the run goes on.
  await page.getByTestId('leave-fork').click();
  await page.getByTestId('send').click();
  await page.getByTestId('fork').focus();
  await page.keyboard.press('Enter');
  await box.fill('Find it, and only tell me');
  await page.keyboard.press('Enter');
  const [plain, forked] = await sendings(panel);
  expect(plain).toMatchObject({ run: 'r1' });
  expect(plain?.fork).toBeUndefined();
  expect(forked).toMatchObject({ text: 'Find it, and only tell me', fork: { run: 'r1', message: 1 } });
  expect(forked?.run).toBeUndefined();
  expect(await page.getByTestId('fork-line').count()).toBe(0);

  // It could not be sent: all of it is there again, beside what was typed meanwhile.
  await box.fill('meanwhile');
  await tell(panel, { type: 'unsent', sending: forked?.sending ?? '', text: forked?.text ?? '' });
  await expect.poll(() => box.inputValue()).toBe('meanwhile\n\nFind it, and only tell me');
  expect(await page.getByTestId('fork-line').count()).toBe(1);
  // Another run is there by now: what is sent is for that one.
  await show({ ...STATES.finished, run: { ...run, id: 'r2' } });
  await expect.poll(() => page.getByTestId('fork-line').count()).toBe(0);
});

test('what could not be sent comes back with its images; a draft, its images and where it begins survive a reload', async () => {
  const panel = await open();
  const { page, show } = panel;
  await show(taking);
  await paste(panel);
  const box = page.getByTestId('task-box');
  await box.fill('What is wrong here?');
  await page.getByTestId('send').click();
  const images = page.getByTestId('pasted').locator('li');
  await expect.poll(() => images.count()).toBe(0);
  const [sent] = await sendings(panel);
  await paste(panel); // meanwhile
  await tell(panel, { type: 'unsent', sending: sent?.sending ?? '', text: sent?.text ?? '' });
  await expect.poll(() => images.count()).toBe(2);
  expect(await box.inputValue()).toBe('What is wrong here?');
  await page.getByTestId('send').click();
  const again = (await sendings(panel))[1];
  expect(again?.images).toHaveLength(2);
  expect(again?.images).toContain(sent?.images?.[0]);
  // It comes back once; the text of one that this page knows nothing of comes back too.
  for (const sending of [again?.sending ?? '', again?.sending ?? '', 'of a page before'])
    await tell(panel, { type: 'unsent', sending, text: again?.text ?? '' });
  await expect.poll(() => box.inputValue()).toBe('What is wrong here?');
  await expect.poll(() => images.count()).toBe(2);

  await page.getByTestId('fork').focus();
  await page.keyboard.press('Enter');
  await box.fill('a draft');
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem('kept') ?? '')).toContain('"draft":"a draft"');
  await page.reload();
  await panel.show(taking);
  expect(await box.inputValue()).toBe('a draft');
  expect(await images.count()).toBe(2);
  expect(await page.getByTestId('fork-line').count()).toBe(1);
});

import { expect, test } from 'vitest';
import { panelPages } from './page.ts';
import { STATES } from './states.ts';

const openPanel = panelPages();

test('what remembering would have spared is looked up when its menu opens, and moves nothing when it is known', async () => {
  const { page, show, said } = await openPanel('dark', { width: 300, height: 700 });
  const looked = async () => (await said()).filter(({ type }) => type === 'look-spared');
  await show(STATES.command);
  await page.waitForTimeout(1200);
  expect(await looked(), 'never before').toEqual([]);
  await page.getByTestId('approve-menu').click();
  const [approval] = STATES.command.approvals;
  expect(await looked()).toEqual([{ type: 'look-spared', approval: approval?.id, digest: approval?.digest }]);
  const button = page.getByTestId('approve-and-grant');
  const before = await button.boundingBox();
  const spared = { of: 40, offers: [{ id: 'exact', runs: [[0, 60_000, 6_000_000], [5]] }], always: 7 };
  await page.evaluate(
    (message) => {
      window.postMessage(message, '*');
    },
    { type: 'spared', approval: approval?.id, digest: approval?.digest, spared },
  );
  const words = page.getByTestId('grant-spared');
  await expect.poll(() => words.textContent()).toBe('It would have spared 2 of the last 40 questions here.');
  expect(await page.getByTestId('always-spared').textContent()).toContain('7 of the last 40');
  expect(await button.boundingBox()).toEqual(before);
  await page.getByTestId('grant-until').selectOption('10 minutes');
  expect(await words.textContent()).toBe('It would have spared 1 of the last 40 questions here.');
  await page.getByTestId('approve-menu').click();
  await page.getByTestId('approve-menu').click();
  expect(await looked(), 'once').toHaveLength(1);
  await page.close();
});

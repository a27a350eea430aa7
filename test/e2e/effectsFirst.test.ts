import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAgent } from '../support/browser.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { openWindow } from './window.ts';

const COMMAND =
  'mkdir -p dist && echo "export const made = 1;" > dist/made.mjs && echo "# more" >> README.md && echo built';

test('effects are shown on the card, seen in the diff view, and applied from there', async () => {
  let told = '';
  const model = await openAiServer(
    ({ results }) => {
      told = JSON.stringify(results);
      return results.length > 0
        ? { text: 'All said.' }
        : { calls: [{ name: 'run_command', args: { command: COMMAND } }] };
    },
    { apiKey: '' },
  );
  onTestFinished(() => model.close());
  const window = await openWindow({
    machineSettings: {
      'oversign.model.provider': 'openai',
      'oversign.model.name': 'm',
      'oversign.model.baseUrl': model.url,
    },
  });
  await runAgent(window.editor, 'build it');
  const card = window.panel.locator('[data-testid="approval"][data-kind="command"]');
  await card.waitFor({ timeout: 120_000 });
  await card.getByTestId('approve-menu').click({ timeout: 90_000 });
  await window.shots('effects', '1-menu');
  await card.getByTestId('show-effects').click({ timeout: 90_000 });
  const effects = window.panel.getByTestId('effects');
  await effects.waitFor({ timeout: 120_000 });
  expect(await effects.innerText()).toContain('dist/made.mjs');
  expect(existsSync(join(window.folder, 'dist'))).toBe(false);
  await window.shots('effects', '2-shown');
  await window.panel.getByTestId('open-diff').click();
  await window.editor.page
    .getByRole('tab', { name: /README\.md|made\.mjs/ })
    .first()
    .waitFor({ timeout: 90_000 });
  await window.shots('effects', '3-diff');
  for (const line of await window.approval.locator('[data-must-see]').all()) await line.scrollIntoViewIfNeeded();
  await window.panel.getByTestId('apply').click({ timeout: 90_000 });
  await window.state('finished');
  expect(readFileSync(join(window.folder, 'dist/made.mjs'), 'utf8')).toContain('made = 1');
  expect(told).toContain('built');
  const events = window.events();
  expect(events.filter(({ type }) => type === 'started').map(({ data }) => data['view'])).toEqual([
    'copy-on-write',
    undefined,
  ]);
  expect(events.filter(({ type }) => type === 'answered').map(({ data }) => data['choice'])).toEqual([
    'show-effects',
    'apply',
  ]);
  await window.openLog();
  expect((await window.tree()).join('\n')).toContain('Effects of: Run');
  await window.shots('effects', '4-log');
});

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAgent } from '../support/browser.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { openWindow } from './window.ts';

const COMMAND = 'bash make.sh';

test('whose it is what appeared while a command ran is asked in the panel, in the middle of the call', async () => {
  const model = await openAiServer(
    ({ results }) =>
      results.length > 0 ? { text: 'All said.' } : { calls: [{ name: 'run_command', args: { command: COMMAND } }] },
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
  writeFileSync(join(window.folder, 'make.sh'), 'mkdir .husky\necho evil > .husky/pre-commit\n');
  await runAgent(window.editor, 'make it');
  await window.answer('command', 'approve');
  const question = window.panel.locator('[data-testid="approval"][data-kind="appeared"]');
  await question.waitFor({ timeout: 120_000 });
  const said = await question.innerText();
  expect(said).toContain('Leave .husky, which appeared while the command ran');
  expect(said).toContain('evil');
  expect(existsSync(join(window.folder, '.husky/pre-commit'))).toBe(true);
  expect(window.events().some(({ type }) => type === 'finished')).toBe(false);
  await window.shots('whose', '1-asked');
  await window.answer('appeared', 'deny');
  await window.state('finished');
  expect(existsSync(join(window.folder, '.husky'))).toBe(false);
  expect(window.events().find(({ type }) => type === 'whose_answered')?.data).toMatchObject({
    choice: 'deny',
    by: 'person',
  });
});

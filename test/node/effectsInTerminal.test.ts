import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { inTerminal } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const ALLOW = 'Allow\\? \\[y/N\\][^\\n]* $';
const SHOWN = 'p: apply exactly this; y: run for real instead; n: throw away \\[N\\] $';

test('effects first, at a real terminal: shown, thrown away, shown, applied', { timeout: 240_000 }, async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/README.md': 'hello\n', key: 'sk-test-key\n' });
  const calls = [{ name: 'run_command', args: { command: 'echo more >> README.md; touch made.txt; echo said it' } }];
  const server = await openAiServer((_, number) => (number % 2 === 0 ? { calls } : { text: 'Said.' }));
  onTestFinished(() => server.close());
  const model = ['--model', 'openai', '--model-name', 'm', '--base-url', server.url, '--api-key-file', 'key'];
  const args = ['run', 'do it', '--workspace', 'work', ...model];
  const [readme, made] = [join(base, 'work/README.md'), join(base, 'work/made.txt')];

  const thrown = await inTerminal(args, {
    base,
    steps: [
      [ALLOW, 'send', 'p\r'],
      [`could be applied[\\s\\S]*${ALLOW}`, 'send', 's\r'],
      [SHOWN, 'send', '\r'],
    ],
  });
  expect(thrown.failed, thrown.output).toBeNull();
  expect(thrown.output).toContain('~ README.md (+1 −0)');
  expect(thrown.output).toContain('+ made.txt');
  expect([readFileSync(readme, 'utf8'), existsSync(made)]).toEqual(['hello\n', false]);

  const applied = await inTerminal(args, {
    base,
    steps: [
      [ALLOW, 'send', 's\r'],
      [SHOWN, 'send', 'p\r'],
    ],
  });
  expect(applied.failed, applied.output).toBeNull();
  expect([readFileSync(readme, 'utf8'), existsSync(made)], applied.output).toEqual(['hello\nmore\n', true]);
  expect(readdirSync(join(base, 'data/oversign/effects'))).toEqual([]);

  // Lines that were written beforehand have nothing run.
  const piped = await runCli([...args, '--once', '--answers-from-input'], { base }, 's\n');
  expect(piped.stdout + piped.stderr).toContain('Its effects cannot be shown first. Denied.');
  const checked = await runCli(['verify'], { base });
  expect(checked.code, checked.stdout).toBe(0);
});

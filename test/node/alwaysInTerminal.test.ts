import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { inTerminal } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const ALLOW = 'Allow\\? \\[y/N\\][^\\n]* $';
const WRITE = 'Write it and approve\\? \\[y/N\\][^\\n]* $';

test('always, at a real terminal: the rule that was shown stands in the policy, and spares the next run its question', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/README.md': 'hello\n', key: 'sk-test-key\n' });
  const calls = [{ name: 'run_command', args: { command: 'touch made.txt' } }];
  const server = await openAiServer((_, number) => (number % 2 === 0 ? { calls } : { text: 'Said.' }));
  onTestFinished(() => server.close());
  const model = ['--model', 'openai', '--model-name', 'm', '--base-url', server.url, '--api-key-file', 'key'];
  const args = ['run', 'do it', '--workspace', 'work', ...model];
  const policy = join(base, 'config/oversign/policy.yaml');

  const refused = await inTerminal(args, {
    base,
    steps: [
      [ALLOW, 'send', 'a\r'],
      [WRITE, 'send', 'n\r'],
      [ALLOW, 'send', 'n\r'],
    ],
  });
  expect(refused.failed, refused.output).toBeNull();
  expect([existsSync(policy), existsSync(join(base, 'work/made.txt'))], refused.output).toEqual([false, false]);

  const { output, failed } = await inTerminal(args, {
    base,
    steps: [
      [ALLOW, 'send', 'a\r'],
      [WRITE, 'send', 'y\r'],
    ],
  });
  expect(failed, output).toBeNull();
  expect(existsSync(join(base, 'work/made.txt')), output).toBe(true);
  const written = readFileSync(policy, 'utf8');
  const shown = output.split('\n').flatMap((line) => /^ {2}│ \+(.*)$/.exec(line.trimEnd())?.[1] ?? []);
  expect(shown.join('\n')).toBe(written.trimEnd());
  expect(written).toContain('touch made.txt');

  const next = await runCli([...args, '--once'], { base });
  expect(next.stdout).toContain('[done]');
  expect(next.stdout).not.toContain('Allow?');
});

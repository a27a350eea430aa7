import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ServerScript } from '../support/modelServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { inTerminal, type Step, type TerminalEnd } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const DROPPED = 'What you typed before the question was dropped.';

const remove = (path: string): { calls: { name: string; args: unknown }[] } => ({
  calls: [{ name: 'delete_path', args: { path } }],
});

/** A run in a terminal in which the model wants to delete `precious`; where steps come before the question, after a reply that takes its time. */
async function played(
  steps: Step[],
  { script, shell }: { script?: ServerScript; shell?: string } = {},
): Promise<TerminalEnd & { isGone: (path?: string) => boolean }> {
  const base = await temporaryFolder();
  await plant(base, {
    'home/.keep': '',
    key: 'sk-test-key\n',
    'work/precious': 'x\n',
    'work/second': 'x\n',
    lines: 'y\ny\n',
  });
  const paceMs = steps.some(([wait]) => wait === 'I think') ? 80 : 0;
  const server = await openAiServer(
    script ??
      ((_, number) =>
        number === 0 ? { text: 'I think slowly now.', paceMs, ...remove('precious') } : { text: 'All said.' }),
  );
  onTestFinished(() => server.close());
  const args = ['run', 'do it', '--workspace', 'work', '--model', 'openai', '--model-name', 'm'];
  const end = await inTerminal([...args, '--base-url', server.url, '--api-key-file', 'key'], {
    base,
    steps,
    ...(shell !== undefined && { shell }),
  });
  expect(end.failed, end.output).toBeNull();
  return { ...end, isGone: (path = 'precious') => !existsSync(join(base, 'work', path)) };
}

test('control: a plain yes that is typed at the question approves', async () => {
  const end = await played([['Allow\\?', 'send', 'y\r']]);
  expect(end.isGone()).toBe(true);
  expect(end.output).not.toContain(DROPPED);
});

test('half a line typed before the question is dropped, said, and approves nothing with Enter alone', async () => {
  const end = await played([
    ['I think', 'send', 'y'],
    ['Allow\\?', 'send', '\r'],
  ]);
  expect(end.isGone()).toBe(false);
  expect(end.output).toContain(`${DROPPED}\nAllow? [y/N]`);
});

test('control: after what was dropped a yes still counts', async () => {
  const end = await played([
    ['I think', 'send', 'no wa'],
    ['Allow\\?', 'send', 'y\r'],
  ]);
  expect(end.output).toContain(DROPPED);
  expect(end.isGone()).toBe(true);
});

test.each<[string, string]>([
  ['whole lines', 'y\ry\ryes\r'],
  ['a paste of lines', '\u001b[200~y\ny\n\u001b[201~'],
  ['a yes taken back and begun anew', 'n\u007fy'],
  ['the end of input after half a line', 'y\u0004'],
])('typed ahead, approves nothing: %s', async (_, keys) => {
  const end = await played([
    ['I think', 'send', keys],
    ['Allow\\?', 'send', '\r'],
  ]);
  expect(end.isGone()).toBe(false);
});

test.each<[string, string]>([
  ['y', 'y'],
  ['Enter', '\r'],
])('%s held down while the question appears approves nothing', async (_, key) => {
  const end = await played([
    ['I think', 'hold', [key, 6]],
    ['Allow\\?', 'send', '\r'],
  ]);
  expect(end.output.split(DROPPED)).toHaveLength(2);
  expect(end.isGone()).toBe(false);
});

test('what is typed when the card is there and the question is not yet armed is dropped', async () => {
  const end = await played([
    ['── Delete', 'send', 'y\r'],
    ['Allow\\?', 'send', '\r'],
  ]);
  expect(end.output).toContain(DROPPED);
  expect(end.isGone()).toBe(false);
});

test.each<[string, string]>([
  ['marked by the terminal', '\u001b[200~y\n\u001b[201~'],
  ['not marked', 'y\nnext line'],
])('a paste at the open question approves nothing and is said: %s', async (_, paste) => {
  const end = await played([
    ['Allow\\?', 'send', paste],
    ['Allow\\?', 'send', '\r'],
  ]);
  expect(end.output).toContain('What was pasted was dropped');
  expect(end.isGone()).toBe(false);
});

test('what is typed between two questions does not answer the second', async () => {
  const end = await played(
    [
      ['Allow\\?', 'send', 'y\r'],
      ['── 2 of 2: Delete second', 'send', 'y\r'],
      ['Allow\\?', 'send', '\r'],
    ],
    {
      script: (_, number) =>
        number === 0 ? { calls: [...remove('precious').calls, ...remove('second').calls] } : { text: 'All said.' },
    },
  );
  expect(end.isGone()).toBe(true);
  expect(end.isGone('second')).toBe(false);
});

test('a yes with another one behind it in the same breath answers nothing', async () => {
  const end = await played(
    [
      ['Allow\\?', 'send', 'y\ry\r'],
      ['Allow\\?', 'send', '\r'],
      ['Allow\\?', 'send', '\r'],
    ],
    {
      script: (_, number) =>
        number === 0 ? { calls: [...remove('precious').calls, ...remove('second').calls] } : { text: 'All said.' },
    },
  );
  expect(end.isGone()).toBe(false);
  expect(end.isGone('second')).toBe(false);
});

test('what is typed while a command runs long does not answer the next question', async () => {
  const end = await played(
    [
      ['Allow\\?', 'send', 'y\r'],
      [null, 'pause', 1],
      [null, 'send', 'y'],
      ['Allow\\?', 'send', '\r'],
    ],
    {
      script: (_, number) => {
        if (number === 0) return { calls: [{ name: 'run_command', args: { command: 'sleep 3; touch made' } }] };
        return number === 1 ? remove('precious') : { text: 'All said.' };
      },
    },
  );
  expect(end.isGone('made')).toBe(false); // it is there: the command ran
  expect(end.isGone()).toBe(false);
  expect(end.output).toContain(DROPPED);
});

test('a file that is piped in answers nothing where a person sits at the terminal', async () => {
  const shell = 'cat lines | "$@"';
  const denied = await played([['Allow\\?', 'send', '\r']], { shell });
  expect(denied.isGone()).toBe(false);
  const approved = await played([['Allow\\?', 'send', 'y\r']], { shell });
  expect(approved.isGone()).toBe(true);
});

test('a question is shown in the terminal also where standard output goes into a file', async () => {
  const end = await played([['(?s)── Delete precious.*Allow\\?', 'send', 'y\r']], { shell: '"$@" > log; cat log' });
  expect(end.isGone()).toBe(true);
});

test('Ctrl+C at a question stops the run, in the time before it is armed too', async () => {
  // Until the question takes the keys, the terminal makes a signal of it, which others can send too.
  const cases: [string, RegExp][] = [
    ['── Delete', /stopped: (You pressed Ctrl\+C\.|Ctrl\+C, or another program, ended it)/],
    ['Allow\\?', /stopped: You pressed Ctrl\+C\./],
  ];
  for (const [wait, words] of cases) {
    const end = await played([[wait, 'send', '\u0003']]);
    expect(end.code).toBe(3);
    expect(end.output).toMatch(words);
    expect(end.isGone()).toBe(false);
  }
});

test('stopped and continued, a question is shown again and what was typed meanwhile does not answer it', async () => {
  const end = await played(
    [
      ['Allow\\?', 'send', 'y\u001a'],
      ['STOPPED', 'send', 'y'],
      [null, 'send', '\r'],
      ['(?s)── Delete precious.*Allow\\?', 'send', '\r'],
    ],
    { shell: 'set -m; "$@"; echo STOPPED; read -r line; fg' },
  );
  expect(end.isGone()).toBe(false);
  const approved = await played(
    [
      ['Allow\\?', 'send', '\u001a'],
      ['STOPPED', 'send', '\r'],
      ['(?s)── Delete precious.*Allow\\?', 'send', 'y\r'],
    ],
    { shell: 'set -m; "$@"; echo STOPPED; read -r line; fg' },
  );
  expect(approved.isGone()).toBe(true);
});

test('stopped and continued by others (SIGSTOP), the same', async () => {
  const end = await played([
    ['Allow\\?', 'send', 'y'],
    [null, 'sh', 'sleep 0.3; kill -STOP $PID; sleep 0.3; kill -CONT $PID'],
    ['(?s)── Delete precious.*Allow\\?', 'send', '\r'],
  ]);
  expect(end.isGone()).toBe(false);
});

test('the terminal is left as it was', async () => {
  const end = await played([['Allow\\?', 'send', '\r']], {
    shell: 'stty -a > before; "$@"; stty -a | cmp - before && echo SAME',
  });
  expect(end.output).toContain('SAME');
  expect(end.output.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(end.output.lastIndexOf('\u001b[?2004h'));
});

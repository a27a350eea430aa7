import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import { composeEngine } from '../../src/compose.ts';
import { nodeParts } from '../../src/node/engineParts.ts';
import { PipeAsker } from '../../src/terminal/pipeAsker.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { workbench, type Script } from '../support/workbench.ts';

/** What the model was told of each call, in order. */
async function told(calls: { name: string; args?: unknown; raw?: string }[], files: Record<string, string>) {
  let texts: string[] = [];
  const script: Script = (request, turn) => {
    texts = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    return turn === 0 ? { calls } : { text: 'done' };
  };
  const bench = await workbench({ files });
  await bench.run(script);
  return { texts, asked: bench.asked.length, folder: bench.folder };
}

test('a change that changes nothing asks nobody; one that changes something does', async () => {
  const { texts, asked } = await told(
    [
      { name: 'edit_file', args: { path: 'a.txt', old_text: 'hello', new_text: 'hello' } },
      { name: 'write_file', args: { path: 'a.txt', content: 'hello\n' } },
    ],
    { 'a.txt': 'hello\n' },
  );
  expect(asked).toBe(0);
  expect(texts[0]).toContain('this edit changes nothing');
  expect(texts[1]).toContain('a.txt has exactly this content already');
  const control = await told([{ name: 'write_file', args: { path: 'a.txt', content: 'hello' } }], {
    'a.txt': 'hello\n',
  });
  expect(control.asked).toBe(1);
});

test('of a likely secret, a write that changes nothing tells nothing before it is asked', async () => {
  const { asked } = await told([{ name: 'write_file', args: { path: '.env', content: 'A=1\n' } }], { '.env': 'A=1\n' });
  expect(asked).toBe(1);
});

test('a folder to read and an inverted range are named as that', async () => {
  const { texts } = await told(
    [
      { name: 'read_file', args: { path: '.' } },
      { name: 'read_file', args: { path: 'sub' } },
      { name: 'read_file', args: { path: 'a.txt', start_line: 2, end_line: 1 } },
      { name: 'read_file', args: { path: 'a.txt', start_line: 2, end_line: 2 } },
    ],
    { 'a.txt': 'one\ntwo\n', 'sub/x': '' },
  );
  expect(texts[0]).toMatch(/is a folder; list_directory shows/);
  expect(texts[1]).toMatch(/sub is a folder; list_directory shows/);
  expect(texts[2]).toContain('end_line 1 comes before start_line 2');
  expect(texts[3]).toBe('2\ttwo\n'); // control
});

describe('half a character', () => {
  test.each([
    ['a file', { name: 'write_file', raw: '{"path":"b.txt","content":"x\\ud800y"}' }],
    ['an edit', { name: 'edit_file', raw: '{"path":"a.txt","old_text":"hello","new_text":"\\udc00"}' }],
    ['a command', { name: 'run_command', raw: '{"command":"printf \\ud83d > a.txt"}' }],
  ])('in %s: nobody is asked about what could not be written as it is shown', async (_, call) => {
    const { texts, asked, folder } = await told([call], { 'a.txt': 'hello\n' });
    expect(texts[0]).toContain('half a character');
    expect(asked).toBe(0);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('hello\n');
  });

  test('control: whole ones of two halves are written', async () => {
    const { folder } = await told([{ name: 'write_file', raw: '{"path":"b.txt","content":"\\ud83c\\udf89"}' }], {});
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('🎉');
  });
});

test('a folder that was opened through a link is meant by its spelling, and nothing else is', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'real/a.txt': 'x\n', 'other/a.txt': 'x\n', 'link-2/a.txt': 'x\n' });
  symlinkSync(join(base, 'real'), join(base, 'link'));
  const environment = {
    PATH: process.env['PATH'],
    HOME: join(base, 'home'),
    XDG_DATA_HOME: join(base, 'data'),
    XDG_CONFIG_HOME: join(base, 'config'),
  };
  const node = await nodeParts({
    folders: [join(base, 'link')],
    environment,
    version: '0',
    editor: NO_EDITOR,
  });
  onTestFinished(async () => {
    await node.sandbox.close();
    await node.evidence[Symbol.asyncDispose]();
  });
  const engine = composeEngine(node.parts);
  const verdict = async (path: string): Promise<string> =>
    (await engine.tryCall({ name: 'read_file', arguments: JSON.stringify({ path: path.replace('BASE', base) }) }))
      .decision.verdict;
  expect(await verdict('BASE/link/a.txt')).toBe('allow');
  expect(await verdict('BASE/link/./sub/../a.txt')).toBe('allow');
  expect(await verdict('BASE/real/a.txt')).toBe('allow'); // control
  expect(await verdict('BASE/link/../other/a.txt')).toBe('deny');
  expect(await verdict('BASE/link-2/a.txt')).toBe('deny');
});

test('a signal that comes with the end of the input is heard before nobody is said to be there', async () => {
  const answer = async (isStopped: boolean): Promise<boolean> => {
    const input = new PassThrough();
    const stop = new AbortController();
    const asker = new PipeAsker(input, () => undefined);
    const asked = asker.ask({ text: '', prompt: '' }, stop.signal);
    input.on('end', () => {
      setImmediate(() => {
        if (isStopped) stop.abort();
      });
    });
    input.end();
    expect(await asked).toBeUndefined();
    asker.close();
    return stop.signal.aborted;
  };
  expect(await answer(true)).toBe(true);
  expect(await answer(false)).toBe(false); // control: nobody was there
});

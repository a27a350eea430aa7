import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { demoModel } from '../../src/core/models/demo.ts';
import { LogRefusal } from '../../src/core/audit/port.ts';
import { pickedNode } from '../../src/extension/commandArguments.ts';
import { givenTask } from '../../src/extension/givenTask.ts';
import { failureOf } from '../../src/node/audit/failureOf.ts';
import { factsOf } from '../../src/node/audit/verify/bodyFacts.ts';
import { chunkOf } from '../../src/node/models/openaiChunk.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { Placeholders } from '../../src/node/sandbox/placeholders.ts';
import { temporaryFolder } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

const OWNER = JSON.stringify(identityOf(process.pid));

describe('a journal of stand-ins with unexpected content', () => {
  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no owner', '{"placeholders":[]}'],
    ['no list', `{"owner":${OWNER}}`],
    ['null in the list', `{"owner":${OWNER},"placeholders":[null]}`],
    ['a number for a path', `{"owner":${OWNER},"placeholders":[{"path":1,"kind":"file","content":""}]}`],
    ['no text in a file', `{"owner":${OWNER},"placeholders":[{"path":"/x","kind":"file"}]}`],
    ['a group of processes', '{"owner":{"pid":-1,"start":"","boot":""},"placeholders":[]}'],
  ])('%s: stops nobody, and goes', async (_, text) => {
    const data = await temporaryFolder();
    const standIn = join(data, 'stand-in');
    mkdirSync(join(data, 'placeholders'), { mode: 0o700 });
    writeFileSync(join(data, 'placeholders', 'strange.json'), text);
    const placeholders = new Placeholders(data);
    await placeholders.look();
    const cover = await placeholders.cover([{ path: standIn, kind: 'folder', content: '' }], []);
    expect(existsSync(standIn)).toBe(true);
    await cover.uncover();
    expect(existsSync(standIn)).toBe(false);
    await placeholders.recover();
    expect(readdirSync(join(data, 'placeholders')).filter((name) => name.endsWith('.json'))).toEqual([]);
  });

  test('control: one of a living process stays, and what it tells of counts', async () => {
    const data = await temporaryFolder();
    const standIn = join(data, 'stand-in');
    mkdirSync(standIn);
    mkdirSync(join(data, 'placeholders'), { mode: 0o700 });
    const journal = `{"owner":${OWNER},"placeholders":[{"path":${JSON.stringify(standIn)},"kind":"folder","content":""}]}`;
    writeFileSync(join(data, 'placeholders', 'own.json'), journal);
    const placeholders = new Placeholders(data);
    await placeholders.look();
    await placeholders.recover();
    expect(placeholders.has(standIn)).toBe(true);
    expect(readdirSync(join(data, 'placeholders'))).toContain('own.json');
  });
});

test('an event whose facts are no object is no event', () => {
  const body = (data: string): string =>
    `{"data":${data},"run":"r","seq":1,"time":"2026-01-01T00:00:00.000Z","type":"log_begun","writer":"w"}`;
  for (const data of ['null', '[]', '"x"', '1']) expect(factsOf(body(data)), data).toBeUndefined();
  expect(factsOf(body('{"log":"l"}'))).toMatchObject({ seq: 1 }); // control
});

describe('what the log could not do', () => {
  const failed = (method: Parameters<typeof failureOf>[0]): string =>
    failureOf(method, { name: 'Failure', problem: 'the disk is full' }).message;

  test('is said as what it was, not as the end of everything', () => {
    expect(failed('append')).toBe('The audit log cannot be written: the disk is full. Nothing is done without it.');
    expect(failed('events')).toBe('The audit log cannot be read: the disk is full.');
    expect(failed('find')).toMatch(/^The audit log cannot be searched: .* recorded all the same\.$/);
    expect(failed('erase')).toBe('Nothing could be erased from the audit log: the disk is full.');
  });

  test('a refusal stays one across the worker', async () => {
    const { node } = await workbench();
    const erasing = node.audit.erase({ scope: 'run', run: 'policy' });
    await expect(erasing).rejects.toBeInstanceOf(LogRefusal);
    await expect(erasing).rejects.toThrow(/^"policy" is no run: .* cannot be erased\.$/);
  });
});

test('what a file that is not there means is no matter of words', async () => {
  const bench = await workbench({ files: { 'what does not exist': 'x\n' } });
  const events = await bench.run([
    { calls: [{ name: 'write_file', args: { path: 'new does not exist', content: 'y\n' } }] },
    { calls: [{ name: 'write_file', args: { path: 'what does not exist/inside', content: 'y\n' } }] },
  ]);
  expect(bench.asked).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'finished').map(({ data }) => data['status'])).toEqual([
    'done',
    'failed',
  ]);
});

test('the demo counts what was not carried out by how it ended, not by its words', async () => {
  const model = demoModel({ steps: [], file: 'x' } as never, () => Promise.resolve());
  const tool = (text: string, ended: 'done' | 'denied') => ({
    role: 'tool' as const,
    call: 'c',
    name: 't',
    text,
    ended,
  });
  const messages = Array.from({ length: 20 }, () => tool('Denied by policy is what the file says', 'done'));
  let words = '';
  for await (const event of model.stream(
    { messages: [...messages, tool('Nein.', 'denied')], tools: [] },
    () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) }),
    new AbortController().signal,
  ))
    if (event.type === 'text') words += event.text;
  expect(words).toContain('1 of them not carried out');
});

describe('pieces of a streamed reply', () => {
  test.each([
    ['null', null],
    ['a text', 'hello'],
    ['choices that are no list', { choices: {} }],
    ['a choice that is null', { choices: [null] }],
    ['content that is no text', { choices: [{ index: 0, delta: { content: { text: 'x' } } }] }],
    ['calls that are no list', { choices: [{ index: 0, delta: { tool_calls: 'x' } }] }],
    ['an end that is no text', { choices: [{ index: 0, finish_reason: true }] }],
  ])('%s: a failure with a sentence', (_, raw) => {
    expect(() => chunkOf(raw, 'http://s')).toThrow(/^http:\/\/s does not answer as OpenAI’s chat completions do/);
  });

  test('control: what compatible servers leave out or send beside it is fine', () => {
    const none = { usage: undefined, text: '', refusal: '', pieces: [], fields: {}, end: undefined };
    expect(chunkOf({}, 'http://s')).toEqual(none);
    expect(chunkOf({ choices: null, usage: { prompt_tokens: 'many' } }, 'http://s')).toEqual(none);
    expect(chunkOf({ choices: [{ delta: { content: 'a', role: 'assistant' }, finish_reason: null }] }, '')).toEqual({
      ...none,
      text: 'a',
      fields: { content: 'a', role: 'assistant' },
    });
    expect(chunkOf({ choices: [{ index: 1, delta: { content: 'other' } }] }, '')).toEqual(none);
    expect(
      chunkOf({ choices: [{ finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 2 } }, ''),
    ).toMatchObject({ usage: { input: 1, output: 2 }, text: '', pieces: [], end: { why: 'finished' } });
  });
});

describe('what a keybinding gives a command', () => {
  const run = {
    ...{ run: 'r', start: 1, task: 't', folder: '/w', time: 'now', state: 'finished', reason: '', actions: 0 },
  };

  test.each([['x'], [1], [{}], [{ kind: 'run' }], [{ kind: 'run', run: 'r' }], [{ kind: 'action', run }], [[]]])(
    '%j is no entry of the log, and is said to be none',
    (argument) => {
      expect(() => pickedNode(argument)).toThrow('choose one there');
    },
  );

  test('control: an entry is one, and nothing is nothing', () => {
    expect(pickedNode({ kind: 'run', run, more: 1 })).toEqual({ kind: 'run', run });
    expect(pickedNode(undefined)).toBeUndefined();
    expect(givenTask('do it')).toBe('do it');
    expect(givenTask(null)).toBeUndefined();
    expect(() => givenTask({ task: 'x' })).toThrow('must be a text');
  });
});

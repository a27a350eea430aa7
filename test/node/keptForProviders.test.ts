import { expect, onTestFinished, test } from 'vitest';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import type { Recorded, ScriptedReply } from '../support/modelServer.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { workbench } from '../support/workbench.ts';

// What a provider wants back verbatim: kept in the conversation, and returned unchanged to it alone.

const SIGNATURE = {
  google: { thought_signature: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SIG==', deep: [1, { ä: null }] },
};
const READ = { name: 'read_file', args: { path: 'README.md' } };
const KEY = 'sk-test-key';

/** The messages that the model itself said, as they stand in a request. */
function said(request: Recorded | undefined): Record<string, unknown>[] {
  const { messages } = JSON.parse(request?.body ?? '{"messages":[]}') as { messages: Record<string, unknown>[] };
  return messages.filter(({ role }) => role === 'assistant');
}

test('OpenAI’s protocol: signatures of calls and thoughts come back as they came, also after a resume', async () => {
  const thoughts = [
    { reasoning_content: 'let me ' },
    { reasoning_content: 'think' },
    { reasoning_details: [{ index: 0, text: 'a' }] },
    { reasoning_details: [{ index: 0, text: 'b' }] },
  ];
  const replies: ScriptedReply[] = [
    { calls: [{ ...READ, fields: { extra_content: SIGNATURE } }, READ], fields: thoughts },
    { text: 'done' },
    { text: 'again' },
    { text: 'elsewhere' },
  ];
  const server = await openAiServer((_, number) => replies[number] ?? { text: 'ok' });
  onTestFinished(() => server.close());
  const settings = { model: 'test-model', baseUrl: server.url, apiKey: KEY };
  const bench = await workbench();
  await bench.run(openAiModel(settings));
  const run = bench.engine.view().run?.id ?? '';
  bench.engine.newRun();
  await bench.engine.resume(run, openAiModel(settings));
  expect(server.problems).toEqual([]);
  for (const number of [1, 2]) {
    const [first] = said(server.requests[number]);
    expect(first).toMatchObject({
      reasoning_content: 'let me think',
      reasoning_details: [
        { index: 0, text: 'a' },
        { index: 0, text: 'b' },
      ],
    });
    const calls = first?.['tool_calls'] as Record<string, unknown>[];
    expect(calls.map((call) => call['extra_content'])).toEqual([SIGNATURE, undefined]);
  }
  // Another model at the same address is not told of them.
  bench.engine.newRun();
  const another = openAiModel({ ...settings, model: 'another' });
  await bench.engine.resume(run, another, { model: { ...another, from: IN_EDITOR } });
  expect(server.requests[3]?.body).not.toMatch(/SIG==|reasoning/);
  // What the first message and its first call had with them: said in the log, and to the person.
  const events = await bench.node.audit.events(run);
  const data = { model: another.label, leftOut: 2, by: 'person', at: 'editor' };
  expect(events.find(({ type }) => type === 'handed_over')?.data).toMatchObject(data);
  expect(JSON.stringify(bench.engine.view().run?.entries)).toContain('2 parts of replies that only the model before');
});

test('Ollama’s protocol: thoughts go back while tools are called', async () => {
  const server = await ollamaServer((_, number) =>
    number === 0 ? { calls: [READ], fields: [{ thinking: 'hm, ' }, { thinking: 'so' }] } : { text: 'done' },
  );
  onTestFinished(() => server.close());
  await (await workbench()).run(ollamaModel({ model: 'test-model', baseUrl: server.url }));
  expect(said(server.requests[1])).toMatchObject([{ thinking: 'hm, so' }]);
});

test('what holds a known secret does not go back at all, and nothing kept is shown', async () => {
  const secret = 'hunter2-known-to-the-engine';
  const server = await openAiServer((_, number) =>
    number === 0 ? { calls: [READ], fields: [{ reasoning_content: `it is ${secret}` }] } : { text: 'done' },
  );
  onTestFinished(() => server.close());
  const bench = await workbench();
  bench.engine.addSecret({ name: 'S', value: secret });
  await bench.run(openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: KEY }));
  expect(server.requests[1]?.body).not.toMatch(/hunter2|reasoning/);
  expect(JSON.stringify(bench.engine.view().run?.entries)).not.toContain('it is');
});

test('a server that wants more back than any thought is long is stopped', async () => {
  const server = await openAiServer(() => ({
    text: 'x',
    fields: [1, 2, 3].map(() => ({ reasoning: 'y'.repeat(500_000) })),
  }));
  onTestFinished(() => server.close());
  const bench = await workbench();
  await bench.run(openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: KEY }));
  expect(bench.engine.view().run).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('wants back') as string,
  });
});

import { expect, test, vi } from 'vitest';
import { collectReply } from '../../src/core/models/collect.ts';
import type { Model } from '../../src/core/models/port.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { Sandbox } from '../../src/core/sandbox/port.ts';
import { chooseModel } from '../../src/node/models/chooseModel.ts';
import { editorModel } from '../../src/node/models/editorModel.ts';
import type { EditorModelFacts, EditorModels, EditorPart } from '../../src/shared/editorModels.ts';
import { workbench } from '../support/workbench.ts';

// What extensions that bring models may do: heed no token, and never come back.

const FACTS: EditorModelFacts = { name: 'v/m', vendor: 'v', label: 'M', inputTokens: 1000, extension: '' };
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A model that says these parts, and then nothing for ever where it `hangs`. */
function models(parts: readonly EditorPart[], { hangs = false, ...other }: Partial<EditorModels & { hangs: boolean }>) {
  return {
    models: () => Promise.resolve([FACTS]),
    async *send(): AsyncIterable<EditorPart> {
      yield* parts;
      if (hangs) await never();
    },
    count: () => Promise.resolve(3),
    ...other,
  } satisfies EditorModels;
}

const HELLO: EditorPart = { type: 'text', text: 'hello' };

test.each<[what: string, EditorModels]>([
  ['that never begins to answer', models([], { hangs: true })],
  ['that stops in the middle', models([HELLO, { type: 'other' }], { hangs: true })],
  ['that never counts', models([HELLO], { count: () => never() })],
])('a person can stop a model %s', async (_, editors) => {
  const bench = await workbench();
  const begun = Promise.withResolvers<undefined>();
  const counting: EditorModels = {
    ...editors,
    send(...given) {
      setTimeout(() => begun.resolve(undefined), 50);
      return editors.send(...given);
    },
  };
  const run = bench.run(editorModel(FACTS, counting));
  await begun.promise;
  void bench.engine.stop('enough', { by: 'person', at: 'editor' });
  expect((await run).at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'stopped' } });
});

async function reply(model: Model): Promise<Awaited<ReturnType<typeof collectReply>>> {
  const permit = () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) });
  const request = { messages: [{ role: 'user' as const, text: 'hi' }], tools: [] };
  return collectReply(model.stream(request, permit, new AbortController().signal), () => undefined);
}

test('one that keeps still for too long is a failure that may pass, before its first word and after it', async () => {
  const waits = { firstByte: 0.05, between: 0.1 };
  const late = (parts: EditorPart[]): Model => editorModel(FACTS, models(parts, { hangs: true }), waits);
  await expect(reply(late([]))).rejects.toMatchObject({
    ...{ kind: 'timeout', isRetryable: true },
    message: expect.stringMatching(/^M sent nothing for 0\.05 s/) as string,
  });
  await expect(reply(late([HELLO]))).rejects.toMatchObject({
    message: expect.stringMatching(/^M began its reply and then sent nothing for 0\.1 s/) as string,
  });
  // The control: one that answers is not ended.
  expect(await reply(editorModel(FACTS, models([HELLO], {}), waits))).toMatchObject({
    ...{ text: 'hello', usage: { input: 3, output: 3, isEstimate: true }, end: { why: 'finished' } },
  });
});

test('a reply that is never counted comes without a count', async () => {
  const whole = await reply(editorModel(FACTS, models([HELLO], { count: () => never() })));
  expect(whole).toMatchObject({ text: 'hello', usage: undefined, end: { why: 'finished' } });
});

test('an editor that never says which models it has is not waited for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const choice = { provider: 'vscode-lm' as const, name: FACTS.name, baseUrl: '', apiKey: '' };
    const policy = mergePolicies([]);
    const choosing = chooseModel(choice, {
      ...{ folder: '/', sandbox: {} as Sandbox, policy },
      editorModels: models([], { models: () => never() }),
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await choosing).toMatchObject({ ok: false, problem: expect.stringMatching(/did not say in 8 s/) as string });
  } finally {
    vi.useRealTimers();
  }
});

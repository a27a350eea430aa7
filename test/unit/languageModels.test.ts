import { expect, test, vi } from 'vitest';

// The editor's interface is scripted: what an extension does with it is others' code.
const editor = vi.hoisted(() => ({
  sent: 0,
  counted: [] as { isCancellationRequested: boolean }[],
  found: Promise.withResolvers<object[]>(),
  parts: [] as object[],
}));
vi.mock('vscode', () => {
  class CancellationTokenSource {
    token = { isCancellationRequested: false };
    cancel(): void {
      this.token.isCancellationRequested = true;
    }
    dispose(): void {
      // nothing is held
    }
  }
  class LanguageModelTextPart {
    value: string;
    constructor(value: string) {
      this.value = value;
    }
  }
  return {
    CancellationTokenSource,
    LanguageModelTextPart,
    LanguageModelToolCallPart: class extends LanguageModelTextPart {},
    LanguageModelError: class extends Error {},
    LanguageModelChatMessage: { User: (text: string) => ({ text }) },
    lm: { selectChatModels: () => editor.found.promise },
  };
});
const { LanguageModels } = await import('../../src/vscode/languageModels.ts');
const { LanguageModelTextPart } = await import('vscode');

const MODEL = {
  ...{ vendor: 'v', id: 'm' },
  sendRequest: () => {
    editor.sent += 1;
    return Promise.resolve({ stream: editor.parts });
  },
  countTokens: (_: string, token: { isCancellationRequested: boolean }) => {
    editor.counted.push(token);
    return new Promise<number>(() => undefined);
  },
};
const REQUEST = { messages: [{ role: 'user' as const, text: 'hi' }], tools: [] };

test('what was stopped while the model was looked for is not sent', async () => {
  editor.found = Promise.withResolvers();
  const stopping = new AbortController();
  const reading = new LanguageModels().send('v/m', REQUEST, stopping.signal)[Symbol.asyncIterator]();
  const first = reading.next();
  const count = new LanguageModels().count('v/m', 'text', stopping.signal);
  count.catch(() => undefined);
  stopping.abort(new Error('enough'));
  editor.found.resolve([MODEL]);
  expect((await first).done).toBe(true);
  await expect(count).rejects.toThrow('enough');
  expect([editor.sent, editor.counted.length]).toEqual([0, 0]);
});

test('counting is told to stop, and what is shown to nobody still says that the model is at work', async () => {
  editor.found = Promise.withResolvers();
  editor.found.resolve([MODEL]);
  editor.parts = [{ thought: 'hm' }, new LanguageModelTextPart('hello')];
  const stopping = new AbortController();
  const parts = [];
  for await (const part of new LanguageModels().send('v/m', REQUEST, stopping.signal)) parts.push(part);
  expect(parts).toEqual([{ type: 'other' }, { type: 'text', text: 'hello' }]);
  void new LanguageModels().count('v/m', 'text', stopping.signal);
  await expect.poll(() => editor.counted.length, { timeout: 10_000 }).toBe(1);
  expect(editor.counted[0]?.isCancellationRequested).toBe(false);
  stopping.abort();
  expect(editor.counted[0]?.isCancellationRequested).toBe(true);
});

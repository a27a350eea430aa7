import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ModelFailure, type Model } from '../../src/core/models/port.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { OllamaRoom } from '../../src/node/models/ollamaRoom.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { outcomes, scripted, workbench } from '../support/workbench.ts';

const FACTS = { contextTokens: 8000, ownContext: undefined, canCall: true, runsAt: undefined };
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(600_000)]);

test('a picture is not reckoned as so much text', async () => {
  const model = 'llava-test';
  const show = { capabilities: ['tools', 'vision'], model_info: { 'llama.context_length': 32_000 } };
  const server = await ollamaServer(
    ({ messages }) =>
      messages.some(({ text }) => text.includes('is shown with this result'))
        ? { text: 'a picture', usage: { input: 6000, output: 3 } }
        : { calls: [{ name: 'read_file', args: { path: 'a.png' } }], usage: { input: 4500, output: 20 } },
    { model, show },
  );
  onTestFinished(() => server.close());
  const bench = await workbench();
  writeFileSync(join(bench.folder, 'a.png'), PNG);
  const events = await bench.run(ollamaModel({ model, baseUrl: server.url }));
  expect(outcomes(events)).toEqual(['done']);
  expect(bench.engine.view().run).toMatchObject({ state: 'finished', usage: { context: { limit: 32_000 } } });
  expect(events.filter(({ type }) => type === 'compacted')).toEqual([]);
  expect(server.requests[1]?.body).toContain(PNG.toString('base64'));
});

test('what is only reckoned to be too long is said to be no more than that', () => {
  const room = new OllamaRoom(FACTS);
  expect(room.for({ characters: 3000, pictures: 3 }, 'm')).toBe(8000);
  room.counted(4000); // of which three thousand are the pictures'
  expect(room.for({ characters: 30_000, pictures: 0 }, 'm')).toBe(8000);
  let failure: unknown;
  try {
    room.for({ characters: 60_000, pictures: 0 }, 'm');
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({ kind: 'overflow', isEstimate: true });
});

test.each([true, false])('what was only reckoned (%s) teaches no limit', async (isEstimate) => {
  let turns = 0;
  const model: Model = {
    ...{ ...scripted([]), isScripted: undefined, contextTokens: 100_000 },
    async *stream() {
      turns += 1;
      if (turns > 1) throw new ModelFailure('It is too long.', { kind: 'overflow', isEstimate });
      yield { type: 'call', call: { id: 'c', name: 'read_file', arguments: '{"path":"README.md"}' } };
      yield { type: 'usage', input: 4000, output: 20 };
      yield await Promise.resolve({ type: 'end' as const, end: { why: 'calls' as const } });
    },
  };
  const bench = await workbench();
  await bench.run(model);
  const { state, usage } = bench.engine.view().run ?? {};
  expect(state).toBe('failed');
  if (isEstimate) expect(usage?.context.limit).toBe(100_000);
  else expect(usage?.context.limit).toBeLessThan(100_000);
});

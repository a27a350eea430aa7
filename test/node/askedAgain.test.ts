import { describe, expect, onTestFinished, test } from 'vitest';
import { BACKOFF, waitBefore } from '../../src/core/agent/waits.ts';
import type { Model } from '../../src/core/models/port.ts';
import { WIRES, type Wire } from '../support/chaosTable.ts';
import type { Misbehaviour, ModelServer, ServerScript } from '../support/modelServer.ts';
import { outcomes, workbench } from '../support/workbench.ts';

async function model(wire: Wire, script: ServerScript): Promise<{ model: Model; server: ModelServer }> {
  const server = await WIRES[wire].serve(script);
  onTestFinished(() => server.close());
  return { model: WIRES[wire].model(server.url), server };
}

const WRITE = { name: 'write_file', args: { path: 'new.txt', content: 'once\n' } };
const PASSING: Misbehaviour[] = ['server-error', 'cut-off', 'ends-early', 'error-in-stream'];

describe.each(Object.keys(WIRES) as Wire[])('%s', (wire) => {
  test.each(PASSING)(
    '%s, twice: it is asked again in sight, each request is recorded, and nothing is done twice',
    async (misbehave) => {
      const made = await model(wire, ({ results }, number) =>
        number < 2 || number === 3
          ? { misbehave }
          : results.length === 0
            ? { text: 'I write.', calls: [WRITE] }
            : { text: 'done' },
      );
      const bench = await workbench();
      const events = await bench.run(made.model);
      expect(bench.engine.view().run).toMatchObject({ state: 'finished', turn: 2 });
      expect(outcomes(events)).toEqual(['done']);
      expect(made.server.requests).toHaveLength(5);
      // Some servers are asked about the model first.
      expect(events.filter(({ type }) => type === 'egress').length).toBeGreaterThanOrEqual(5);
      expect(events.filter(({ type }) => type === 'model_replied')).toHaveLength(2);
      const again = events.filter(({ type }) => type === 'asked_again');
      expect(again.map(({ data }) => [data['next'], data['most']])).toEqual([
        [1, 5],
        [2, 5],
        [1, 5],
      ]);
      const notices = bench.engine.view().run?.entries.filter(({ kind }) => kind === 'notice') ?? [];
      expect(notices).toMatchObject(again.map(({ payload }) => ({ text: payload?.['words'] })));
      // What is shown of a reply that was lost stays what it was; the next one stands by itself.
      const said =
        bench.engine.view().run?.entries.flatMap((entry) => (entry.kind === 'assistant' ? [entry] : [])) ?? [];
      expect(said.every(({ streaming }) => !streaming)).toBe(true);
      expect(said.at(-1)?.text).toBe('done');
    },
  );

  test('a server that stays in trouble ends the run with what to do; a message goes on', async () => {
    const made = await model(wire, (_, number) => (number < 6 ? { misbehave: 'server-error' } : { text: 'here I am' }));
    const bench = await workbench();
    await bench.run(made.model);
    const run = bench.engine.view().run;
    expect(run).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /It was asked 6 times\. The run goes on where it stands when you resume it\.$/,
      ) as string,
    });
    await bench.engine.send('go on', made.model);
    expect(bench.engine.view().run).toMatchObject({ state: 'finished', id: run?.id });
  });

  test.each(['unauthorized', 'not-found', 'redirect', 'garbage'] as const)('%s is asked once', async (misbehave) => {
    const made = await model(wire, () => ({ misbehave }));
    const bench = await workbench();
    await bench.run(made.model);
    expect(made.server.requests).toHaveLength(1);
    expect(bench.engine.view().run?.state).toBe('failed');
  });
});

test('a stop ends the wait at once', async () => {
  const made = await model('openai', () => ({ misbehave: 'overloaded' })); // it wants to be left alone for 30 s
  const bench = await workbench();
  let stopped = 0;
  bench.engine.onChange(() => {
    const last = bench.engine.view().run?.entries.at(-1);
    if (stopped === 0 && last?.kind === 'notice' && last.text.includes('trying again in 3')) {
      stopped = performance.now();
      void bench.engine.stop('enough', { by: 'person', at: 'editor' });
    }
  });
  const events = await bench.run(made.model);
  expect(stopped).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'stopped' } });
  expect(made.server.requests).toHaveLength(1);
});

test('waits grow, never come before the server wants it, and end where it wants too much', () => {
  const waits = { random: () => 0.5, backoff: BACKOFF };
  const own = [1, 2, 3, 4, 5, 6, 20].map((next) => waitBefore(next, undefined, waits) ?? 0);
  expect(own).toEqual([...own].sort((a, b) => a - b));
  expect(own.at(-1)).toBeLessThanOrEqual(BACKOFF.longestMs);
  for (const random of [0, 0.3, 0.999])
    expect(waitBefore(1, 8, { ...waits, random: () => random })).toBeGreaterThanOrEqual(8000);
  expect(waitBefore(1, 3600, waits)).toBeUndefined();
  expect(
    new Set([0, 0.5, 0.9].map((random) => waitBefore(3, undefined, { ...waits, random: () => random }))).size,
  ).toBe(3);
});

import { describe, expect, onTestFinished, test } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { WIRES, type Wire } from '../support/chaosTable.ts';
import type { ModelServer, ScriptedReply, SeenRequest } from '../support/modelServer.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

type Script = (request: SeenRequest, number: number) => ScriptedReply;

/** A model behind a real server, that says how much it takes only where a test has it so. */
async function model(
  wire: Wire,
  script: Script,
  contextTokens?: number,
): Promise<{ model: Model; server: ModelServer }> {
  const server = await WIRES[wire].serve(script);
  onTestFinished(() => server.close());
  const made = WIRES[wire].model(server.url);
  return { model: contextTokens === undefined ? made : { ...made, contextTokens }, server };
}

const lengthOf = ({ messages }: SeenRequest): number => messages.reduce((sum, { text }) => sum + text.length, 0);

/** A server that takes no conversation longer than so many characters, whatever its model would say. */
const taking =
  (most: number, script: Script): Script =>
  (request, number) =>
    lengthOf(request) > most ? { misbehave: 'overflow' } : script(request, number);

const isSummary = ({ messages }: SeenRequest): boolean =>
  messages.at(-1)?.text.startsWith('This conversation grows too long') === true;

const lines = (name: string): string =>
  Array.from({ length: 1500 }, (_, at) => `line ${at} of ${name}, with some words to make it longer`).join('\n');

const FILES = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => [`${name}.txt`, lines(name)]));

/** Reads one file after the other; what is to be done next is known by what is on the log of the run alone. */
const reading =
  (names: string): Script =>
  (request, number) =>
    isSummary(request)
      ? { text: 'SUMMED UP' }
      : names[number] === undefined
        ? { text: 'all read' }
        : { calls: [{ name: 'read_file', args: { path: `${names[number]}.txt` } }] };

/** The same, by counting the replies that were no summaries. */
function counted(script: (request: SeenRequest, turn: number) => ScriptedReply): Script {
  let turn = 0;
  return (request) => {
    if (isSummary(request)) return { text: 'SUMMED UP' };
    turn += 1;
    return script(request, turn - 1);
  };
}

const compactions = (events: readonly AuditRecord[]): AuditRecord[] =>
  events.filter(({ type }) => type === 'compacted');

function textsOf(server: ModelServer): string[] {
  return server.requests.map(({ body }) => body);
}

describe.each(Object.keys(WIRES) as Wire[])('%s: a conversation that is too long for the model', (wire) => {
  test('goes on with less, after the server has said so', async () => {
    let refused = 0;
    const script = reading('abc');
    let answered = 0;
    const made = await model(wire, (request) => {
      if (lengthOf(request) > 90_000) {
        refused += 1;
        return { misbehave: 'overflow' };
      }
      const reply = script(request, answered);
      if (!isSummary(request)) answered += 1;
      return reply;
    });
    const bench = await workbench({ files: FILES });
    const events = await bench.run(made.model);
    expect(outcomes(events)).toEqual(['done', 'done', 'done']);
    expect(bench.engine.view().run).toMatchObject({ state: 'finished', reason: 'The agent is done.' });
    expect(refused).toBeGreaterThan(0);
    expect(made.server.problems).toEqual([]);
    expect(compactions(events)[0]?.data).toMatchObject({ because: 'overflow', how: 'shortened' });
    // It is in sight, and the log has what the model is not told any more.
    expect(JSON.stringify(bench.engine.view().run?.entries)).toContain('To make room for the model');
    const outputs = events.filter(({ type }) => type === 'finished').map(({ payload }) => String(payload?.['output']));
    for (const output of outputs) expect(output).not.toContain('left out here to make room');
  });

  test('cannot go on where even the last result is too long, and says what to do', async () => {
    const made = await model(wire, taking(500, reading('a')));
    const bench = await workbench({ files: FILES });
    await bench.run(made.model, 'x'.repeat(2000));
    expect(bench.engine.view().run).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/longer than test-model takes.*cannot be made shorter\. Choose a model/) as string,
    });
    expect(made.server.requests.length).toBeLessThan(8);
  });

  test('a run that is resumed with a model that takes less goes on', async () => {
    const large = await model(wire, reading('abc'));
    const bench = await workbench({ files: FILES });
    await bench.run(large.model, 'the task of the run');
    const run = bench.engine.view().run?.id ?? '';
    const small = await model(
      wire,
      taking(
        60_000,
        counted((_, turn) => reading('d')(_, turn)),
      ),
    );
    bench.engine.newRun();
    await bench.engine.resume(run, small.model, {
      model: { ...small.model, from: { by: 'person', at: 'editor' } },
    });
    expect(bench.engine.view().run).toMatchObject({ state: 'finished', id: run });
    expect(small.server.problems).toEqual([]);
    expect(textsOf(small.server).at(-1)).toContain('the task of the run');
    expect(bench.engine.view().run?.entries.filter(({ kind }) => kind === 'action')).toHaveLength(4);
  });
});

/** What a person says no to, and why; a rule that says no; and what is to be kept of the words. */
const POLICY = `tools: {file_system: {denied_paths: ["secret.txt"]}}\nmax_iterations: 100\n`;
const NO = 'The build folder belongs to another team.';

async function longRun(wire: Wire): Promise<{ bench: Workbench; events: AuditRecord[]; server: ModelServer }> {
  const small = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`n${at}.txt`, lines(`n${at}`).slice(0, 4000)]),
  );
  const script = counted((request, turn) => {
    if (turn === 0) return { calls: [{ name: 'read_file', args: { path: 'secret.txt' } }] };
    if (turn === 1) return { calls: [{ name: 'write_file', args: { path: 'build/x', content: 'x' } }] };
    if (turn < 42) return { calls: [{ name: 'read_file', args: { path: `n${turn - 2}.txt` } }] };
    return { text: `done after ${request.messages.length}` };
  });
  const made = await model(wire, script, 16_000);
  const bench = await workbench({
    files: { ...small, 'secret.txt': 'none of your business' },
    userPolicy: POLICY,
    answer: () => ({ choice: 'deny', reason: NO }),
  });
  const events = await bench.run(made.model, 'Read all of the files, and tell me what is in them. Mind § 7.');
  return { bench, events, server: made.server };
}

describe.each(Object.keys(WIRES) as Wire[])('%s: a long run of a small model', (wire) => {
  test('is summed up before it is too long; task, denials and their reasons stay word for word', async () => {
    const { bench, events, server } = await longRun(wire);
    expect(bench.engine.view().run?.state).toBe('finished');
    expect(server.problems).toEqual([]);
    expect(outcomes(events).filter((outcome) => outcome === 'done')).toHaveLength(40);
    const summed = compactions(events).filter(({ data }) => data['how'] === 'summarised');
    expect(summed.length).toBeGreaterThan(1);
    for (const { data, payload } of compactions(events)) {
      expect(Number(data['tokensAfter'])).toBeLessThan(Number(data['tokensBefore']));
      expect(payload?.['words']).toMatch(/^To make room for the model/);
    }
    for (const body of textsOf(server).slice(-1)) {
      expect(body).toContain('Mind § 7.');
      expect(body).toContain(NO);
      expect(body).toContain('Not allowed');
      expect(body).toContain('secret.txt');
      expect(body).toContain('SUMMED UP');
    }
    // Each request but a summary's begins as the one before did, from one making of room to the next.
    // What marks where a cache ends is no part of what it holds.
    const unmarked = (key: string, value: unknown): unknown => (key === 'cache_control' ? undefined : value);
    const bodies = textsOf(server).map((body) => JSON.parse(body, unmarked) as { messages: unknown[] });
    const kept = bodies.slice(1).filter(({ messages }, at) => {
      const before = bodies[at]?.messages ?? [];
      return JSON.stringify(messages.slice(0, before.length)) === JSON.stringify(before);
    });
    expect(bodies.length - 1 - kept.length).toBeLessThanOrEqual(compactions(events).length * 2);
  });

  test('is resumed from there: what it is told again is what the log says, and the person sees all of it', async () => {
    const { bench, events, server } = await longRun(wire);
    const run = bench.engine.view().run?.id ?? '';
    const before = server.requests.length;
    bench.engine.newRun();
    const { engine } = bench;
    const again = await model(wire, () => ({ text: 'here I am' }), 16_000);
    await engine.resume(run, again.model, { model: { ...again.model, from: { by: 'person', at: 'editor' } } });
    expect(again.server.problems).toEqual([]);
    expect(server.requests).toHaveLength(before);
    const [body = ''] = textsOf(again.server);
    expect(body).toContain(NO);
    expect(body).not.toContain('is not known to have happened');
    const shown = engine.view().run?.entries ?? [];
    expect(shown.filter(({ kind }) => kind === 'action')).toHaveLength(outcomes(events).length);
  });
});

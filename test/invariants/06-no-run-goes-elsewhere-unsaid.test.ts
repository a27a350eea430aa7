import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { GoesElsewhere, type Agreed } from '../../src/core/agent/handOver.ts';
import type { Model, ModelRequest } from '../../src/core/models/port.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { scripted, workbench, type Workbench } from '../support/workbench.ts';

const READS = { calls: [{ name: 'read_file', args: { path: 'README.md' } }] };
const agreedTo = ({ label, destination }: Model): Agreed => ({ label, destination, from: IN_EDITOR });

/** A run that has read a file, and a model that keeps what it is sent. */
async function begun(): Promise<{ bench: Workbench; run: string; model: Model; asked: ModelRequest[] }> {
  const bench = await workbench({ files: { '.env': 'KEY=1\n' } });
  await bench.run([READS, { text: 'hello' }]);
  const asked: ModelRequest[] = [];
  const model = scripted((request) => {
    asked.push({ ...request, messages: [...request.messages] });
    return asked.length === 1 ? { calls: [{ name: 'read_file', args: { path: '.env' } }] } : { text: 'again' };
  });
  return { bench, run: bench.engine.view().run?.id ?? '', model, asked };
}

async function refusal(work: Promise<void>): Promise<GoesElsewhere> {
  return work.then(
    () => expect.fail('it went on'),
    (error: unknown) => (error instanceof GoesElsewhere ? error : expect.fail(String(error))),
  );
}

test('a run goes on with no other model, nor with the same one elsewhere, before somebody agreed to that', async () => {
  const { bench, run, model, asked } = await begun();
  const elsewhere = { ...model, destination: 'To two.example.' };
  for (const other of [{ ...model, label: 'other' }, elsewhere]) {
    expect((await refusal(bench.engine.send('go on', other, { run }))).message).toMatch(
      `This run was with scripted. To go on with ${other.label} is to send it all that was said here, with content of README.md. ${other.destination}`,
    );
    for (const agreed of [agreedTo(model), { ...agreedTo(other), from: { by: 'nobody', at: 'editor' } as const }])
      await refusal(bench.engine.send('go on', other, { run, agreed }));
  }
  await expect(bench.engine.send('go on', model, { run: 'another run' })).rejects.toThrow('begin a new run');
  expect(asked).toEqual([]);
  await bench.engine.send('go on', model, { run }); // control
  expect(bench.engine.view().run?.id).toBe(run);
  await bench.engine.send('anew', elsewhere); // nothing is meant: a new run, for what was read stays where it was
  expect(bench.engine.view().run?.id).not.toBe(run);
  expect((await bench.node.audit.events(run)).map(({ type }) => type)).not.toContain('handed_over');
});

test('agreed to, the conversation goes on there, in the same run; it is recorded first, and cards name the new place', async () => {
  const { bench, run, model, asked } = await begun();
  const elsewhere = { ...model, label: 'other', destination: 'To two.example.' };
  await bench.engine.send('go on', elsewhere, { run, agreed: agreedTo(elsewhere) });
  expect(bench.engine.view().run).toMatchObject({ id: run, state: 'finished', model: 'other' });
  expect(asked[0]?.messages.map(({ role, text }) => [role, text])).toEqual(
    expect.arrayContaining([
      ['assistant', 'hello'],
      ['user', 'go on'],
    ]),
  );
  const events = await bench.node.audit.events(run);
  const at = events.findIndex(({ type }) => type === 'handed_over');
  expect(events[at]).toMatchObject({
    data: { model: 'other', before: 'scripted', leftOut: 0, by: 'person', at: 'editor' },
    payload: { destination: 'To two.example.', destinationBefore: 'nowhere' },
  });
  expect(events.findIndex(({ type }) => type === 'run_continued')).toBeGreaterThan(at);
  expect(JSON.stringify(bench.asked.at(-1)?.card)).toContain('Its content would go to the model. To two.example.');
  await bench.engine.send('and on', elsewhere, { run }); // nothing is asked twice
});

test('so it is with a run of the log, also in another process: the log tells whom it was with', async () => {
  const { bench, run, model, asked } = await begun();
  const base = join(bench.folder, '..');
  const node = await partsUnder(base, { folders: [bench.folder] });
  await using _evidence = node.evidence;
  const engine = composeEngine(node.parts);
  const elsewhere = { ...model, label: 'other', destination: 'To two.example.' };
  await refusal(engine.resume(run, elsewhere));
  expect(engine.isWorking).toBe(false);
  expect(asked).toEqual([]);
  engine.onChange(() => {
    for (const { id, digest } of engine.view().approvals)
      queueMicrotask(() => engine.answer(id, digest, { choice: 'deny' }, IN_EDITOR));
  });
  await engine.resume(run, elsewhere, { model: agreedTo(elsewhere) });
  expect(engine.view().run).toMatchObject({ id: run, state: 'finished' });
  const [summary] = await node.audit.summaries([run]);
  expect(summary).toMatchObject({ model: 'other', destination: 'To two.example.' });
  await refusal(engine.resume(run, model)); // back is elsewhere again
});

import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { scripted, workbench } from '../support/workbench.ts';

const told = (engine: Engine): string[] =>
  (engine.view().run?.entries ?? []).flatMap((entry) => ('text' in entry ? [entry.text] : []));

test('a run at rest that somebody else went on with goes on from all that was said, and nothing is overwritten', async () => {
  const bench = await workbench();
  const { engine, node } = bench;
  await bench.run([{ text: 'first answer' }], 'one');
  const run = engine.view().run?.id ?? '';
  // As in another window of the same account: it has the run from the log, and goes on with it to its end.
  const other = composeEngine(node.parts);
  await other.resume(run, scripted([{ text: 'said elsewhere' }]), { message: 'meanwhile' });
  expect(told(engine)).toEqual(['one', 'first answer']); // what is in memory here

  const requests: ModelRequest[] = [];
  const model = scripted((request) => {
    requests.push(structuredClone(request));
    return { text: 'all of it' };
  });
  await engine.send('and now?', model, { run });
  expect(requests[0]?.messages.slice(1).map(({ text }) => text)).toEqual([
    ...['one', 'first answer', 'meanwhile', 'said elsewhere', 'and now?'],
  ]);
  expect(told(engine)).toEqual([
    ...['one', 'first answer', 'meanwhile', 'said elsewhere'],
    'This run went on in another window or terminal. What was said there is known here now.',
    ...['and now?', 'all of it'],
  ]);
  const stored = JSON.stringify(await node.audit.loadTranscript(run));
  for (const text of ['said elsewhere', 'and now?', 'all of it']) expect(stored).toContain(text);

  // The other one is the one that is behind now; it is told without being asked to go on, and only then.
  await other.catchUp();
  expect(told(other).slice(-2)).toEqual(['and now?', 'all of it']);
  const before = other.view().run;
  await other.catchUp();
  expect(other.view().run?.entries).toEqual(before?.entries);

  // Control: a run that nobody else touched goes on as it is in memory, and says nothing of others.
  await engine.send('more', model, { run });
  expect(told(engine).filter((text) => text.includes('another window'))).toHaveLength(1);
  expect(
    requests
      .at(-1)
      ?.messages.slice(-2)
      .map(({ text }) => text),
  ).toEqual(['all of it', 'more']);
});

test('where somebody else goes on with it in the very moment, nothing is sent or stored over it', async () => {
  const bench = await workbench();
  const { engine, node } = bench;
  await bench.run([{ text: 'first answer' }], 'one');
  const run = engine.view().run?.id ?? '';
  const other = composeEngine(node.parts);
  // After this engine has looked, and before it has the folder.
  const claim = node.audit.claim.bind(node.audit);
  let isFirst = true;
  node.audit.claim = async (...args) => {
    if (isFirst) {
      isFirst = false;
      await other.resume(run, scripted([{ text: 'said elsewhere' }]), { message: 'meanwhile' });
    }
    return claim(...args);
  };
  let asked = 0;
  const model = scripted(() => {
    asked += 1;
    return { text: 'hm' };
  });
  await engine.send('and now?', model, { run });
  expect(asked).toBe(0);
  expect(engine.view().run).toMatchObject({ state: 'failed' });
  expect(engine.view().run?.reason).toBe(
    'This run went on in another window or terminal. Show it again, and send your message then.',
  );
  expect(JSON.stringify(await node.audit.loadTranscript(run))).toContain('said elsewhere');
  expect(await node.audit.running()).toEqual([]);
  await engine.send('and now?', model, { run });
  expect(asked).toBe(1);
  expect(told(engine)).toContain('said elsewhere');
});

import { expect, test } from 'vitest';
import { pastOf } from '../../src/core/agent/past.ts';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { scripted, workbench, type Workbench } from '../support/workbench.ts';

const THIS_TERMINAL = { at: 'terminal', place: '/dev/pts/7' } as const;

/** Lets the person do something while the model thinks about its first reply; returns what the model was sent. */
async function meanwhile(bench: Workbench, act: () => Promise<void>): Promise<ModelRequest[]> {
  const requests: ModelRequest[] = [];
  await bench.run(
    scripted(async (request, turn) => {
      requests.push({ ...request, messages: [...request.messages] });
      if (turn === 0) await act();
      return turn === 0 ? { calls: [{ name: 'list_directory', args: { path: '.' } }] } : { text: 'done' };
    }),
  );
  return requests;
}

const said = ({ messages }: ModelRequest): string[] =>
  messages.flatMap((message) => (message.role === 'user' ? [message.text] : []));
const shown = (bench: Workbench): string[] =>
  (bench.engine.view().run?.entries ?? []).map((entry) => (entry.kind === 'user' ? entry.text : entry.kind));

test('what is said while it works waits in sight, and joins behind what was done meanwhile', async () => {
  const bench = await workbench();
  const { engine } = bench;
  const requests = await meanwhile(bench, async () => {
    await engine.say('also look at the tests');
    expect(engine.view().run?.queued?.map(({ text }) => text)).toEqual(['also look at the tests']);
    expect(shown(bench)).not.toContain('also look at the tests');
  });
  expect(said(requests[1] as ModelRequest)).toContain('also look at the tests');
  expect(engine.view().run?.queued).toBeUndefined();
  const order = shown(bench);
  expect(order.indexOf('also look at the tests')).toBeGreaterThan(order.indexOf('action'));
});

test('a message taken back is never told, here and after a restart, and the log says who took it back', async () => {
  const bench = await workbench();
  const { engine, node } = bench;
  const requests = await meanwhile(bench, async () => {
    await engine.say('delete everything');
    await engine.say('be careful');
    const [first] = engine.view().run?.queued ?? [];
    expect(await engine.withdraw(first?.id ?? '', THIS_TERMINAL)).toBe(true);
    expect(await engine.withdraw(first?.id ?? '', THIS_TERMINAL)).toBe(false);
  });
  for (const request of requests) expect(said(request)).not.toContain('delete everything');
  expect(said(requests[1] as ModelRequest)).toContain('be careful'); // or nothing was said at all
  const events = await node.audit.events(engine.view().run?.id ?? '');
  const withdrawn = events.find(({ type }) => type === 'message_withdrawn');
  expect(withdrawn?.data).toMatchObject({ by: 'person', ...THIS_TERMINAL });
  const past = pastOf(events).entries.flatMap((entry) => (entry.kind === 'user' ? [entry.text] : []));
  expect(past).toEqual(['do it', 'be careful']);
  const stored = JSON.stringify(await node.audit.loadTranscript(engine.view().run?.id ?? ''));
  expect(stored).toContain('be careful');
  expect(stored).not.toContain('delete everything');
});

test('what was told cannot be taken back', async () => {
  const bench = await workbench();
  const { engine, node } = bench;
  let id = '';
  await meanwhile(bench, async () => {
    await engine.say('be quick');
    id = engine.view().run?.queued?.[0]?.id ?? '';
  });
  expect(id).not.toBe('');
  expect(await engine.withdraw(id, THIS_TERMINAL)).toBe(false);
  const events = await node.audit.events(engine.view().run?.id ?? '');
  expect(events.some(({ type }) => type === 'message_withdrawn')).toBe(false);
});

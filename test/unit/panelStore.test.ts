import { describe, expect, it } from 'vitest';
import { readCard } from '../../src/core/tools/files/looking.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { FromPanelSchema } from '../../src/shared/protocol.ts';
import type { PanelState, RunView } from '../../src/shared/runView.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { createStore } from '../../webview/state/store.ts';
import { firstUpdate, isTaken } from '../support/panelUpdate.ts';

const approval: Approval = {
  id: 'a1',
  run: 'r1',
  action: 'x1',
  tool: 'read_file',
  title: 'Read .env',
  digest: 'd1',
  card: readCard('.env', 'api.openai.com'),
  undo: 'Nothing to undo.',
  ...{ undoState: 'nothing', where: [], why: 'It looks like a secret.' },
  decision: {
    verdict: 'ask',
    rule: 'read.secret',
    reason: 'It looks like a secret.',
    origin: { layer: 'built-in' },
  },
  grantOffers: [{ id: 'read', words: 'reading .env' }],
  grantLimits: { minutes: 60, uses: 20 },
  flags: NO_FLAGS,
  lights: ['private'],
};

const panel: PanelState = {
  trusted: true,
  attended: true,
  enterSends: true,
  folder: '/w',
  approvals: [approval],
  interrupted: [],
  model: { provider: 'demo', label: 'Demo', destination: 'Nothing leaves.' },
  sandbox: { state: 'works', text: 'bubblewrap' },
  policy: { state: 'ok', notes: [] },
  way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
};

function fakeHost(saved?: unknown) {
  const sent: FromPanel[] = [];
  let state = saved;
  return {
    sent,
    saved: () => state,
    postMessage: (message: FromPanel): void => {
      if (!isTaken(message)) sent.push(FromPanelSchema.parse(message));
    },
    getState: () => state,
    setState: (next: unknown) => void (state = next),
  };
}

describe('panel store', () => {
  it('keeps what was typed across a hidden panel', () => {
    const host = fakeHost();
    const first = createStore(host);
    first.receive(firstUpdate(panel));
    first.setDraft('fix the');
    first.setReason('a1', 'use the mock');
    const second = createStore(fakeHost(structuredClone(host.saved())));
    expect(second.model().draft).toBe('fix the');
    expect(second.model().reasons.get('a1')).toBe('use the mock');
  });

  it('starts empty when what was saved is not its own', () => {
    expect(createStore(fakeHost({ draft: 7 })).model().draft).toBe('');
  });

  it('ignores messages that are not in the table, and says when a state cannot be read', () => {
    const store = createStore(fakeHost());
    for (const other of [undefined, 'update', { type: 'constructor' }, { source: 'react-devtools' }])
      store.receive(other);
    expect(store.model()).toMatchObject({ panel: undefined, misunderstood: false });
    store.receive({ ...firstUpdate(panel), head: { ...panel, extra: 1 } });
    expect(store.model()).toMatchObject({ panel: undefined, misunderstood: true });
    store.receive(firstUpdate(panel));
    expect(store.model()).toMatchObject({ panel, misunderstood: false });
  });

  it('answers a question once, until the next snapshot', () => {
    const host = fakeHost();
    const store = createStore(host);
    store.receive(firstUpdate(panel));
    store.answer(approval, { choice: 'approve' });
    store.answer(approval, { choice: 'deny' });
    expect(host.sent).toEqual([{ type: 'answer', approval: 'a1', digest: 'd1', answer: { choice: 'approve' } }]);
    store.receive(firstUpdate(panel));
    expect(store.model().answered.size).toBe(0);
  });

  it('sends what is to be remembered with the answer', () => {
    const host = fakeHost();
    const store = createStore(host);
    const answer = {
      choice: 'approve-and-grant',
      grant: { offer: 'read', until: { kind: 'uses', uses: 5 } },
    } as const;
    store.answer(approval, answer);
    expect(host.sent).toEqual([{ type: 'answer', approval: 'a1', digest: 'd1', answer }]);
  });

  it('reads a run with flags and remembered approvals', () => {
    const store = createStore(fakeHost());
    const run: RunView = {
      id: 'r1',
      task: 't',
      folder: '/w',
      state: 'running',
      reason: '',
      model: 'm',
      destination: 'd',
      turn: 1,
      maxTurns: 50,
      way: 'ask' as const,
      questions: 0,
      flags: { ...NO_FLAGS, private: true },
      grants: [{ id: 'g1', words: 'reading .env, for this run', uses: 2 }],
      entriesBefore: 0,
      entries: [],
    };
    store.receive(firstUpdate({ ...panel, run }));
    expect(store.model()).toMatchObject({ panel: { run }, misunderstood: false });
  });

  it('forgets the reason when its question is gone', () => {
    const host = fakeHost();
    const store = createStore(host);
    store.receive(firstUpdate(panel));
    store.setReason('a1', 'no');
    store.receive(firstUpdate({ ...panel, approvals: [] }));
    expect(host.saved()).toEqual({ draft: '', reasons: [] });
  });

  it('sends the draft and clears it, but never an empty one', () => {
    const host = fakeHost();
    const store = createStore(host);
    store.setDraft('  \n');
    store.sendTask();
    store.setDraft('go');
    store.sendTask();
    expect(host.sent).toEqual([{ type: 'send', text: 'go', sending: expect.any(String) as string }]);
    expect(store.model().draft).toBe('');
  });

  it('puts a suggested task below what was typed, once', () => {
    const store = createStore(fakeHost());
    store.receive({ type: 'set-task', text: 'one' });
    expect(store.model().draft).toBe('one');
    store.setDraft('mine');
    store.receive({ type: 'set-task', text: 'two' });
    store.receive({ type: 'set-task', text: 'two' });
    expect(store.model()).toMatchObject({ draft: 'mine\n\ntwo', focusTask: 3 });
  });
});

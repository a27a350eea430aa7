import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Transcript } from '../../src/core/agent/transcript.ts';
import type { CallUpdate } from '../../src/core/tools/callRun.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { FromPanel, PanelUpdate } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { PanelFeed } from '../../src/vscode/panelFeed.ts';
import { createStore, type Store } from '../../webview/state/store.ts';

/** A window: the run's transcript, the feed, and a page that takes messages when it gets round to it. */
class Window {
  readonly feed = new PanelFeed();
  store: Store | undefined;
  bytes = 0;
  most = 0;
  #transcript: Transcript | undefined;
  #run = 'r0';
  #runs = 0;
  #turn = 0;
  #way: PanelUpdate[] = [];
  #taken: FromPanel[] = [];

  get transcript(): Transcript {
    return (this.#transcript ??= new Transcript());
  }

  newRun(): void {
    this.#transcript = undefined;
    this.#run = `r${(this.#runs += 1)}`;
  }

  /** The same run, read again: its entries are counted from the beginning, and there are fewer of them. */
  resume(): void {
    this.#transcript = new Transcript();
    this.#transcript.add({ kind: 'user', text: 'as it was stored' });
  }

  noRun(): void {
    this.#transcript = undefined;
  }

  turn(): void {
    this.#turn += 1;
  }

  load(): void {
    this.#way = [];
    this.#taken = [];
    this.store = createStore({
      postMessage: (message) => this.#taken.push(message),
      getState: () => undefined,
      setState: () => undefined,
    });
    this.feed.begin();
  }

  hide(): void {
    this.feed.end();
    this.store = undefined;
  }

  post(): void {
    const { update } = this.feed.next(this.state());
    if (!update) return;
    const json = JSON.stringify(update);
    this.bytes += Buffer.byteLength(json);
    this.most = Math.max(this.most, json.length);
    this.#way.push(JSON.parse(json) as PanelUpdate);
    expect(this.#way.length).toBe(1);
  }

  arrive(): void {
    const update = this.#way.shift();
    if (update) this.store?.receive(update);
  }

  hearTaken(): void {
    const message = this.#taken.shift();
    if (message?.type === 'taken') this.feed.taken(message.number);
  }

  /** What was to be posted did not come. */
  lose(): void {
    if (this.#way.length === 0) return;
    this.#way = [];
    this.feed.lost();
  }

  /** Everything on its way comes, and then there is nothing more to say. */
  settle(): void {
    do {
      this.post();
      this.arrive();
      this.hearTaken();
    } while (this.#way.length + this.#taken.length > 0 || this.#lacksMore());
    expect(this.feed.next(this.state())).toEqual({ isAll: this.store !== undefined });
  }

  /** One step further, where there is one. */
  #lacksMore(): boolean {
    this.post();
    return this.#way.length > 0;
  }

  state(): PanelState {
    const kept = this.#transcript;
    return {
      ...{ trusted: true, attended: true, enterSends: true, folder: '/w', approvals: [], interrupted: [] },
      model: { provider: 'demo', label: 'm', destination: '' },
      sandbox: { state: 'works', text: '' },
      policy: { state: 'ok', notes: [] },
      way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
      ...(kept && {
        run: {
          ...{ id: this.#run, task: 't', folder: '/w', state: 'running', reason: '', model: 'm', destination: '' },
          ...{ turn: this.#turn, maxTurns: 50, way: 'ask' as const, questions: 0, flags: NO_FLAGS, grants: [] },
          ...{ entriesBefore: kept.before, entries: kept.entries },
        },
      }),
    };
  }
}

const WORDS = fc.string({ unit: 'grapheme', maxLength: 12 });
const STATUS = fc.constantFrom<CallUpdate['status']>('running', 'done', 'failed', 'denied');
const STEP = fc.oneof(
  WORDS.map((text) => (window: Window) => {
    window.transcript.add({ kind: 'user', text });
  }),
  WORDS.map((text) => (window: Window) => {
    const last = window.transcript.entries.at(-1);
    const before = last?.kind === 'assistant' && last.streaming ? last.text : '';
    window.transcript.assistant(before + text, { streaming: true, turn: 1 });
  }),
  // A reply that is begun anew, as after a retry.
  WORDS.map((text) => (window: Window) => {
    window.transcript.assistant(text, { streaming: true, turn: 1 });
  }),
  fc.constant((window: Window) => {
    window.transcript.settle();
  }),
  fc.tuple(fc.nat({ max: 5 }), STATUS, WORDS).map(([id, status, output]) => (window: Window) => {
    window.transcript.action({ id: String(id), tool: 't', status, output });
  }),
  fc.integer({ min: 1, max: 300 }).map((count) => (window: Window) => {
    for (let at = 0; at < count; at += 1) window.transcript.add({ kind: 'notice', level: 'info', text: String(at) });
  }),
  ...(['newRun', 'resume', 'noRun', 'turn', 'load', 'hide', 'lose', 'settle', 'settle'] as const).map((name) =>
    fc.constant((window: Window) => {
      window[name]();
    }),
  ),
  // Messages on their way are slow, each at its own pace.
  ...(['post', 'post', 'arrive', 'arrive', 'hearTaken', 'hearTaken'] as const).map((name) =>
    fc.constant((window: Window) => {
      window[name]();
    }),
  ),
);

test('whatever is added, changed, cut, reloaded or slow, the panel ends with what there is', () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
      const window = new Window();
      window.load();
      for (const step of steps) step(window);
      window.settle();
      if (window.store) expect(window.store.model()).toMatchObject({ panel: window.state(), misunderstood: false });
      window.load();
      window.settle();
      expect(window.store?.model().panel).toEqual(window.state());
    }),
    { numRuns: 300 },
  );
});

describe('what goes to the panel', () => {
  const TEXT = 'x'.repeat(10_000);
  /** As much of an output as a transcript has. */
  const OUTPUT = 'x'.repeat(4000);

  function loaded(): Window {
    const window = new Window();
    window.load();
    return window;
  }

  test('is each entry once: 500 entries of 4 kB, added one by one and each changed once, are some 4 MB', () => {
    const window = loaded();
    for (let at = 0; at < 500; at += 1) {
      window.transcript.action({ id: String(at), tool: 't', status: 'running', output: OUTPUT });
      window.settle();
      window.transcript.action({ id: String(at), tool: 't', status: 'done' });
      window.turn();
      window.settle();
    }
    expect(window.bytes).toBeGreaterThan(500 * 2 * OUTPUT.length);
    expect(window.bytes).toBeLessThan(1.2 * 500 * 2 * OUTPUT.length);
  });

  test('is of a long output its beginning and its end, and how long it is', () => {
    const window = loaded();
    window.settle();
    const before = window.bytes;
    window.transcript.action({ id: 'a', tool: 't', status: 'done', output: 'y'.repeat(1_000_000) });
    window.settle();
    expect(window.bytes - before).toBeLessThan(5000);
    expect(window.store?.model().panel?.run?.entries[0]).toHaveProperty('outputLength', 1_000_000);
  });

  test('is of a growing reply what it grew by', () => {
    const window = loaded();
    for (let length = 20; length <= TEXT.length; length += 20) {
      window.transcript.assistant(TEXT.slice(0, length), { streaming: true, turn: 1 });
      window.settle();
    }
    const updates = TEXT.length / 20;
    expect(window.bytes).toBeLessThan(TEXT.length + 300 * updates);
    expect(window.store?.model().panel?.run?.entries).toEqual([{ kind: 'assistant', text: TEXT, streaming: true }]);
  });

  test('is nothing while the last is not taken, and then what there is, once', () => {
    const window = loaded();
    window.transcript.add({ kind: 'user', text: 'go' });
    window.settle();
    window.post();
    const before = window.bytes;
    for (let at = 1; at <= 1000; at += 1) {
      window.transcript.assistant(TEXT.slice(0, 10 * at), { streaming: true, turn: 1 });
      window.post();
    }
    expect(window.bytes - before).toBeLessThan(500);
    window.settle();
    expect(window.bytes - before).toBeLessThan(TEXT.length + 1000);
  });

  test('comes in parts where a page that was just loaded lacks much', () => {
    const window = new Window();
    for (let at = 0; at < 600; at += 1) window.transcript.add({ kind: 'user', text: TEXT });
    window.load();
    window.settle();
    expect(window.most).toBeLessThan(1_100_000);
    expect(window.bytes).toBeLessThan(1.1 * 500 * TEXT.length);
    expect(window.store?.model().panel).toEqual(window.state());
  });

  test('is that a run read again has fewer entries, though none of them differs', () => {
    const window = loaded();
    window.resume();
    window.transcript.add({ kind: 'user', text: 'more' });
    window.settle();
    window.resume();
    window.settle();
    expect(window.store?.model().panel?.run?.entries).toEqual([{ kind: 'user', text: 'as it was stored' }]);
  });

  test('is the state again after an answer, also where nothing changed by it', () => {
    const window = loaded();
    window.settle();
    expect(window.feed.next(window.state()).update).toBeUndefined();
    window.feed.repeatHead();
    expect(window.feed.next(window.state()).update).toHaveProperty('head');
  });

  test('is not stopped by a message that cannot be read, and the panel says so until it is loaded anew', () => {
    const window = loaded();
    window.settle();
    const posted: FromPanel[] = [];
    const store = createStore({
      postMessage: (message) => posted.push(message),
      getState: () => undefined,
      setState: () => undefined,
    });
    store.receive({ type: 'update', number: 7, begins: false, head: 'none' });
    expect(posted).toEqual([{ type: 'taken', number: 7 }]);
    expect(store.model().misunderstood).toBe(true);
    const grown = { kind: 'grown', number: 0, from: 3, more: 'x', streaming: true };
    const update = { type: 'update', number: 8, begins: true, head: { ...window.state() } };
    store.receive({ ...update, entries: { run: 'r0', before: 0, end: 1, changes: [grown] } });
    expect(store.model().misunderstood).toBe(true);
    store.receive(update);
    expect(store.model().misunderstood).toBe(false);
  });
});

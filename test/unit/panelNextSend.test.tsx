import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Transcript as Kept } from '../../src/core/agent/transcript.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { PanelState, RunView } from '../../src/shared/runView.ts';
import { Printer } from '../../src/terminal/printer.ts';
import { Interrupted } from '../../webview/components/Interrupted.tsx';
import { Composer } from '../../webview/components/Composer.tsx';
import { entryViews } from '../../webview/components/conversation/Transcript.tsx';
import { createStore } from '../../webview/state/store.ts';
import { firstUpdate, isTaken } from '../support/panelUpdate.ts';

const run: RunView = {
  ...{ id: 'r1', task: 't', folder: '/w', state: 'finished', reason: '', model: 'm', destination: 'To one.example.' },
  ...{
    turn: 1,
    maxTurns: 50,
    way: 'ask' as const,
    questions: 0,
    flags: NO_FLAGS,
    grants: [],
    entriesBefore: 0,
    entries: [],
  },
};
const panel: PanelState = {
  ...{ trusted: true, attended: true, enterSends: true, folder: '/w', run, approvals: [], interrupted: [] },
  model: { provider: 'openai', label: 'm', destination: 'To one.example.' },
  sandbox: { state: 'works', text: '' },
  policy: { state: 'ok', notes: [] },
  way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
};

function sent(state: PanelState): { box: string; messages: unknown[] } {
  const messages: unknown[] = [];
  const store = createStore({
    postMessage: (message) => messages.push(message),
    getState: () => undefined,
    setState: () => undefined,
  });
  store.receive(firstUpdate(state));
  store.setDraft('go');
  const box = renderToStaticMarkup(<Composer model={store.model()} panel={state} store={store} />);
  store.sendTask();
  return { box, messages: messages.filter((message) => !isTaken(message)) };
}

describe('a message after a run has ended', () => {
  it('control: goes on with the run, and says which', () => {
    const { box, messages } = sent(panel);
    expect(box).toContain('Continue this run');
    expect(messages).toEqual([{ type: 'send', text: 'go', run: 'r1', sending: expect.any(String) as string }]);
  });

  it.each([
    ['another model', { label: 'n', destination: 'To two.example.' }],
    ['the same model elsewhere', { label: 'm', destination: 'To two.example.' }],
  ])('goes on with %s, and says first where the conversation would go', (_, changed) => {
    const { box, messages } = sent({ ...panel, model: { provider: 'openai', ...changed } });
    expect(box).toContain('Continue this run');
    expect(box).toMatch(/Continuing sends [mn] all that was said and read in this run;.* To two\.example\./s);
    expect(messages).toEqual([{ type: 'send', text: 'go', run: 'r1', sending: expect.any(String) as string }]);
    expect(sent(panel).box).not.toContain('Continuing sends'); // the control
  });

  it('goes to the run under way, whatever is chosen meanwhile', () => {
    const state = { ...panel, run: { ...run, state: 'running' as const } };
    expect(sent({ ...state, model: { ...panel.model, label: 'n' } }).box).toContain('Send to the run');
  });

  it('is resumed with a word about where its prompts go now', () => {
    const runs = [{ run: 'r', task: 't', reason: '' }];
    const post = (): undefined => undefined;
    expect(renderToStaticMarkup(<Interrupted runs={runs} destination="To two.example." post={post} />)).toContain(
      'To two.example.',
    );
  });
});

describe('a transcript that is cut at its beginning', () => {
  function kept(count: number): RunView {
    const transcript = new Kept();
    for (let at = 0; at < count; at += 1) transcript.add({ kind: 'notice', level: 'info', text: `entry ${at}.` });
    return { ...run, entriesBefore: transcript.before, entries: transcript.entries };
  }

  it('names each entry by its own number, so that none is taken for another', () => {
    // How React tells entries apart.
    const keysOf = ({ entries, entriesBefore: before }: RunView): Map<string, unknown> =>
      new Map(entryViews(entries, before).map(({ key }, index) => [JSON.stringify(entries[index]), key]));
    const [before, after] = [keysOf(kept(10_000)), keysOf(kept(10_002))];
    expect(kept(10_002).entries).toHaveLength(10_000);
    for (const [entry, key] of after) if (before.has(entry)) expect(key).toBe(before.get(entry));
  });

  it('is printed to its end, each entry once', () => {
    let printed = '';
    const printer = new Printer((text) => (printed += text));
    for (const count of [10, 9_999, 10_001, 10_020, 20_600]) printer.update(kept(count));
    for (const [at, times] of [
      [0, 1],
      [10_000, 1],
      [10_019, 1],
      [20_599, 1],
    ] as const)
      expect(printed.split(`entry ${at}.`).length - 1, String(at)).toBe(times);
  });
});

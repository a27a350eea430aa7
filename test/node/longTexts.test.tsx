import { join } from 'node:path';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, onTestFinished, test } from 'vitest';
import { pastOf } from '../../src/core/agent/past.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { Entry, PanelState } from '../../src/shared/runView.ts';
import type { TextOf } from '../../src/shared/longText.ts';
import { EntryView } from '../../webview/components/EntryView.tsx';
import { LongTexts } from '../../webview/components/LongText.tsx';
import { textKey } from '../../webview/state/longTexts.ts';
import { createStore } from '../../webview/state/store.ts';
import { firstUpdate, isTaken } from '../support/panelUpdate.ts';
import { temporaryFolder } from '../support/tree.ts';

const RUN = 'run-1';
const LONG = Array.from({ length: 9000 }, (_, at) => `${at} 🦔\n`).join('');
const OUTPUT: TextOf = { kind: 'output', action: 'a1' };
const REPLY: TextOf = { kind: 'reply', turn: 2 };

/** A log with an output and a reply that are long, and a panel that shows the run. */
async function shownRun() {
  const log = new AuditStore(join(await temporaryFolder(), 'audit.db'), identityOf(process.pid));
  onTestFinished(() => {
    log.close();
  });
  const output = { data: { status: 'done', durationMs: 1 }, payload: { output: LONG } } as const;
  log.append({ type: 'model_replied', run: RUN, turn: 2, data: { calls: 1 }, payload: { text: LONG } });
  log.append({ type: 'finished', run: RUN, turn: 2, action: 'a1', ...output });
  const { entries } = pastOf(log.events(RUN, 60_000));
  const state: PanelState = {
    ...{ trusted: true, attended: true, enterSends: true, folder: '/w', approvals: [], interrupted: [] },
    model: { provider: 'demo', label: 'm', destination: '' },
    sandbox: { state: 'works', text: '' },
    policy: { state: 'ok', notes: [] },
    way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
    run: {
      ...{ id: RUN, task: 't', folder: '/w', state: 'finished', reason: '', model: 'm', destination: '' },
      ...{
        turn: 1,
        maxTurns: 50,
        way: 'ask' as const,
        questions: 0,
        flags: NO_FLAGS,
        grants: [],
        entriesBefore: 0,
        entries,
      },
    },
  };
  const posted: FromPanel[] = [];
  const store = createStore({
    postMessage: (message) => {
      if (!isTaken(message)) posted.push(message);
    },
    getState: () => undefined,
    setState: () => undefined,
  });
  store.receive(JSON.parse(JSON.stringify(firstUpdate(state))));
  const answer = (): boolean => {
    const asked = posted.shift();
    if (asked?.type !== 'read-text') return false;
    const { run, of, from } = asked;
    const part = log.textOf(run, of, from);
    expect(part?.text.length ?? 0).toBeLessThanOrEqual(20_000);
    store.receive(JSON.parse(JSON.stringify({ type: 'text', run, of, from, ...(part && { part }) })));
    return true;
  };
  const drawn = (kind: Entry['kind']): string => {
    const entry = store.model().panel?.run?.entries.find((one) => one.kind === kind);
    return renderToStaticMarkup(
      <LongTexts value={{ texts: store.model().texts, read: store.readText }}>
        {entry && <EntryView entry={entry} />}
      </LongTexts>,
    );
  };
  return { log, store, state, posted, answer, drawn };
}

test.each([
  ['an output', OUTPUT, 'action'],
  ['a reply', REPLY, 'assistant'],
] as const)(
  '%s that is long is shown in part, and the rest is read from the log, part by part',
  async (_, of, kind) => {
    const { store, answer, drawn } = await shownRun();
    expect(drawn(kind)).toContain(`Show all (${LONG.length} characters)`);
    expect(drawn(kind)).not.toContain('4500 🦔');
    let parts = 0;
    for (; drawn(kind).includes('data-testid="read-more"'); parts += 1) {
      store.readText(of);
      expect(answer()).toBe(true);
    }
    expect(parts).toBe(Math.ceil(LONG.length / 19_999));
    expect(store.model().texts.get(textKey(of))?.text).toBe(LONG);
    expect(drawn(kind)).toContain('4500 🦔');
    expect(drawn(kind)).toContain('8999 🦔');
  },
);

test('what is not kept is said, and asked for no more; a part that comes twice counts once', async () => {
  const { log, store, posted, answer, drawn } = await shownRun();
  store.readText(OUTPUT);
  store.readText(OUTPUT);
  expect(posted).toHaveLength(2);
  while (answer());
  const read = store.model().texts.get(textKey(OUTPUT))?.text ?? '';
  expect(LONG.startsWith(read)).toBe(true);
  expect([19_999, 20_000]).toContain(read.length);
  log.erase({ scope: 'run', run: RUN });
  store.readText(OUTPUT);
  expect(answer()).toBe(true);
  expect(drawn('action')).not.toContain('data-testid="read-more"');
  expect(drawn('action')).toContain(`The log has no more of it: ${LONG.length - read.length} characters are not kept.`);
});

test('another run begins with no texts of the one before', async () => {
  const { store, state, answer } = await shownRun();
  store.readText(REPLY);
  expect(answer()).toBe(true);
  expect(store.model().texts.size).toBe(1);
  const { run } = state;
  store.receive(JSON.parse(JSON.stringify(firstUpdate({ ...state, run: run && { ...run, id: 'other' } }))));
  expect(store.model().texts.size).toBe(0);
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { PanelState } from '../../src/shared/runView.ts';
import { FromPanelSchema } from '../../src/shared/protocol.ts';
import { MOST_REASON, MOST_TASK } from '../../src/shared/typed.ts';
import { TypedLine } from '../../src/terminal/typedLine.ts';
import { ApprovalCard } from '../../webview/components/ApprovalCard.tsx';
import { Composer } from '../../webview/components/Composer.tsx';
import { DenyMenu } from '../../webview/components/dock/DenyMenu.tsx';
import { createStore } from '../../webview/state/store.ts';
import { approvalOf } from '../support/cards.ts';

const PANEL: PanelState = {
  ...{ trusted: true, attended: true, enterSends: true, folder: '/w', approvals: [], interrupted: [] },
  model: { provider: 'openai', label: 'm', destination: 'To one.example.' },
  sandbox: { state: 'works', text: '' },
  policy: { state: 'ok', notes: [] },
  way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
};

function panelWith(draft: string) {
  const sent: unknown[] = [];
  const store = createStore({
    postMessage: (one) => sent.push(one),
    getState: () => undefined,
    setState: () => undefined,
  });
  store.setDraft(draft);
  const html = renderToStaticMarkup(<Composer model={store.model()} panel={PANEL} store={store} />);
  return { html, store, sent };
}

const isOff = (html: string, testId: string): boolean =>
  /disabled=""/.test(new RegExp(`<button[^>]*data-testid="${testId}"[^>]*>`).exec(html)?.[0] ?? '');

test('a task that is too long is kept whole, cannot be sent, and it is said why', () => {
  const task = `${'x'.repeat(198_900)} the question`;
  const { html, store, sent } = panelWith(task);
  expect(html).toContain(' the question</textarea>');
  expect(html).not.toContain('maxLength');
  expect(isOff(html, 'send')).toBe(true);
  expect(html).toContain(
    `${task.length - MOST_TASK} characters too long: at most 100000 can be sent. Put the rest into a file`,
  );
  store.sendTask();
  expect(sent).toEqual([]);
  expect(store.model().draft).toBe(task);
});

test('control: the longest that can be sent is sent, whole', () => {
  const task = 'x'.repeat(MOST_TASK);
  const { html, store, sent } = panelWith(task);
  expect(isOff(html, 'send')).toBe(false);
  expect(html).not.toContain('too long');
  store.sendTask();
  expect(sent).toEqual([{ type: 'send', text: task, sending: expect.any(String) as string }]);
  expect(FromPanelSchema.safeParse(sent[0]).success).toBe(true);
});

test('a reason for denying is kept whole, with its lines; one that is too long is not sent', () => {
  const { store } = panelWith('');
  const drawn = (reason: string): string =>
    renderToStaticMarkup(
      <>
        <ApprovalCard
          {...{ approval: approvalOf([]), pager: null, answered: false, reason, attended: true, together: [], store }}
          onRead={() => undefined}
        />
        <DenyMenu {...{ reason, answered: false, onReason: () => undefined, onDeny: () => undefined }} />
      </>,
    );
  const long = drawn('y'.repeat(MOST_REASON + 1));
  expect(long).toContain('1 character too long: at most 8000');
  expect(isOff(long, 'deny')).toBe(true);
  const fits = drawn(`first\n${'y'.repeat(MOST_REASON - 6)}`);
  expect(fits).toContain('first\ny');
  expect(fits).not.toContain('maxLength');
  expect(isOff(fits, 'deny')).toBe(false);
});

test('at the terminal a bell answers keys that a line has no room for', () => {
  const line = new TypedLine();
  expect(line.feed('y'.repeat(4000))).toEqual({ kind: 'more', echo: 'y'.repeat(4000) });
  expect(line.feed('z')).toEqual({ kind: 'more', echo: '\u0007' });
});

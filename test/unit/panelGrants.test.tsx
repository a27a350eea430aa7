import type { ReactElement, ReactNode } from 'react';
import { isValidElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { commandCard } from '../../src/core/tools/command/commandCard.ts';
import { AnswerSchema } from '../../src/shared/approval.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { FLAG_WORDS, NO_FLAGS } from '../../src/shared/flow.ts';
import { FromPanelSchema } from '../../src/shared/protocol.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { approvalText } from '../../src/terminal/cardText.ts';
import { askInTerminal } from '../../src/terminal/approver.ts';
import type { Question } from '../../src/terminal/asker.ts';
import { ApproveMenu } from '../../webview/components/dock/ApproveMenu.tsx';
import { AlwaysButton } from '../../webview/components/AlwaysButton.tsx';
import { ApprovalCard } from '../../webview/components/ApprovalCard.tsx';
import { GrantOptions } from '../../webview/components/GrantOptions.tsx';
import { Grants } from '../../webview/components/Grants.tsx';
import { RunFlags } from '../../webview/components/RunFlags.tsx';
import { grantChoice, rememberWords, untilChoices, untilLabel } from '../../webview/state/grants.ts';
import type { GrantPick } from '../../webview/state/grants.ts';
import { createStore } from '../../webview/state/store.ts';

const HOSTILE = '\u202Eevil\u200B\n<img src=x>';
const SHOWN = '\\u{202E}evil\\u{200B}\\n<img src=x>';
const DRAWN = SHOWN.replace('<', '&lt;').replace('>', '&gt;');

const approval: Approval = {
  id: 'a1',
  run: 'r1',
  action: 'x1',
  tool: 'run_command',
  title: 'Run npm test',
  digest: 'd1',
  card: commandCard({
    command: 'npm test',
    cwd: './',
    outside: false,
    sandbox: 'bubblewrap',
    environment: [],
    times: { waits: undefined, endsAfter: 120, isLess: false },
    limits: [],
    programs: [{ words: 'npm test', doubt: 'npm runs scripts' }, { words: 'cat a' }],
    losses: [
      {
        path: `dist${HOSTILE}`,
        loss: { files: 2, bytes: 10, more: false, tracked: 'not tracked', unsaved: false },
      },
    ],
    ...{ lossesLeft: 0, unknownLosses: [], unknownLossesLeft: 0, programsLeft: 0 },
    ...{ secretsLeft: 0, secretsAtLeast: false },
    secrets: [`.env${HOSTILE}`],
    readOnly: false,
    scripts: ['package.json'],
  }),
  undo: 'No undo.',
  ...{ undoState: 'none', where: [], why: 'Because.' },
  decision: { verdict: 'ask', rule: 'ask', reason: 'Because.', origin: { layer: 'built-in' } },
  grantOffers: [
    { id: 'command', words: 'exactly this command in ./' },
    { id: 'wide', words: `wide ${HOSTILE}` },
  ],
  grantLimits: { minutes: 60, uses: 20 },
  alwaysOffer: `npm ${HOSTILE}`,
  flags: { ...NO_FLAGS, private: true },
  lights: ['private', 'outward'],
};

function fakeHost() {
  const sent: FromPanel[] = [];
  const postMessage = (message: FromPanel): void => void sent.push(FromPanelSchema.parse(message));
  return { sent, postMessage, getState: () => undefined, setState: () => undefined };
}

type Handlers = Partial<Record<'onClick' | 'onChange', (event: unknown) => void>>;

/** Every element with this test id that a component without hooks of its own draws. */
function found(node: ReactNode, testId: string): ReactElement<Handlers>[] {
  if (Array.isArray(node)) return node.flatMap((one: ReactNode) => found(one, testId));
  if (!isValidElement<Handlers & { children?: ReactNode; 'data-testid'?: string }>(node)) return [];
  return [...(node.props['data-testid'] === testId ? [node] : []), ...found(node.props.children, testId)];
}

describe('what an approval can be remembered for', () => {
  it.each([
    [{ minutes: 60, uses: 20 }, ['this run', '10 minutes', '60 minutes', '5 more times', '20 more times']],
    [{ minutes: 59, uses: 5 }, ['this run', '10 minutes', '5 more times']],
    [{ minutes: 9, uses: 4 }, ['this run']],
  ])('stays within %j', (limits, labels) => {
    expect(untilChoices(limits).map(untilLabel)).toEqual(labels);
    const picked = { ...approval, grantLimits: limits };
    for (const until of ['60 minutes', '20 more times', '1000 minutes', '']) {
      const kept = labels.includes(until) ? until : 'this run';
      expect(untilLabel(grantChoice(picked, { until })?.grant.until ?? { kind: 'run' })).toBe(kept);
    }
  });

  it('is the narrowest for this run until something else is picked', () => {
    const first = grantChoice(approval, {});
    expect(first).toEqual({
      grant: { offer: 'command', until: { kind: 'run' } },
      words: 'exactly this command in ./, for this run',
    });
    expect(grantChoice(approval, { offer: 'gone' })).toEqual(first);
    expect(grantChoice(approval, { offer: 'wide', until: '10 minutes' })?.grant).toEqual({
      offer: 'wide',
      until: { kind: 'minutes', minutes: 10 },
    });
    expect(rememberWords('x', { kind: 'uses', uses: 5 })).toBe('x, 5 more times');
    expect(grantChoice({ ...approval, grantOffers: [] }, {})).toBeUndefined();
  });

  it('is always an answer that the extension takes', () => {
    for (const { id } of approval.grantOffers)
      for (const until of untilChoices(approval.grantLimits)) {
        const choice = grantChoice(approval, { offer: id, until: untilLabel(until) });
        expect(choice?.grant).toEqual({ offer: id, until });
        expect(AnswerSchema.safeParse({ choice: 'approve-and-grant', grant: choice?.grant }).success).toBe(true);
      }
  });

  it('is picked without an answer, and said in a sentence', () => {
    const picks: GrantPick[] = [];
    const choice = grantChoice(approval, {});
    if (!choice) throw new Error('an offer gives a choice');
    const node = GrantOptions({ approval, choice, answered: false, onPick: (pick) => void picks.push(pick) });
    const change = (testId: string, value: string): void =>
      found(node, testId).forEach(({ props }) => props.onChange?.({ target: { value } }));
    change('grant-offer', 'wide');
    change('grant-until', '5 more times');
    expect(picks).toEqual([
      { offer: 'wide', until: 'this run' },
      { offer: 'command', until: '5 more times' },
    ]);
    const html = renderToStaticMarkup(node);
    expect(html).toContain('<b>Remember</b> means: exactly this command in ./, for this run');
    expect(html).toContain(`<option value="wide">wide ${DRAWN}</option>`);
  });
});

describe('the card', () => {
  it('has its answers in one row, and the rest in menus that are closed at first', () => {
    const host = fakeHost();
    const html = renderToStaticMarkup(
      <ApprovalCard
        approval={approval}
        pager={null}
        answered={false}
        reason=""
        attended
        together={[]}
        onRead={() => undefined}
        store={createStore(host)}
      />,
    );
    const ids = [...html.matchAll(/data-testid="([^"]+)"/g)].map((match) => match[1]);
    expect(ids.slice(ids.indexOf('approve'))).toEqual(['approve', 'approve-menu', 'deny', 'deny-menu']);
    expect(html).toContain('After this, some changes cannot be undone.');
    expect(html).not.toMatch(/[\u202E\u200B]|<img/);
    expect(host.sent).toEqual([]);
  });

  it('offers in the menu what would be remembered, before the button that does it', () => {
    const choice = grantChoice(approval, {});
    const html = renderToStaticMarkup(
      <ApproveMenu
        {...{ approval, remembered: choice, answered: false, armed: false, armedNow: () => false, offersRule: true }}
        {...{ onPick: () => undefined, onApprove: () => undefined, post: () => undefined }}
        onShowEffects={() => undefined}
      />,
    );
    const ids = [...html.matchAll(/data-testid="([^"]+)"/g)].map((match) => match[1]);
    expect(ids).toEqual([
      'grant-offer',
      'grant-until',
      'grant-means',
      'grant-spared',
      'approve-and-grant',
      'always',
      'always-spared',
    ]);
    expect(/<button[^>]*data-testid="approve-and-grant"[^>]*>/.exec(html)?.[0]).toContain('disabled=""');
    expect(html).not.toMatch(/[\u202E\u200B]|<img/);
  });

  it('asks for a rule without ever answering', () => {
    const host = fakeHost();
    const store = createStore(host);
    const [button, ...others] = found(AlwaysButton({ approval, offered: true, post: store.post }), 'always');
    expect(others).toEqual([]);
    button?.props.onClick?.({});
    expect(host.sent).toEqual([{ type: 'always', approval: 'a1', digest: 'd1' }]);
    expect(store.model().answered.size).toBe(0);
    expect(renderToStaticMarkup(button)).toContain(`which you see first: npm ${DRAWN}`);
    const { alwaysOffer: _, ...without } = approval;
    expect(AlwaysButton({ approval: without, offered: true, post: store.post })).toBeNull();
  });
});

describe('the run', () => {
  it('lists what is remembered, each with a button that takes it back', () => {
    const host = fakeHost();
    const grants = [
      { id: 'g1', words: 'reading a, for this run', uses: 0 },
      { id: 'g2', words: `b ${HOSTILE}`, uses: 3 },
    ];
    const node = Grants({ grants, post: host.postMessage });
    const html = renderToStaticMarkup(node);
    expect(html).toContain('aria-label="Remembered approvals"');
    expect(html).toContain('not used yet');
    expect(html).toContain('used 3 times');
    expect(html).toContain(`b ${DRAWN}`);
    expect(html).not.toMatch(/[\u202E\u200B]|<img/);
    expect(host.sent).toEqual([]);
    expect(found(node, 'grant')).toHaveLength(2);
    found(node, 'revoke')[1]?.props.onClick?.({});
    expect(host.sent).toEqual([{ type: 'revoke-grant', grant: 'g2' }]);
    expect(Grants({ grants: [], post: host.postMessage })).toBeNull();
  });

  it('says which flags are lit, in words too', () => {
    const html = renderToStaticMarkup(<RunFlags flags={{ untrusted: true, private: false, outward: false }} />);
    const text = html.replace(/<[^>]+>/g, '');
    expect(text).toBe(`Yes: ${FLAG_WORDS.untrusted}Not so far: ${FLAG_WORDS.private}Not so far: ${FLAG_WORDS.outward}`);
  });
});

describe('the terminal', () => {
  const said = async (asked: Approval, line: string | undefined) => {
    let written = '';
    const write = (text: string): void => void (written += text);
    const ask = ({ text, prompt }: Question): Promise<string | undefined> => {
      write(text + prompt);
      return Promise.resolve(line);
    };
    const answered = await askInTerminal(asked, { asker: { ask, answersBy: 'input' }, write });
    return { answer: AnswerSchema.parse(answered?.answer), written };
  };

  it('remembers the first offer for this run, and only where there is one', async () => {
    const { answer, written } = await said(approval, ' R ');
    expect(answer).toEqual({ choice: 'approve-and-grant', grant: { offer: 'command', until: { kind: 'run' } } });
    expect(written).toMatch(/Allow\? \[y\/N\] \(r: remember exactly this command in \.\/, for this run\) $/);
    const without = await said({ ...approval, grantOffers: [] }, 'r');
    expect(without.answer.choice).toBe('deny');
    expect(without.written).toMatch(/Allow\? \[y\/N\] Nothing can be remembered here\. Denied\.\n$/);
    expect((await said(approval, undefined)).answer.choice).toBe('deny');
  });

  it('prints the same facts as the card', () => {
    const lines = approvalText(approval).split('\n');
    expect(lines).toContain(`! Would be lost: dist${SHOWN}: 2 files, 10 bytes, not in git`);
    expect(lines).toContain(`! It could read likely secrets: .env${SHOWN}`);
    expect(lines).toContain('In it: npm test: npm runs scripts');
    expect(lines).toContain('In it: cat a');
    expect(lines).toContain('Holds only while: package.json stays as it is');
    expect(lines).toContain('! After this, some changes cannot be undone.');
  });
});

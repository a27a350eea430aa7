import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Approval, Card } from '../../src/shared/approval.ts';
import { commandCard, type CommandFacts } from '../../src/core/tools/command/commandCard.ts';
import { deleteCard } from '../../src/core/tools/files/deletePath.ts';
import { diffCard } from '../../src/core/tools/files/diffCard.ts';
import { readCard } from '../../src/core/tools/files/looking.ts';
import { moveCard } from '../../src/core/tools/files/movePath.ts';
import { amountWords } from '../../src/shared/block.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { Entry } from '../../src/shared/runView.ts';
import { approvalText } from '../../src/terminal/cardText.ts';
import { ApprovalCard } from '../../webview/components/ApprovalCard.tsx';
import { EntryView } from '../../webview/components/EntryView.tsx';
import { diffLines } from '../../webview/state/diffLines.ts';
import { size } from '../../webview/state/sentences.ts';
import { createStore } from '../../webview/state/store.ts';
import { attempt } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';

// Right-to-left override, an ANSI colour, a zero-width space, a tag character, and markup.
const HOSTILE = '\u202Eevil\u001B[31m\u200B\u{E0041}<img src=x onerror=alert(1)>';
const SHOWN = '\\u{202E}evil\\u{001B}[31m\\u{200B}\\u{E0041}&lt;img src=x onerror=alert(1)&gt;';

const host = { postMessage: () => undefined, getState: () => undefined, setState: () => undefined };
const store = createStore(host);

const loss = { files: 3, bytes: 1_234_567, more: true, tracked: 'not tracked', unsaved: true } as const;

const COMMAND: CommandFacts = {
  command: `echo ${HOSTILE}\nrm -rf "a b"`,
  cwd: HOSTILE,
  outside: false,
  sandbox: `bubblewrap, no network ${HOSTILE}`,
  environment: ['PATH', HOSTILE],
  times: { waits: 120, endsAfter: 600, isLess: false },
  limits: ['1 GB memory', HOSTILE],
  programs: [{ words: 'echo' }, { words: `rm ${HOSTILE}`, doubt: `it deletes ${HOSTILE}` }],
  programsLeft: 0,
  losses: [{ path: `lost ${HOSTILE}\nUndo: all`, loss }],
  lossesLeft: 0,
  unknownLosses: [],
  unknownLossesLeft: 0,
  secrets: ['.env', `key ${HOSTILE}`],
  secretsLeft: 0,
  secretsAtLeast: false,
  readOnly: true,
  scripts: ['package.json', `script ${HOSTILE}`],
};

const CARDS = {
  read: readCard(HOSTILE, HOSTILE),
  edit: diffCard({
    path: HOSTILE,
    absolute: `/w/${HOSTILE}`,
    change: 'overwrite',
    diff: `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-- old${HOSTILE}\n+new${HOSTILE}\n same\n`,
    unseen: { lines: 3, characters: 40 },
    added: 1,
    removed: 1,
    unsaved: true,
  }),
  delete: deleteCard(HOSTILE),
  move: moveCard(HOSTILE, HOSTILE, loss),
  command: commandCard(COMMAND),
  'command outside': commandCard({ ...COMMAND, outside: true, unbound: `why ${HOSTILE}` }),
};

function approvalOf(card: Card, more: Partial<Approval> = {}): Approval {
  return {
    id: 'a1',
    run: 'r1',
    action: 'x1',
    tool: HOSTILE,
    title: `Title ${HOSTILE}`,
    digest: 'd1',
    card,
    undo: `Undo ${HOSTILE}`,
    ...{ undoState: 'none', where: [], why: 'Because.' },
    decision: {
      verdict: 'ask',
      rule: HOSTILE,
      reason: `Because ${HOSTILE}`,
      origin: { layer: 'user', file: `/home/${HOSTILE}`, line: 4, column: 3 },
    },
    grantOffers: [],
    grantLimits: { minutes: 60, uses: 20 },
    flags: NO_FLAGS,
    lights: [],
    ...more,
  };
}

function drawn(approval: Approval): string {
  return renderToStaticMarkup(
    <ApprovalCard
      approval={approval}
      pager={null}
      answered={false}
      reason={HOSTILE}
      attended
      together={[]}
      onRead={() => undefined}
      store={store}
    />,
  );
}

function expectHarmless(page: string): void {
  // The field of the reason holds what the person typed, as they typed it.
  const html = page.replace(/>[^<]*<\/textarea>/g, '></textarea>');
  expect(html).toContain(SHOWN);
  expect(html).not.toMatch(/[\u0000-\u0008\u001B\u200B\u202E]|\p{Cs}|\u{E0041}/u);
  expect(html).not.toContain('<img');
  // The page's content security policy would drop them.
  expect(html).not.toContain('style=');
}

describe('approval card', () => {
  it.each(Object.values(CARDS))('shows hostile text of a $kind card for what it is', (card) => {
    const html = drawn(approvalOf(card, { askedAgain: HOSTILE, alwaysOffer: HOSTILE }));
    expectHarmless(html);
    expect(html).toContain(`data-kind="${card.kind}"`);
  });

  it('draws approve buttons that do not work yet and do not take the focus', () => {
    const html = drawn(approvalOf(CARDS.read, { grantOffers: [{ id: 'read', words: 'reading .env' }] }));
    expect(/<button[^>]*data-testid="approve"[^>]*>/.exec(html)?.[0]).toContain('disabled=""');
    expect(html).not.toMatch(/autofocus|<form/i);
    expect(/<button[^>]*data-testid="deny"[^>]*>/.exec(html)?.[0]).not.toContain('disabled');
  });

  it('offers a grant only when there is one', () => {
    expect(drawn(approvalOf(CARDS.read))).not.toMatch(/approve-and-grant|<select|Remember/);
  });

  it('offers to save first only what is unsaved', () => {
    expect(drawn(approvalOf(CARDS.command))).not.toContain('save-first');
    expect(drawn({ ...approvalOf(CARDS.command), savesFirst: true })).toContain('Save first');
  });

  it('says where the rule stands', () => {
    expect(drawn(approvalOf(CARDS.read))).toContain('user policy, /home/');
  });

  it('keeps signs in the diff and warns of what is left out', () => {
    const html = drawn(approvalOf(CARDS.edit));
    expect(html).toContain('class="diff-removed">-- old');
    expect(html).toContain('class="diff-added">+new');
    expect(html).toContain('Overwrite');
    expect(html).toContain('3 changed lines are not, or not whole, shown here (40 characters).');
    expect(html).not.toContain('every line');
    expect(html).toContain('unsaved changes');
  });

  it('says what a delete or a move would lose', () => {
    const consequence = [{ amount: { files: 3, bytes: 1_234_567, more: true } }];
    const html = drawn(approvalOf(CARDS.delete, { consequence }));
    expect(html.split('at least 3 files, 1.2 MB')).toHaveLength(2); // once
    expect(drawn(approvalOf(CARDS.move))).toContain('Replaces what is there now');
    expect(drawn(approvalOf(moveCard('a', 'b')))).toContain('Nothing is replaced');
  });

  it('shows the whole command, with its line breaks', () => {
    const html = drawn(approvalOf(CARDS.command));
    const words = /<pre class="command"[^>]*>(.*?)<\/pre>/s.exec(html)?.[1]?.replace(/<[^>]+>/g, '');
    expect(words).toBe(`echo ${SHOWN}\nrm -rf &quot;a b&quot;`);
    expect(html).toContain('goes on in the background after 120 seconds, ends after 600 seconds');
  });

  it('says first what a command would lose, and then what it could read and what is in it', () => {
    const html = drawn(approvalOf(CARDS.command));
    expect(html.indexOf('Would be lost: ')).toBeLessThan(html.indexOf('<pre class="command"'));
    const text = html.replace(/<[^>]+>/g, '');
    expect(text).toContain(`Would be lost: lost ${SHOWN}\\nUndo: all: at least 3 files, 1.2 MB. Not tracked`);
    expect(text).toContain(`It could read likely secrets: .env, key ${SHOWN}`);
    expect(text).toContain('It cannot change the workspace.');
    expect(text).toContain(`Holds only whilepackage.json, script ${SHOWN}`);
    expect(text).toContain(`What is in itechorm ${SHOWN}: it deletes ${SHOWN}`);
  });

  const unknownLosses = [
    {
      program: `find ${HOSTILE}`,
      does: 'deletes',
      below: `src${HOSTILE}/`,
      most: { files: 120, bytes: 1_234_567, more: false },
    },
    { program: 'git clean', does: 'deletes', below: './', most: { files: 20_000, bytes: 5_000_000, more: true } },
    { program: 'tar', does: 'overwrites', below: 'far/' },
  ] as const;
  const crowded = commandCard({
    ...COMMAND,
    unknownLosses,
    ...{ lossesLeft: 7, unknownLossesLeft: 2, programsLeft: 4, secretsLeft: 9 },
    lossTotal: { files: 90, bytes: 1_234_567, more: true },
  });

  it('says where nobody knows what would be lost, with a bound, in panel and terminal alike', () => {
    const html = drawn(approvalOf(crowded));
    expectHarmless(html);
    const panel = html.replace(/<[^>]+>/g, '');
    expect(panel).toContain(
      `What find ${SHOWN} deletes below src${SHOWN}/ cannot be known beforehand: up to 120 files, 1.2 MB.`,
    );
    expect(panel).toContain(
      'What git clean deletes below ./ cannot be known beforehand: 20000 files, 5.0 MB, or more.',
    );
    expect(panel).toContain('What tar overwrites below far/ cannot be known beforehand: nor how much.');
    expect(panel).toContain('And 2 more places where it cannot be known beforehand.');

    const terminal = approvalText(approvalOf(crowded));
    expect(terminal).not.toMatch(/[\u001B\u200B\u202E]/);
    expect(terminal).toMatch(
      /^! What find .* deletes below src.*\/ cannot be known beforehand: up to 120 files, 1234567 bytes\.$/m,
    );
    expect(terminal).toContain(
      '! What git clean deletes below ./ cannot be known beforehand: 20000 files, 5000000 bytes, or more',
    );
    expect(terminal).toContain('! What tar overwrites below far/ cannot be known beforehand: nor how much');
    expect(terminal).toContain('! And 2 more places where it cannot be known beforehand');
  });

  it('says of each list how much it leaves out', () => {
    const panel = drawn(approvalOf(crowded)).replace(/<[^>]+>/g, '');
    expect(panel).toContain('Would be lost: and 7 more; in all at least 90 files, 1.2 MB.');
    expect(panel).toMatch(/likely secrets: .* and 9 more/);
    expect(panel).toContain('and 4 more');
    const terminal = approvalText(approvalOf(crowded));
    expect(terminal).toContain('! Would be lost: and 7 more; in all at least 90 files, 1234567 bytes');
    expect(terminal).toMatch(/likely secrets: .* and 9 more/);
    expect(terminal).toContain('In it: and 4 more programs');
    // The control: what is whole says nothing of that.
    for (const whole of [drawn(approvalOf(CARDS.command)), approvalText(approvalOf(CARDS.command))])
      expect(whole).not.toMatch(/and \d+ more|cannot be known/);
  });

  it('says nothing of losses, secrets and scripts where there are none', () => {
    const plain = { ...COMMAND, losses: [], secrets: [], scripts: [], programs: [], readOnly: false };
    expect(drawn(approvalOf(commandCard(plain)))).not.toMatch(/lost|secrets|Bound to|What is in it|cannot change/);
  });

  it('marks the flags that it would light and that are not lit', () => {
    const lit = { untrusted: true, private: false, outward: false };
    const lights = ['untrusted', 'private', 'outward'] as const;
    const html = drawn(approvalOf(CARDS.read, { flags: lit, lights: [...lights] }));
    expect(html).toContain('After this, the agent may know secrets.');
    expect(html).toContain('After this, some changes cannot be undone.');
    expect(drawn(approvalOf(CARDS.read, { flags: lit, lights: ['untrusted'] }))).not.toContain('After this');
  });
});

describe('transcript entry', () => {
  it.each<Entry>([
    { kind: 'user', text: HOSTILE },
    { kind: 'assistant', text: HOSTILE, streaming: false },
    {
      kind: 'action',
      id: '1',
      tool: HOSTILE,
      title: HOSTILE,
      status: 'done',
      verdict: 'ask',
      why: HOSTILE,
      ran: HOSTILE,
      output: HOSTILE,
    },
    { kind: 'notice', level: 'error', text: HOSTILE },
  ])('shows hostile text of a $kind entry for what it is', (entry) => {
    expectHarmless(renderToStaticMarkup(<EntryView entry={entry} />));
  });

  it('of a command whose title is cut holds all that it ran', async () => {
    const bench = await workbench();
    const line = `echo ${'a'.repeat(300)}; echo hidden-in-the-middle; echo ${'b'.repeat(300)}`;
    await attempt(bench, [
      { name: 'run_command', args: { command: line } },
      { name: 'run_command', args: { command: 'echo short' } },
    ]);
    const [long, short] = (bench.engine.view().run?.entries ?? []).filter(({ kind }) => kind === 'action');
    expect(long).toMatchObject({ ran: line });
    expect(short).not.toHaveProperty('ran');
    expect(renderToStaticMarkup(<EntryView entry={long as Entry} />)).toContain('hidden-in-the-middle');
  });
});

describe('words', () => {
  it('reads a removed line that begins with dashes as removed', () => {
    expect(diffLines('--- a\n+++ b\n@@ -1,2 +1 @@\n--- x\n y').map((line) => line.kind)).toEqual([
      'place',
      'removed',
      'same',
    ]);
  });

  it('counts bytes as people do', () => {
    expect([0, 1, 999, 1000, 999_949, 999_950, 1_234_567, 5e15].map(size)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1.0 kB',
      '999.9 kB',
      '1.0 MB',
      '1.2 MB',
      '5000.0 TB',
    ]);
    expect(amountWords({ amount: { ...loss, files: 1, more: false } }, size)).toBe('1 file, 1.2 MB');
  });
});

import { describe, expect, test } from 'vitest';
import { readCard } from '../../src/core/tools/files/looking.ts';
import { DENY_REASONS } from '../../src/shared/denyReasons.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { Approval } from '../../src/shared/approval.ts';
import type { Block } from '../../src/shared/block.ts';
import { askInTerminal } from '../../src/terminal/approver.ts';
import { approvalOf } from '../support/cards.ts';

function approval(grantOffers: Approval['grantOffers']): Approval {
  return {
    ...{ id: 'q', run: 'r', action: 'a', tool: 'read_file', title: 'Read .env', digest: 'd', undo: 'nothing' },
    ...{ undoState: 'nothing', where: [], why: 'x' },
    ...{ grantLimits: { minutes: 60, uses: 100 }, flags: NO_FLAGS, lights: [], grantOffers },
    card: readCard('.env', 'nowhere'),
    decision: { verdict: 'ask', rule: 'likely-secret', reason: 'x', origin: { layer: 'built-in' } },
  };
}

const OFFER = { id: 'o', words: 'this file' };

async function asked(
  lines: (string | undefined)[],
  isPerson: boolean,
  offers: Approval['grantOffers'] = [],
  edit?: Approval['edit'],
) {
  const left = [...lines];
  let output = '';
  const ask = ({ text, prompt }: { text: string; prompt: string }) => {
    output += text + prompt;
    return Promise.resolve(left.shift());
  };
  const answered = await askInTerminal(
    { ...approval(offers), ...(edit && { edit }) },
    {
      asker: { ask, answersBy: isPerson ? 'person' : 'input' },
      write: (text) => void (output += text),
    },
  );
  return { answer: answered?.answer, left, output, said: output.split('Nothing can be remembered here.').length - 1 };
}

test.each(['r', ' R ', 'remember'])('%j where nothing can be remembered: a person is asked again', async (line) => {
  expect(await asked([line, line, 'y'], true)).toMatchObject({ answer: { choice: 'approve' }, left: [], said: 2 });
  expect(await asked([line, ''], true)).toMatchObject({ answer: { choice: 'deny' }, left: [] });
  expect(await asked([line, undefined], true)).toMatchObject({ answer: { choice: 'deny' } });
});

test('lines that were written beforehand: the next one is the next question’s', async () => {
  expect(await asked(['r', 'y'], false)).toMatchObject({ answer: { choice: 'deny' }, left: ['y'], said: 1 });
});

test('control: where something can be remembered, it is; other words are a reason to deny', async () => {
  const grant = { offer: 'o', until: { kind: 'run' } };
  expect((await asked(['r'], true, [OFFER])).answer).toEqual({ choice: 'approve-and-grant', grant });
  expect((await asked(['r'], false, [OFFER])).answer).toEqual({ choice: 'approve-and-grant', grant });
  expect((await asked(['rather not'], true)).answer).toEqual({ choice: 'deny', reason: 'rather not' });
});

test('the usual reasons for a no are offered, and picked by their numbers; other numbers are words', async () => {
  for (const [index, { reason }] of DENY_REASONS.entries())
    for (const line of [`n${index + 1}`, ` N${index + 1} `])
      expect((await asked([line], true)).answer).toEqual({ choice: 'deny', reason });
  expect((await asked(['n9'], true)).answer).toEqual({ choice: 'deny', reason: 'n9' });
  expect((await asked(['n'], true)).answer).toEqual({ choice: 'deny' });
  expect((await asked(['no, keep it'], true)).answer).toEqual({ choice: 'deny', reason: 'keep it' });
  const shown = (await asked(['n'], true)).output;
  for (const { label } of DENY_REASONS) expect(shown).toContain(label.toLowerCase());
});

test('e changes the command: it is typed whole, by a person alone, and nothing typed changes nothing', async () => {
  const edit = { label: 'The command', text: 'make' };
  expect((await asked(['e', ' make test '], true, [], edit)).answer).toEqual({
    ...{ choice: 'approve-edited', text: 'make test' },
  });
  for (const same of ['', 'make'])
    expect((await asked(['E', same, 'y'], true, [], edit)).answer, same).toEqual({ choice: 'approve' });
  expect(await asked(['e', 'make test'], false, [], edit)).toMatchObject({
    answer: { choice: 'deny' },
    left: ['make test'],
  });
  for (const none of [undefined, { label: 'The command', text: 'make\nmake' }])
    expect((await asked(['e', 'y'], true, [], none)).answer).toEqual({ choice: 'approve' });
});

test.each<[string, string, object]>([
  ['r2', 'p', { kind: 'run' }],
  ['R2 5m', 'p', { kind: 'minutes', minutes: 5 }],
  ['r 60m', 'o', { kind: 'minutes', minutes: 60 }],
  ['remember 3x', 'o', { kind: 'uses', uses: 3 }],
])('%j remembers as much, and as long, as the panel can', async (line, offer, until) => {
  const offers = [OFFER, { id: 'p', words: 'all files' }];
  expect((await asked([line], true, offers)).answer).toEqual({ choice: 'approve-and-grant', grant: { offer, until } });
});

test.each(['r3', 'r0', 'r 61m', 'r 101x', 'r 0m', 'r2 0x'])(
  '%j is asked again, and denies where nobody can be',
  async (line) => {
    const offers = [OFFER, { id: 'p', words: 'all files' }];
    expect((await asked([line, 'y'], true, offers)).answer).toEqual({ choice: 'approve' });
    expect(await asked([line, 'y'], false, offers)).toMatchObject({ answer: { choice: 'deny' }, left: ['y'] });
  },
);

test('where not all is shown, a yes is none without the count of what is not', async () => {
  const block: Block = {
    ...{ kind: 'diff', change: 'edit', path: 'a', absolute: '/a', diff: '', added: 9, removed: 9, unsaved: false },
    unseen: { lines: 7, characters: 900 },
  };
  const answer = async (lines: string[], answersBy: 'person' | 'input') => {
    const left = [...lines];
    const said: string[] = [];
    const ask = ({ text, prompt }: { text: string; prompt: string }) => {
      said.push(text + prompt);
      return Promise.resolve(left.shift());
    };
    const answered = await askInTerminal(approvalOf([block]), { asker: { ask, answersBy }, write: () => undefined });
    return { ...answered?.answer, asked: said.length, text: said.join('') };
  };
  const counted = await answer(['y', 'yes 6', 'y 7'], 'person');
  expect(counted).toMatchObject({ choice: 'approve', unseen: 7, asked: 3 });
  expect(counted.text).toContain('! 7 changed lines are not, or not whole, shown here (900 characters).');
  expect(await answer(['y'], 'input')).toMatchObject({ choice: 'deny', asked: 1 });
  expect(await answer(['y 7'], 'input')).toMatchObject({ choice: 'approve', unseen: 7 });
  expect((await asked(['y 7'], false)).answer).toEqual({ choice: 'deny' });
});

describe('always', () => {
  const change = { file: '/home/u/policy.yaml', before: 'a: 1\nz: 2\n', after: 'a: 1\nrules:\n  - npm test\nz: 2\n' };

  async function always(lines: string[], answersBy: 'person' | 'input' = 'person', offer = 'npm test') {
    const left = [...lines];
    const done: string[] = [];
    let output = '';
    const answered = await askInTerminal(
      { ...approval([]), ...(offer !== '' && { alwaysOffer: offer }) },
      {
        asker: {
          ask: ({ text, prompt }) => {
            output += text + prompt;
            return Promise.resolve(left.shift());
          },
          answersBy,
        },
        write: (text) => void (output += text),
        always: {
          propose: (reach) => {
            done.push(`proposed for ${reach}`);
            return Promise.resolve(reach === 'this folder' ? change : { ...change, after: 'everywhere: 1\n' });
          },
          write: ({ after }) => {
            done.push(`wrote ${after}`);
            return Promise.resolve(after.startsWith('everywhere') ? { problem: 'it changed' } : undefined);
          },
        },
      },
    );
    return { answer: answered?.answer, done, output, left };
  }

  test('shows the exact rule and its file, writes at a yes to that, and approves the call with it', async () => {
    const { answer, done, output } = await always(['a', 'y']);
    expect(answer).toEqual({ choice: 'approve' });
    expect(done).toEqual(['proposed for this folder', `wrote ${change.after}`]);
    expect(output).toContain('a: always allow npm test; the rule is shown before it is written\n');
    expect(output).toContain(
      '── Change /home/u/policy.yaml, from line 2 on:\n  │ +rules:\n  │ +  - npm test\nIt holds in this folder.',
    );
    expect(output.indexOf('+rules')).toBeLessThan(output.indexOf('Write it and approve?'));
    expect(output).toContain('The rule is written into /home/u/policy.yaml.');
  });

  test.each([[['always', '', 'n']], [['a', 'n', 'no']], [['a', 'x', 'n']]])(
    '%j writes nothing, and the call is asked about again',
    async (lines) => {
      const { answer, done, left } = await always(lines);
      expect(answer).toEqual({ choice: 'deny' });
      expect(done).toEqual(['proposed for this folder']);
      expect(left).toEqual([]);
    },
  );

  test('for every workspace it is shown anew; where it cannot be written that is said, and the call still waits', async () => {
    const { answer, done, output } = await always(['a', 'w', 'y', 'n']);
    expect(answer).toEqual({ choice: 'deny' });
    expect(done).toEqual(['proposed for this folder', 'proposed for every workspace', 'wrote everywhere: 1\n']);
    expect(output).toContain('-a: 1');
    expect(output).toContain('No rule was written: it changed.');
  });

  test('where no rule can say it, a person is asked again; input given beforehand has none written', async () => {
    const without = await always(['a', 'y'], 'person', '');
    expect([without.answer, without.done]).toEqual([{ choice: 'approve' }, []]);
    expect(without.output).toContain('No rule can say exactly this.');
    expect(without.output).not.toContain('a: always');
    const input = await always(['a', 'y'], 'input');
    expect([input.answer, input.done, input.left]).toEqual([{ choice: 'deny' }, [], ['y']]);
  });
});

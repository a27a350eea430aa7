import { expect, test } from 'vitest';
import { readCard } from '../../src/core/tools/files/looking.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { Approval } from '../../src/shared/approval.ts';
import type { Block } from '../../src/shared/block.ts';
import { askInTerminal } from '../../src/terminal/approver.ts';
import { approvalOf } from '../support/cards.ts';

function approval(grantOffers: Approval['grantOffers']): Approval {
  return {
    ...{ id: 'q', run: 'r', action: 'a', tool: 'read_file', title: 'Read .env', digest: 'd', undo: 'nothing' },
    ...{ grantLimits: { minutes: 60, uses: 100 }, flags: NO_FLAGS, lights: [], grantOffers },
    card: readCard('.env', 'nowhere'),
    decision: { verdict: 'ask', rule: 'likely-secret', reason: 'x', origin: { layer: 'built-in' } },
  };
}

const OFFER = { id: 'o', words: 'this file' };

async function asked(lines: (string | undefined)[], isPerson: boolean, offers: Approval['grantOffers'] = []) {
  const left = [...lines];
  let output = '';
  const ask = ({ text, prompt }: { text: string; prompt: string }) => {
    output += text + prompt;
    return Promise.resolve(left.shift());
  };
  const answered = await askInTerminal(approval(offers), {
    asker: { ask, answersBy: isPerson ? 'person' : 'input' },
    write: (text) => void (output += text),
  });
  return { answer: answered?.answer, left, said: output.split('Nothing can be remembered here.').length - 1 };
}

test.each(['r', ' R ', 'remember'])('%j where nothing can be remembered: a person is asked again', async (line) => {
  expect(await asked([line, line, 'y'], true)).toEqual({ answer: { choice: 'approve' }, left: [], said: 2 });
  expect(await asked([line, ''], true)).toMatchObject({ answer: { choice: 'deny' }, left: [] });
  expect(await asked([line, undefined], true)).toMatchObject({ answer: { choice: 'deny' } });
});

test('lines that were written beforehand: the next one is the next question’s', async () => {
  expect(await asked(['r', 'y'], false)).toEqual({ answer: { choice: 'deny' }, left: ['y'], said: 1 });
});

test('control: where something can be remembered, it is; other words are a reason to deny', async () => {
  const grant = { offer: 'o', until: { kind: 'run' } };
  expect((await asked(['r'], true, [OFFER])).answer).toEqual({ choice: 'approve-and-grant', grant });
  expect((await asked(['r'], false, [OFFER])).answer).toEqual({ choice: 'approve-and-grant', grant });
  expect((await asked(['rather not'], true)).answer).toEqual({ choice: 'deny', reason: 'rather not' });
});

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

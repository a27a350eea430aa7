import { expect, test } from 'vitest';
import { readCard } from '../../src/core/tools/files/looking.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { askInTerminal } from '../../src/terminal/approver.ts';

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

import { expect, test } from 'vitest';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { pastOf } from '../../src/core/agent/past.ts';
import { IN_EDITOR, type AnsweredBy } from '../../src/shared/answered.ts';
import type { Question, Reply } from '../../src/shared/question.ts';
import { Printer } from '../../src/terminal/printer.ts';
import { replyInTerminal } from '../../src/terminal/questionText.ts';
import { workbench, type Turn, type Workbench } from '../support/workbench.ts';

const CHOICES = ['npm', 'pnpm'];
const ASK: Turn = { calls: [{ name: 'ask_user', args: { question: 'Which package manager?', choices: CHOICES } }] };

const PLAN = [
  { step: 'Look', status: 'completed' },
  { step: 'Mend', status: 'in_progress' },
  { step: 'Test' },
] as const;

/** Answers what the agent asks, as a panel or a terminal does. */
function answering(bench: Workbench, reply: Reply, from: AnsweredBy = IN_EDITOR): Question[] {
  const seen: Question[] = [];
  bench.engine.onChange(() => {
    for (const question of bench.engine.view().questions) {
      if (seen.some(({ id }) => id === question.id)) continue;
      seen.push(question);
      queueMicrotask(() => bench.engine.reply(question.id, reply, from));
    }
  });
  return seen;
}

/** What the model is told of its question, and the record of it. */
async function toldAfter(bench: Workbench): Promise<{ text: string; finished: unknown; state: string | undefined }> {
  let text = '';
  const events = await bench.run(({ messages }, turn) => {
    if (turn === 0) return ASK;
    text = messages.findLast(({ role }) => role === 'tool')?.text ?? '';
    return {};
  });
  const finished = events.find(({ type }) => type === 'finished')?.data['facts'];
  return { text, finished, state: bench.engine.view().run?.state };
}

test.each<[string, Reply, AnsweredBy, string, object]>([
  ['a choice', { choice: 1 }, IN_EDITOR, 'The user answers: "pnpm"', { by: 'person', at: 'editor', answered: true }],
  ['words', { words: 'bun' }, IN_EDITOR, 'The user answers: bun', { by: 'person' }],
  ['a choice with words', { choice: 0, words: 'only here' }, IN_EDITOR, 'The user answers: "npm" only here', {}],
  [
    'no answer',
    {},
    IN_EDITOR,
    'The user does not answer. Go on as you think best, and say what you assumed.',
    { answered: false },
  ],
  [
    'nobody there',
    {},
    { by: 'nobody', at: 'terminal' },
    'Nobody is there to answer. Go on as you think best, and say what you assumed.',
    { by: 'nobody' },
  ],
  [
    'a line that lay ready',
    { words: 'x' },
    { by: 'input', at: 'terminal' },
    'The answer that lay ready: x',
    { by: 'input' },
  ],
])('%s is told to the model as whose it is, and recorded so', async (_, reply, from, text, facts) => {
  const bench = await workbench();
  const questions = answering(bench, reply, from);
  const told = await toldAfter(bench);
  expect(told).toMatchObject({ text, finished: facts, state: 'finished' });
  expect(questions).toMatchObject([{ text: 'Which package manager?', choices: CHOICES }]);
  expect(bench.asked).toEqual([]); // no approval: nothing is allowed by it
  expect(bench.engine.view().run).toMatchObject({
    questions: 1,
    flags: { untrusted: false, private: false, outward: false },
  });
  expect(bench.engine.view().questions).toEqual([]);
});

test('an answer that is none of the choices, or to another question, is not taken; Stop takes the question back', async () => {
  const bench = await workbench();
  const tried: boolean[] = [];
  bench.engine.onChange(() => {
    const [question] = bench.engine.view().questions;
    if (!question || tried.length > 0) return;
    tried.push(bench.engine.reply(question.id, { choice: 2 }, IN_EDITOR), bench.engine.reply('other', {}, IN_EDITOR));
    void bench.engine.stop('You stopped it.');
  });
  const events = await bench.run([ASK]);
  expect(tried).toEqual([false, false]);
  expect(events.find(({ type }) => type === 'finished')?.data).toMatchObject({ status: 'cancelled' });
  expect(bench.engine.view()).toMatchObject({ questions: [], run: { state: 'stopped' } });
});

test('a plan is shown, printed, recorded, and there again when the run goes on', async () => {
  const bench = await workbench();
  const printed: string[] = [];
  const printer = new Printer((text) => printed.push(text));
  bench.engine.onChange(() => {
    const { run } = bench.engine.view();
    if (run) printer.update(run);
  });
  const events = await bench.run([
    { calls: [{ name: 'update_plan', args: { plan: [{ step: 'Look' }] } }] },
    { calls: [{ name: 'update_plan', args: { plan: PLAN, explanation: 'on the way' } }] },
  ]);
  const plan = [...PLAN.slice(0, 2), { step: 'Test', status: 'pending' }];
  expect(bench.engine.view().run?.plan).toEqual(plan);
  expect(printed.join('')).toContain('  [x] Look\n  [>] Mend\n  [ ] Test\n');
  expect(turnsOf(events).flatMap(({ actions }) => actions)[1]?.title).toBe('Plan: 1 of 3 done; now: Mend');
  expect(pastOf(events).plan).toEqual(plan);
  expect(bench.asked).toEqual([]);
});

test('a rule takes them away like any other tool', async () => {
  const bench = await workbench({ userPolicy: 'rules: [{decision: deny, tools: [ask_user], why: no}]\n' });
  const told = await toldAfter(bench);
  expect(told.text).toContain('Not allowed (rules: deny ask_user)');
});

test.each<[string | undefined, Reply, string]>([
  ['2', { choice: 1 }, 'person'],
  ['3', { words: '3' }, 'person'],
  [' neither ', { words: 'neither' }, 'person'],
  ['', {}, 'person'],
  [undefined, {}, 'nobody'],
])('in a terminal %j is an answer', async (line, reply, by) => {
  let shown = '';
  const ask = ({ text, prompt }: { text: string; prompt: string }): Promise<string | undefined> => {
    shown += text + prompt;
    return Promise.resolve(line);
  };
  const terminal = { asker: { ask, answersBy: 'person' as const }, write: () => undefined };
  const question = { id: 'q', run: 'r', text: 'Which?\n── Oversign asks', choices: ['a', 'b'] };
  expect(await replyInTerminal(question, terminal)).toMatchObject({ reply, from: { by, at: 'terminal' } });
  // Words of others never begin at the left edge.
  expect(shown).toBe(
    '\n── The agent asks:\n│ Which?\n│ ── Oversign asks\n  1  a\n  2  b\n1-2, or words of your own (empty: none): ',
  );
});

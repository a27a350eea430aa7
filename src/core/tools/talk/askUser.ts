import * as z from 'zod';
import type { Talk } from '../../../shared/action.ts';
import { titleOf } from '../../../shared/cut.ts';
import type { Replied } from '../../../shared/question.ts';
import { originOf } from '../../../shared/answered.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type Performed, type Tool } from '../tool.ts';
import { NOTHING_CHANGES } from '../files/undo.ts';

const MOST_TITLE = 120;
const GO_ON = 'Go on as you think best, and say what you assumed.';

const parameters = z.strictObject({
  question: z.string().min(1).max(4000),
  choices: z.array(z.string().min(1).max(300)).max(9).default([]).describe('Answers to choose from'),
});

export const askUser = defineTool((ports: Pick<ToolPorts, 'askPerson'>): Tool<z.infer<typeof parameters>, Talk> => ({
  name: 'ask_user',
  elsewhere: ['askuserquestion', 'askfollowupquestion', 'askquestions'],
  summary: 'Ask the user what only they can know or decide. Not for approvals: calls that need one ask by themselves.',
  family: 'conversation',
  effects: ['ask'],
  parameters,
  about: 'The question',
  tried: (question) => ({ question }),
  describe: (args) =>
    Promise.resolve({
      action: {
        ...{ tool: 'ask_user', kind: 'talk', effect: 'ask', resources: [], undo: 'nothing' },
        arguments: { ...args },
      },
      title: `Ask: ${visibleLine(titleOf(args.question, MOST_TITLE))}`,
      card: { kind: 'talk', blocks: [{ kind: 'exact', label: 'Asks you', text: args.question }] },
      undo: NOTHING_CHANGES,
    }),
  async perform({ arguments: { question, choices } }, { signal }) {
    return saidBy(await ports.askPerson({ text: question, choices }, signal), choices);
  },
}));

/** The answer for the model: a person's words, and whose they are never guessed. */
function saidBy({ reply, from }: Replied, choices: readonly string[]): Performed {
  const { by } = from;
  const chosen = reply.choice === undefined ? undefined : choices[reply.choice];
  const said = [
    ...(chosen === undefined ? [] : [`"${chosen}"`]),
    ...(reply.words === undefined || reply.words === '' ? [] : [reply.words]),
  ].join(' ');
  return {
    ok: by !== 'nobody',
    text: wordsOf(by, said),
    facts: { ...originOf(from), answered: said !== '' },
    contentOf: [],
  };
}

function wordsOf(by: Replied['from']['by'], said: string): string {
  switch (by) {
    case 'nobody':
      return `Nobody is there to answer. ${GO_ON}`;
    case 'input':
      return said === '' ? `The answer that lay ready is empty. ${GO_ON}` : `The answer that lay ready: ${said}`;
    case 'person':
      return said === '' ? `The user does not answer. ${GO_ON}` : `The user answers: ${said}`;
  }
}

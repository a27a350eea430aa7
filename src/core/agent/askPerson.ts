import type { Question, Replied } from '../../shared/question.ts';
import type { QuestionDesk } from '../approval/questionDesk.ts';
import type { RunParts } from './runParts.ts';

/** Where the agent's questions to the person wait. */
export type PersonDesk = QuestionDesk<Question, Replied>;

interface AskedOf extends Pick<RunParts, 'redactor' | 'id'> {
  newId: () => string;
  questions: PersonDesk;
  waiting: (isWaiting: boolean) => void;
}

/** Puts a question of the agent's to a person. `waiting`: told when it begins and ends, so that the clock stands still. */
export async function askPerson(
  { text, choices }: Pick<Question, 'text' | 'choices'>,
  { questions, redactor, id, newId, waiting }: AskedOf,
  signal: AbortSignal,
): Promise<Replied> {
  waiting(true);
  try {
    return await questions.ask(redactor.json({ id: newId(), run: id, text, choices }), signal);
  } finally {
    waiting(false);
  }
}

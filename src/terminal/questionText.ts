import type { Question, Replied, Reply } from '../shared/question.ts';
import { answeredBy, TAKEN_BACK } from './answers.ts';
import type { Terminal } from './approver.ts';
import { AGENT, quoted } from './quote.ts';

/**
 * Shows what the agent wants to know and takes a line: the number of a choice, or words. An empty line is no answer.
 * Undefined where the question was taken back.
 */
export async function replyInTerminal(
  { text, choices }: Question,
  { asker, write, columns }: Terminal,
  signal?: AbortSignal,
): Promise<Replied | undefined> {
  const listed = choices.flatMap((choice, index) =>
    quoted(choice, columns, { line: `  ${index + 1}  `, rest: '     ' }),
  );
  const lines = ['── The agent asks:', ...quoted(text, columns, AGENT), ...listed];
  const prompt =
    choices.length === 0 ? 'Your answer (empty: none): ' : `1-${choices.length}, or words of your own (empty: none): `;
  const line = await asker.ask({ text: `\n${lines.join('\n')}\n`, prompt }, signal);
  if (signal?.aborted === true) {
    write(TAKEN_BACK);
    return undefined;
  }
  if (line === undefined) {
    write('\nNobody is there to answer.\n');
    return { reply: {}, from: { by: 'nobody', at: 'terminal' } };
  }
  return { reply: replyOf(line, choices), from: answeredBy(asker) };
}

function replyOf(line: string, choices: readonly string[]): Reply {
  const words = line.trim();
  const choice = /^\d{1,2}$/.test(words) ? Number(words) - 1 : -1;
  if (choices[choice] !== undefined) return { choice };
  return words === '' ? {} : { words };
}

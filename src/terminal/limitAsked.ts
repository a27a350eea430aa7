import type { AnsweredBy } from '../shared/answered.ts';
import type { LimitChoice, LimitQuestion } from '../shared/limitQuestion.ts';
import { visibleLine } from '../shared/visible.ts';
import { answeredBy, saidYes, TAKEN_BACK } from './answers.ts';
import type { Terminal } from './approver.ts';
import { ownLine } from './quote.ts';

/**
 * Says which limit a run has come to, and asks whether it goes on. Only a plain yes lets it; undefined where the question
 * was taken back.
 */
export async function askAtLimit(
  { words, more, limit }: LimitQuestion,
  { asker, write, columns }: Terminal,
  signal: AbortSignal,
): Promise<{ choice: LimitChoice; from: AnsweredBy } | undefined> {
  const allowed = limit === 'repetition' ? more : `for as much again: ${more}`;
  const text = `\n${ownLine(`limit: ${visibleLine(words)}`, columns)}\n`;
  const line = await asker.ask({ text, prompt: `Go on ${visibleLine(allowed)}? [y/N] ` }, signal);
  if (signal.aborted) {
    write(TAKEN_BACK);
    return undefined;
  }
  const from = answeredBy(asker);
  return line === undefined
    ? { choice: 'stop', from: { ...from, by: 'nobody' } }
    : { choice: saidYes(line) ? 'go-on' : 'stop', from };
}

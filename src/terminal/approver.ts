import type { Answered } from '../shared/answered.ts';
import type { Answer, Approval } from '../shared/approval.ts';
import { visibleLine } from '../shared/visible.ts';
import type { Asker } from './asker.ts';
import { approvalText } from './cardText.ts';

export interface Terminal {
  asker: Pick<Asker, 'ask' | 'answersBy'>;
  write: (text: string) => void;
  /** Of the terminal; undefined where nothing wraps lines. */
  columns?: number | undefined;
}

/**
 * Shows a waiting approval and asks `Allow? [y/N]`. Only a plain yes approves; the end of input denies. Undefined
 * where the question was taken back.
 */
export async function askInTerminal(
  approval: Approval,
  { asker, write, columns }: Terminal,
  signal?: AbortSignal,
): Promise<Answered | undefined> {
  const offer = approval.grantOffers[0];
  const remember = offer === undefined ? '' : ` (r: remember ${visibleLine(offer.words)}, for this run)`;
  const text = `\n${approvalText(approval, columns)}\n`;
  const line = await asker.ask({ text, prompt: `Allow? [y/N]${remember} ` }, signal);
  if (signal?.aborted === true) return undefined;
  if (line === undefined) {
    write('\nNobody is there to answer: denied.\n');
    return { answer: { choice: 'deny' }, from: { by: 'nobody', at: 'terminal' } };
  }
  return { answer: answerOf(line.trim(), offer?.id), from: { by: asker.answersBy, at: 'terminal' } };
}

function answerOf(said: string, offer: string | undefined): Answer {
  if (/^(y|yes)$/i.test(said)) return { choice: 'approve' };
  if (/^r$/i.test(said) && offer !== undefined)
    return { choice: 'approve-and-grant', grant: { offer, until: { kind: 'run' } } };
  const reason = said.replace(/^(n|no)\b[\s,:]*/i, '').slice(0, 2000);
  return reason === '' ? { choice: 'deny' } : { choice: 'deny', reason };
}

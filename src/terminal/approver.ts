import type { Answered } from '../shared/answered.ts';
import type { Answer, Approval } from '../shared/approval.ts';
import { visibleLine } from '../shared/visible.ts';
import type { Asker } from './asker.ts';
import { approvalText } from './cardText.ts';

export interface Terminal {
  asker: Pick<Asker, 'ask' | 'answersBy' | 'place'>;
  write: (text: string) => void;
  /** Of the terminal; undefined where nothing wraps lines. */
  columns?: number | undefined;
}

const NOTHING_TO_REMEMBER = 'Nothing can be remembered here.';

/**
 * Shows a waiting approval and asks `Allow? [y/N]`. Only a plain yes approves; the end of input denies. Whoever
 * wants something remembered where nothing can be is asked again; lines that were written beforehand deny then, or the
 * next question's answer would be taken for this one's. Undefined where the question was taken back.
 */
export async function askInTerminal(
  approval: Approval,
  { asker, write, columns }: Terminal,
  signal?: AbortSignal,
): Promise<Answered | undefined> {
  const offer = approval.grantOffers[0];
  const remember = offer === undefined ? '' : ` (r: remember ${visibleLine(offer.words)}, for this run)`;
  const text = `\n${approvalText(approval, columns)}\n`;
  const prompt = `Allow? [y/N]${remember} `;
  let line = await asker.ask({ text, prompt }, signal);
  while (asker.answersBy === 'person' && offer === undefined && line !== undefined && wantsRemembered(line))
    line = await asker.ask({ text: `${NOTHING_TO_REMEMBER}\n`, prompt }, signal);
  if (signal?.aborted === true) return undefined;
  if (line === undefined) {
    write('\nNobody is there to answer: denied.\n');
    return { answer: { choice: 'deny' }, from: { by: 'nobody', at: 'terminal' } };
  }
  if (wantsRemembered(line) && offer === undefined) write(`${NOTHING_TO_REMEMBER} Denied.\n`);
  return { answer: answerOf(line, offer?.id), from: { by: asker.answersBy, at: 'terminal', ...placeOf(asker) } };
}

function placeOf({ place }: Pick<Asker, 'place'>): { place?: string } {
  return place === undefined ? {} : { place };
}

function answerOf(line: string, offer: string | undefined): Answer {
  const said = line.trim();
  if (/^(y|yes)$/i.test(said)) return { choice: 'approve' };
  if (wantsRemembered(line))
    return offer === undefined
      ? { choice: 'deny' }
      : { choice: 'approve-and-grant', grant: { offer, until: { kind: 'run' } } };
  const reason = said.replace(/^(n|no)\b[\s,:]*/i, '').slice(0, 2000);
  return reason === '' ? { choice: 'deny' } : { choice: 'deny', reason };
}

function wantsRemembered(line: string): boolean {
  return /^(r|remember)$/i.test(line.trim());
}

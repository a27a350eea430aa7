import type { Answered } from '../shared/answered.ts';
import type { Answer, Approval } from '../shared/approval.ts';
import { changedLines, unseenLines } from '../shared/unseen.ts';
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
  const unseen = unseenLines(approval.card.blocks);
  const remember = offer === undefined ? '' : ` (r: remember ${visibleLine(offer.words)}, for this run)`;
  const text = `\n${approvalText(approval, columns)}\n`;
  const prompt =
    unseen > 0 ? `Allow, with ${changedLines(unseen)} unseen? [y ${unseen}/N] ` : `Allow? [y/N]${remember} `;
  const trouble = (line: string): string | undefined => {
    const yes = yesIn(line);
    if (yes?.remember === true && offer === undefined) return NOTHING_TO_REMEMBER;
    return yes && (yes.unseen ?? 0) !== unseen ? countFirst(unseen) : undefined;
  };
  let line = await asker.ask({ text, prompt }, signal);
  for (;;) {
    const again = line === undefined || asker.answersBy !== 'person' ? undefined : trouble(line);
    if (again === undefined) break;
    line = await asker.ask({ text: `${again}\n`, prompt }, signal);
  }
  if (signal?.aborted === true) {
    write('\nThis question waits no more.\n'); // what comes next is no answer to it
    return undefined;
  }
  if (line === undefined) {
    write('\nNobody is there to answer: denied.\n');
    return { answer: { choice: 'deny' }, from: { by: 'nobody', at: 'terminal' } };
  }
  const from = { by: asker.answersBy, at: 'terminal', ...placeOf(asker) } as const;
  const wrong = trouble(line);
  if (wrong === undefined) return { answer: answerOf(line, offer?.id), from };
  write(`${wrong} Denied.\n`);
  return { answer: { choice: 'deny' }, from };
}

function placeOf({ place }: Pick<Asker, 'place'>): { place?: string } {
  return place === undefined ? {} : { place };
}

function answerOf(line: string, offer: string | undefined): Answer {
  const yes = yesIn(line);
  if (yes) {
    const counted = yes.unseen === undefined ? {} : { unseen: yes.unseen };
    if (!yes.remember) return { choice: 'approve', ...counted };
    if (offer === undefined) return { choice: 'deny' };
    return { choice: 'approve-and-grant', grant: { offer, until: { kind: 'run' } }, ...counted };
  }
  const reason = line.trim().replace(/^(n|no)\b[\s,:]*/i, '');
  return reason === '' ? { choice: 'deny' } : { choice: 'deny', reason };
}

/** A plain yes, or the wish to have it remembered; with the count of what was not in sight where there is some. */
function yesIn(line: string): { remember: boolean; unseen?: number } | undefined {
  const [, word, count] = /^(y|yes|r|remember)(?: (\d{1,9}))?$/i.exec(line.trim()) ?? [];
  if (word === undefined) return undefined;
  return { remember: /^r/i.test(word), ...(count !== undefined && { unseen: Number(count) }) };
}

function countFirst(unseen: number): string {
  if (unseen === 0) return 'All that changes is shown: there is nothing to count.';
  return `Of ${changedLines(unseen)} not all is shown: "y ${unseen}" approves them too.`;
}

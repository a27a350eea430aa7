import type { Answered } from '../shared/answered.ts';
import type { Answer, Approval, Until } from '../shared/approval.ts';
import { DENY_REASONS } from '../shared/denyReasons.ts';
import { MOST_EDITED } from '../shared/typed.ts';
import { changedLines, unseenLines } from '../shared/unseen.ts';
import { visibleLine } from '../shared/visible.ts';
import { answeredBy, TAKEN_BACK } from './answers.ts';
import { writeAlways, type Always } from './alwaysAsked.ts';
import type { Asker } from './asker.ts';
import { approvalText } from './cardText.ts';
import { ownLine } from './quote.ts';

export interface Terminal {
  /** How a rule for this call is written; absent where none can be. */
  always?: Always | undefined;
  asker: Pick<Asker, 'ask' | 'answersBy' | 'place'>;
  write: (text: string) => void;
  /** Of the terminal; undefined where nothing wraps lines. */
  columns?: number | undefined;
  /** Which it is of how many questions about one reply of the model. */
  among?: { place: number; count: number };
}

/** The usual reasons for a no, to be picked by a number as in the panel. */
const NOES = `To deny with a reason, type it, or ${DENY_REASONS.map(({ label }, index) => `n${index + 1}: ${label.toLowerCase()}`).join(', ')}.`;
const NOTHING_TO_REMEMBER = 'Nothing can be remembered here.';
const NOT_BY_INPUT_EDITED = 'What is asked is changed by a person at a terminal alone.';
const SHOW = 's: show its effects first; it runs in a view of the workspace, and nothing is changed';
const NO_EDIT = 'This cannot be changed here.';
const EDIT = 'Type it as you want it, whole; nothing leaves it as it is. It is decided anew.';
const NO_EFFECTS = 'Its effects cannot be shown first.';
const NO_APPLY = 'There are no effects that could be applied.';
const NO_RULE = 'No rule can say exactly this.';
const NOT_BY_INPUT = 'A rule is written at the word of a person at a terminal alone.';

/**
 * Shows a waiting approval and asks `Allow? [y/N]`. Only a plain yes approves; the end of input denies. Whoever
 * wants something remembered where nothing can be is asked again; lines that were written beforehand deny then, or the
 * next question's answer would be taken for this one's. Undefined where the question was taken back.
 */
export async function askInTerminal(
  approval: Approval,
  { asker, write, columns, among, always }: Terminal,
  signal?: AbortSignal,
): Promise<Answered | undefined> {
  const offers = approval.grantOffers;
  const unseen = unseenLines(approval.card.blocks);
  const [first] = offers;
  const remember = first === undefined ? '' : ` (r: remember ${visibleLine(first.words)}, for this run)`;
  const number = among && among.count > 1 ? `${among.place} of ${among.count}: ` : '';
  const text = `\n${approvalText(approval, { columns, number })}\n${scopesText(approval, columns)}`;
  const prompt =
    approval.effects?.state === 'shown'
      ? effectsPrompt(approval, unseen)
      : unseen > 0
        ? `Allow, with ${changedLines(unseen)} unseen? [y ${unseen}/N] `
        : `Allow? [y/N]${remember} `;
  const trouble = (line: string): string | undefined => {
    const yes = yesIn(line);
    if (isShow(line) && !(approval.effects?.state === 'offered' && asker.answersBy === 'person')) return NO_EFFECTS;
    if (yes?.applies === true && !canApply(approval)) return NO_APPLY;
    if (yes?.always === true && approval.alwaysOffer === undefined) return NO_RULE;
    if (yes?.always === true && !(always && asker.answersBy === 'person')) return NOT_BY_INPUT;
    if (yes?.remember === true && first === undefined) return NOTHING_TO_REMEMBER;
    if (yes?.remember === true && !isOffered(yes, approval)) return wrongScope(approval);
    return yes && (yes.unseen ?? 0) !== unseen ? countFirst(unseen) : undefined;
  };
  let line = await asker.ask({ text, prompt }, signal);
  while (line !== undefined && asker.answersBy === 'person') {
    const again = trouble(line);
    if (again === undefined && yesIn(line)?.always !== true && !isEdit(line)) break;
    if (isEdit(line)) {
      const text = await editedIn(approval, { asker, write }, signal);
      if (text !== undefined && signal?.aborted !== true)
        return {
          answer: { choice: 'approve-edited', text, ...(unseen > 0 && { unseen }) },
          from: answeredBy(asker),
        };
      if (signal?.aborted === true) break;
    } else if (again === undefined && always && (await writeAlways({ asker, write, columns, always }, signal))) break;
    if (signal?.aborted === true) break;
    line = await asker.ask({ text: again === undefined ? '' : `${again}\n`, prompt }, signal);
  }
  if (signal?.aborted === true) {
    write(TAKEN_BACK);
    return undefined;
  }
  if (line === undefined) {
    write('\nNobody is there to answer: denied.\n');
    return { answer: { choice: 'deny' }, from: { by: 'nobody', at: 'terminal' } };
  }
  const from = answeredBy(asker);
  // Lines that were written beforehand change nothing.
  const wrong = isEdit(line) ? NOT_BY_INPUT_EDITED : trouble(line);
  if (wrong === undefined) return { answer: answerOf(line, approval), from };
  write(`${wrong} Denied.\n`);
  return { answer: { choice: 'deny' }, from };
}

function isShow(line: string): boolean {
  return /^s$/i.test(line.trim());
}

function canApply({ effects }: Approval): boolean {
  return effects?.state === 'shown' && effects.obstacle === undefined;
}

/** What was shown can be made; else it runs for real, or neither. */
function effectsPrompt(approval: Approval, unseen: number): string {
  const count = unseen > 0 ? ` ${unseen}` : '';
  const apply = canApply(approval) ? `p${count}: apply exactly this; ` : '';
  return `${apply}y${count}: run for real instead; n: throw away [N] `;
}

function isEdit(line: string): boolean {
  return /^e$/i.test(line.trim());
}

/** What a person makes of a text of one line; undefined where they leave it as it was. */
async function editedIn(
  approval: Approval,
  { asker, write }: Pick<Terminal, 'asker' | 'write'>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const edit = lineToEdit(approval);
  if (edit === undefined) {
    write(`${NO_EDIT}\n`);
    return undefined;
  }
  const line = await asker.ask({ text: `${EDIT}\n`, prompt: `${edit.label}: ` }, signal);
  const text = line?.trim() ?? '';
  return text === '' || text === edit.text || text.length > MOST_EDITED ? undefined : text;
}

/** What of it can be typed anew: one line, as commands mostly are. */
function lineToEdit({ edit }: Approval): Approval['edit'] {
  return edit === undefined || edit.text.includes('\n') ? undefined : edit;
}

/** All that can be remembered, and for how long, where there is more than the prompt says. */
function scopesText(approval: Approval, columns: number | undefined): string {
  const { grantOffers, grantLimits, alwaysOffer, effects } = approval;
  const edit = lineToEdit(approval);
  const rule = [
    ...(effects?.state === 'offered' ? [SHOW] : []),
    ...(effects?.state === 'not-here' ? [`Its effects cannot be shown first: ${visibleLine(effects.why)}.`] : []),
    ...(edit === undefined ? [] : [`e: change ${visibleLine(edit.label.toLowerCase())} first`]),
    ...(alwaysOffer === undefined
      ? []
      : [`a: always allow ${visibleLine(alwaysOffer)}; the rule is shown before it is written`]),
    NOES,
  ];
  if (grantOffers.length === 0) return rule.map((line) => `${ownLine(line, columns)}\n`).join('');
  const others = grantOffers.slice(1).map(({ words }, index) => `r${index + 2}: remember ${visibleLine(words)}`);
  const example = Math.min(30, grantLimits.minutes);
  const times = Math.min(5, grantLimits.uses);
  const lasts = `Not for the whole run: "r ${example}m" for ${example} minutes, "r ${times}x" for ${times} more times.`;
  return `${[...others, lasts, ...rule].map((line) => ownLine(line, columns)).join('\n')}\n`;
}

function isOffered({ offer, until }: Yes, { grantOffers, grantLimits }: Approval): boolean {
  const isShort = until.kind === 'minutes' ? until.minutes <= grantLimits.minutes : true;
  const isRare = until.kind === 'uses' ? until.uses <= grantLimits.uses : true;
  const length = until.kind === 'minutes' ? until.minutes : until.kind === 'uses' ? until.uses : 1;
  return grantOffers[offer] !== undefined && isShort && isRare && length > 0;
}

function wrongScope({ grantOffers, grantLimits: { minutes, uses } }: Approval): string {
  const names = grantOffers.map((_, index) => (index === 0 ? 'r' : `r${index + 1}`)).join(', ');
  return `Remember by ${names}; for at most ${minutes} minutes (m) or ${uses} times (x).`;
}

function answerOf(line: string, { grantOffers }: Approval): Answer {
  if (isShow(line)) return { choice: 'show-effects' };
  const yes = yesIn(line);
  if (yes) {
    const counted = yes.unseen === undefined ? {} : { unseen: yes.unseen };
    if (!yes.remember) return { choice: yes.applies ? 'apply' : 'approve', ...counted };
    const offer = grantOffers[yes.offer];
    if (offer === undefined) return { choice: 'deny' };
    return { choice: 'approve-and-grant', grant: { offer: offer.id, until: yes.until }, ...counted };
  }
  const usual = DENY_REASONS[Number(/^n([1-9])$/i.exec(line.trim())?.[1] ?? 0) - 1];
  if (usual) return { choice: 'deny', reason: usual.reason };
  const reason = line.trim().replace(/^(n|no)\b[\s,:]*/i, '');
  return reason === '' ? { choice: 'deny' } : { choice: 'deny', reason };
}

interface Yes {
  /** A rule is to be written, and this call approved with it. */
  always: boolean;
  /** What was shown of its effects is to be made. */
  applies: boolean;
  remember: boolean;
  /** Which of what can be remembered, counted from 0, and how long. */
  offer: number;
  until: Until;
  unseen?: number;
}

/** A plain yes, or the wish to have it remembered; with the count of what was not in sight where there is some. */
function yesIn(line: string): Yes | undefined {
  const found =
    /^(?:y|yes|(?<p>p|apply)|(?<a>a|always)|(?<r>r|remember)(?<offer>\d)?(?: (?<length>\d{1,4})(?<unit>[mx]))?)(?: (?<unseen>\d{1,9}))?$/i;
  const { a, p, r, offer, length, unit, unseen } = found.exec(line.trim())?.groups ?? {};
  if (!found.test(line.trim())) return undefined;
  return {
    always: a !== undefined,
    applies: p !== undefined,
    remember: r !== undefined,
    offer: Number(offer ?? 1) - 1,
    until: untilOf(Number(length ?? 0), unit?.toLowerCase()),
    ...(unseen !== undefined && { unseen: Number(unseen) }),
  };
}

function untilOf(length: number, unit: string | undefined): Until {
  if (unit === undefined) return { kind: 'run' };
  return unit === 'm' ? { kind: 'minutes', minutes: length } : { kind: 'uses', uses: length };
}

function countFirst(unseen: number): string {
  if (unseen === 0) return 'All that changes is shown: there is nothing to count.';
  return `Of ${changedLines(unseen)} not all is shown: "y ${unseen}" approves them too.`;
}

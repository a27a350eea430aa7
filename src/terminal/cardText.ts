import type { Approval, Card, Loss } from '../shared/approval.ts';
import { originText } from '../shared/decision.ts';
import type { Flag } from '../shared/flow.ts';
import { countedBlanks } from '../shared/cut.ts';
import { visibleLine } from '../shared/visible.ts';
import { ownLine, quoted } from './quote.ts';

const FLAG_WORDS: Record<Flag, string> = {
  untrusted: 'read untrusted content',
  private: 'touched private data',
  outward: 'can change beyond checkpoints',
};

/** The words of others on a card, beside what Oversign says of them. */
type Part = string | { quote: string; first?: string };

/**
 * An approval as a terminal shows it: the same facts as on the panel's card, hidden characters written out. Words of
 * others never begin at the left edge. `columns`: of the terminal; undefined where nothing wraps lines.
 */
export function approvalText(approval: Approval, columns?: number): string {
  const { decision, flags } = approval;
  const lights = approval.lights.filter((flag) => !flags[flag]).map((flag) => FLAG_WORDS[flag]);
  const parts: Part[] = [
    `── ${visibleLine(approval.title)}`,
    ...(approval.askedAgain === undefined ? [] : [`! ${visibleLine(approval.askedAgain)}`]),
    ...cardLines(approval.card),
    `Undo: ${visibleLine(approval.undo)}`,
    `Why you are asked: ${visibleLine(`${decision.reason} (rule "${decision.rule}", ${originText(decision.origin)}`)}${decision.eachTime === true ? ', asks every time' : ''})`,
    ...(lights.length > 0 ? [`This would light: ${lights.join(', ')}`] : []),
  ];
  return parts.flatMap((part) => drawn(part, columns)).join('\n');
}

function drawn(part: Part, columns: number | undefined): string[] {
  if (typeof part === 'string') return [ownLine(countedBlanks(part), columns)];
  const marks = { line: '  │ ', rest: '  ┊ ' };
  const [first = '', ...others] = part.quote.split('\n');
  return [
    ...quoted(first, columns, { ...marks, line: part.first ?? marks.line }),
    ...(others.length > 0 ? quoted(others.join('\n'), columns, marks) : []),
  ];
}

function cardLines(card: Card): Part[] {
  switch (card.kind) {
    case 'read':
      return [`Reads ${visibleLine(card.path)}. Where it goes: ${visibleLine(card.goesTo)}`];
    case 'edit':
      return [
        `${{ create: 'Creates', edit: 'Changes', overwrite: 'Overwrites' }[card.change]} ${visibleLine(card.path)} (+${card.added} −${card.removed})`,
        ...(card.unsaved ? ['! The file has unsaved changes in an editor.'] : []),
        { quote: card.diff },
        ...(card.shortened ? ['[the diff is longer; this is its beginning]'] : []),
      ];
    case 'delete':
      return [`Deletes ${visibleLine(card.path)}: ${lossText(card.loss)}`];
    case 'move':
      return [
        `Moves ${visibleLine(card.from)} to ${visibleLine(card.to)}`,
        ...(card.replaces ? [`Replaces what stands there: ${lossText(card.replaces)}`] : []),
      ];
    case 'command':
      return [
        ...(card.outside ? [`! ${visibleLine(card.sandbox)}`] : []),
        ...card.losses.map(({ path, loss }) => `! Would be lost: ${visibleLine(path)}: ${lossText(loss)}`),
        ...leftLosses(card),
        ...unknownLosses(card),
        { quote: countedBlanks(card.command), first: '  $ ' },
        ...(card.secrets.length > 0
          ? [`! It could read likely secrets: ${list(card.secrets)}${leftSecrets(card)}`]
          : []),
        ...(card.readOnly ? ['It cannot change the workspace.'] : []),
        ...card.programs.map(
          ({ words, doubt }) => `In it: ${visibleLine(words)}${doubt === undefined ? '' : `: ${visibleLine(doubt)}`}`,
        ),
        ...((card.more?.programs ?? 0) > 0 ? [`In it: and ${card.more?.programs ?? 0} more programs`] : []),
        ...(card.scripts.length > 0 ? [`Bound to: ${list(card.scripts)}`] : []),
        ...(card.unbound === undefined
          ? []
          : [`! Not everything that it uses is bound: ${visibleLine(card.unbound)}.`]),
        `Folder: ${visibleLine(card.cwd)}`,
        ...(card.outside ? [] : [visibleLine(card.sandbox)]),
        `Environment: ${list(card.environment)}. Time limit: ${card.timeoutSeconds} s.`,
        ...(card.limits.length > 0 ? [`Limits: ${list(card.limits)}.`] : []),
      ];
  }
}

type CommandCard = Extract<Card, { kind: 'command' }>;

function leftLosses({ more, lossTotal }: CommandCard): string[] {
  if (lossTotal === undefined) return [];
  const { files, bytes, more: atLeast } = lossTotal;
  return [
    `! Would be lost: and ${more?.losses ?? 0} more; in all ${atLeast ? 'at least ' : ''}${files} files, ${bytes} bytes`,
  ];
}

function unknownLosses({ unknownLosses: losses = [], more }: CommandCard): string[] {
  const left = more?.unknownLosses ?? 0;
  return [
    ...losses.map(
      ({ program, does, below, most }) =>
        `! What ${visibleLine(program)} ${does} below ${visibleLine(below)} cannot be known beforehand: ${most ? boundText(most) : 'nor how much'}`,
    ),
    ...(left > 0 ? [`! And ${left} more places where it cannot be known beforehand`] : []),
  ];
}

function boundText({ files, bytes, more }: Pick<Loss, 'files' | 'bytes' | 'more'>): string {
  const amount = `${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes`;
  return more ? `${amount}, or more` : `up to ${amount}`;
}

function leftSecrets({ more, secretsAtLeast }: CommandCard): string {
  const left = more?.secrets ?? 0;
  if (left > 0) return ` and ${secretsAtLeast ? 'at least ' : ''}${left} more`;
  return secretsAtLeast ? ' and perhaps more' : '';
}

function list(names: readonly string[]): string {
  return names.map(visibleLine).join(', ');
}

function lossText(loss: Loss): string {
  const tracked =
    loss.tracked === 'unknown' ? 'not known whether version control holds it' : `${loss.tracked} by version control`;
  return `${loss.more ? 'at least ' : ''}${loss.files} ${loss.files === 1 ? 'file' : 'files'}, ${loss.bytes} bytes, ${tracked}${loss.unsaved ? ', with unsaved changes in an editor' : ''}`;
}

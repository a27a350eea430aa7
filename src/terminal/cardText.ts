import type { Approval, Card, Loss } from '../shared/approval.ts';
import { originText } from '../shared/decision.ts';
import { visible } from '../shared/visible.ts';

/** An approval as a terminal shows it: the same facts as on the panel's card, hidden characters written out. */
export function approvalText(approval: Approval): string {
  const { decision } = approval;
  const lines = [
    `── ${approval.title}`,
    ...(approval.askedAgain === undefined ? [] : [`! ${approval.askedAgain}`]),
    ...cardLines(approval.card),
    `Undo: ${approval.undo}`,
    `Why you are asked: ${decision.reason} (rule "${decision.rule}", ${originText(decision.origin)})`,
  ];
  return visible(lines.join('\n'));
}

function cardLines(card: Card): string[] {
  switch (card.kind) {
    case 'read':
      return [`Reads ${card.path}. Where it goes: ${card.goesTo}`];
    case 'edit':
      return [
        `${{ create: 'Creates', edit: 'Changes', overwrite: 'Overwrites' }[card.change]} ${card.path} (+${card.added} −${card.removed})`,
        ...(card.unsaved ? ['! The file has unsaved changes in an editor.'] : []),
        card.diff,
        ...(card.shortened ? ['[the diff is longer; this is its beginning]'] : []),
      ];
    case 'delete':
      return [`Deletes ${card.path}: ${lossText(card.loss)}`];
    case 'move':
      return [
        `Moves ${card.from} to ${card.to}`,
        ...(card.replaces ? [`Replaces what stands there: ${lossText(card.replaces)}`] : []),
      ];
    case 'command':
      return [
        `$ ${card.command}`,
        `Folder: ${card.cwd}`,
        card.sandbox,
        `Environment: ${card.environment.join(', ')}. Time limit: ${card.timeoutSeconds} s.`,
        ...(card.limits.length > 0 ? [`Limits: ${card.limits.join(', ')}.`] : []),
      ];
  }
}

function lossText(loss: Loss): string {
  const tracked =
    loss.tracked === 'unknown' ? 'not known whether version control holds it' : `${loss.tracked} by version control`;
  return `${loss.more ? 'at least ' : ''}${loss.files} ${loss.files === 1 ? 'file' : 'files'}, ${loss.bytes} bytes, ${tracked}${loss.unsaved ? ', with unsaved changes in an editor' : ''}`;
}

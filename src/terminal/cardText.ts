import type { Approval } from '../shared/approval.ts';
import { originText } from '../shared/decision.ts';
import type { Flag } from '../shared/flow.ts';
import { countedBlanks } from '../shared/cut.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { blockParts, type Part } from './blockLines.ts';
import { ownLine, quoted } from './quote.ts';

const FLAG_WORDS: Record<Flag, string> = {
  untrusted: 'read untrusted content',
  private: 'touched private data',
  outward: 'can change beyond checkpoints',
};

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
    ...approval.card.blocks.flatMap(blockParts),
    `Undo: ${visibleLine(approval.undo)}`,
    `Why you are asked: ${visibleLine(`${decision.reason} (rule "${decision.rule}", ${originText(decision.origin)}`)}${decision.eachTime === true ? ', asks every time' : ''})`,
    ...(lights.length > 0 ? [`This would light: ${lights.join(', ')}`] : []),
  ];
  return parts.flatMap((part) => drawn(part, columns)).join('\n');
}

function drawn(part: Part, columns: number | undefined): string[] {
  if (typeof part === 'string') return [ownLine(countedBlanks(part), columns)];
  const marks = { line: '  │ ', rest: '  ┊ ' };
  const [first = '', ...others] = exact(part.quote).split('\n');
  return [
    ...quoted(first, columns, { ...marks, line: part.first ?? marks.line }),
    ...(others.length > 0 ? quoted(others.join('\n'), columns, marks) : []),
  ];
}

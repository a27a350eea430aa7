import type { Approval } from '../shared/approval.ts';
import { originText } from '../shared/decision.ts';
import { AFTER_THIS } from '../shared/flow.ts';
import { countedBlanks } from '../shared/cut.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { blockParts, inLine, type Part } from './blockLines.ts';
import { ownLine, quoted } from './quote.ts';

/**
 * An approval as a terminal shows it: the same facts as on the panel's card, hidden characters written out. Words of
 * others never begin at the left edge. `columns`: of the terminal; undefined where nothing wraps lines. `number`: said
 * before its title, where it is one of several.
 */
export function approvalText(
  approval: Approval,
  { columns, number = '' }: { columns?: number | undefined; number?: string } = {},
): string {
  const { card, decision, flags } = approval;
  const lights = approval.lights.filter((flag) => !flags[flag]).map((flag) => AFTER_THIS[flag]);
  // Where the card says it of each file, it is said there.
  const consequence = card.blocks.some(({ kind }) => kind === 'loss') ? undefined : approval.consequence;
  const parts: Part[] = [
    `── ${number}${visibleLine(approval.title)}`,
    ...(approval.edited === true ? ['As you changed it: the agent had asked for something else.'] : []),
    ...(approval.askedAgain === undefined ? [] : [`! ${visibleLine(approval.askedAgain)}`]),
    ...(consequence === undefined ? [] : [`! ${inLine(consequence)}`]),
    visibleLine(approval.undo),
    ...(approval.claim === undefined ? [] : ['The agent says:', { quote: countedBlanks(approval.claim) }]),
    ...card.blocks.flatMap(blockParts),
    ...(approval.where.length === 0 ? [] : [visibleLine(approval.where.join(', '))]),
    `Why you are asked: ${visibleLine(`${approval.why} (rule "${decision.rule}", ${originText(decision.origin)}`)}${decision.eachTime === true ? ', asks every time' : ''})`,
    ...lights.map((words) => `! ${words}`),
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

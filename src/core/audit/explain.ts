import { DecisionSchema, originText } from '../../shared/decision.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { Block, Words } from '../../shared/block.ts';
import { changedLines } from '../../shared/unseen.ts';
import { kindOfStored } from '../kinds/table.ts';
import { blocksMarkdown } from './blockMarkdown.ts';
import { code } from './markdown.ts';
import { outcomeLine, ranLines } from './report.ts';
import { readAction, type ReadAction } from './storedAction.ts';
import type { ActionNode } from './tree.ts';
import { answeredWords } from './who.ts';

/** Why an action was allowed, asked or denied: each decision with its rule, layer, file and line, and who answered. */
export function explainDecision(action: ActionNode): string {
  const lines = [`# Why: ${code(action.title)}`, '', outcomeLine(action), '', ...ranLines(action)];
  for (const event of action.events) lines.push(...eventLines(event));
  return lines.join('\n');
}

function eventLines(event: AuditRecord): string[] {
  switch (event.type) {
    case 'proposed': {
      const stored = readAction(event.payload);
      return stored.kind === 'action' ? blocksMarkdown(meaningBlocks(stored)) : [];
    }
    case 'decided':
      return decisionLines(event);
    case 'answered':
      return [
        '## Answered',
        '',
        `${code(answeredWords(event.data) ?? text(event.data['by']))}: ${code(text(event.data['choice']))}${typeof event.data['waitedMs'] === 'number' ? `, after ${Math.round(event.data['waitedMs'] / 1000)} s` : ''}${typeof event.data['unseen'] === 'number' ? `, with ${changedLines(event.data['unseen'])} unseen` : ''}`,
        '',
      ];
    case 'grant_used':
      return [`An approval that you had given before covered this (${code(text(event.data['grant']))}).`, ''];
    default:
      return [];
  }
}

function decisionLines(event: AuditRecord): string[] {
  const parsed = DecisionSchema.safeParse(event.payload?.['decision']);
  const verdict = code(text(event.data['verdict']));
  if (!parsed.success)
    return [
      `## Decision: ${verdict}`,
      '',
      `- Rule: ${code(text(event.data['rule']))}`,
      `- ${code(reasonOf(event))}`,
      '',
    ];
  const { rule, reason, origin } = parsed.data;
  const facts = [
    { label: 'Rule', value: [{ exact: rule }] },
    { label: 'Why', value: [{ exact: reason }] },
    { label: 'From', value: [{ exact: originText(origin) }] },
  ];
  return [`## Decision: ${verdict}`, '', ...blocksMarkdown([{ kind: 'facts', facts }])];
}

/** Calls that were no calls at all have a reason without an origin. */
function reasonOf(event: AuditRecord): string {
  const decision = event.payload?.['decision'];
  return typeof decision === 'object' && decision !== null && 'reason' in decision ? text(decision['reason']) : '';
}

/** What an action touches, and what else there is to say of its kind. */
function meaningBlocks(stored: ReadAction): Block[] {
  const items = stored.resources.map(({ path, access }): Words => [{ exact: access }, ': ', { exact: path }]);
  const title = 'What it touches';
  const paths: Block = { kind: 'list', name: 'touched', title, label: title, items, left: 0, of: '' };
  return [...(items.length === 0 ? [] : [paths]), ...kindOfStored(stored).explained(stored)];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

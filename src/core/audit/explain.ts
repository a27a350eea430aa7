import { DecisionSchema } from '../../shared/decision.ts';
import { durationWords } from '../../shared/outcomeWords.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { Block, Words } from '../../shared/block.ts';
import { changedLines } from '../../shared/unseen.ts';
import { kindOfStored } from '../kinds/table.ts';
import { blocksMarkdown } from './blockMarkdown.ts';
import { code, wordsOrCode } from './markdown.ts';
import { originLink } from './placeLink.ts';
import { outcomeLine, ranLines } from './report.ts';
import { readAction, type ReadAction } from './storedAction.ts';
import type { ActionNode } from './tree.ts';
import { answeredWords } from './who.ts';

/** Why an action was allowed, asked or denied: each decision with its rule, layer, file and line, and who answered. */
export function explainDecision(action: ActionNode): string {
  return [
    `# Why: ${code(action.title)}`,
    '',
    outcomeLine(action),
    '',
    ...ranLines(action),
    ...explainedLines(action),
  ].join('\n');
}

/** The same without its title. */
export function explainedLines({ events }: ActionNode): string[] {
  const proposed = events.filter(({ type }) => type === 'proposed');
  // Why first; then what it is about.
  return [...events.flatMap(eventLines), ...proposed.flatMap(meaningLines)];
}

function meaningLines({ payload }: AuditRecord): string[] {
  const stored = readAction(payload);
  return stored.kind === 'action' ? blocksMarkdown(meaningBlocks(stored)) : [];
}

function eventLines(event: AuditRecord): string[] {
  switch (event.type) {
    case 'decided':
      return decisionLines(event);
    case 'answered':
    case 'whose_answered':
      return answerLines(event);
    case 'grant_used':
      return [`An approval that you had given before covered this (${code(text(event.data['grant']))}).`, ''];
    default:
      return [];
  }
}

function answerLines({ type, data, payload }: AuditRecord): string[] {
  const reason = text(payload?.['reason']);
  const choice = text(data['choice']);
  // A plain yes or no is said by who gave it.
  const how = choice === 'approve' || choice === 'deny' ? '' : `: ${wordsOrCode(choice)}`;
  const waited = typeof data['waitedMs'] === 'number' ? `, after ${durationWords(data['waitedMs'])}` : '';
  const unseen = typeof data['unseen'] === 'number' ? `, with ${changedLines(data['unseen'])} unseen` : '';
  return [
    type === 'answered' ? '## Answered' : '## Answered: whether what appeared stays',
    '',
    `${wordsOrCode(answeredWords(data) ?? text(data['by']))}${how}${waited}${unseen}`,
    '',
    ...(reason === '' ? [] : [`Reason given: ${code(reason)}`, '']),
  ];
}

function decisionLines(event: AuditRecord): string[] {
  const parsed = DecisionSchema.safeParse(event.payload?.['decision']);
  const verdict = verdictWords(text(event.data['verdict']));
  if (!parsed.success)
    return [
      `## Decision: ${verdict}`,
      '',
      `- Rule: ${code(text(event.data['rule']))}`,
      `- ${code(reasonOf(event))}`,
      '',
    ];
  const { rule, reason, origin } = parsed.data;
  return [
    `## Decision: ${verdict}`,
    '',
    `- Rule: ${code(rule)}`,
    `- Why: ${wordsOrCode(reason)}`,
    `- From: ${originLink(origin)}`,
    '',
  ];
}

function verdictWords(verdict: string): string {
  return { allow: 'allowed', ask: 'asks', deny: 'denied' }[verdict] ?? code(verdict);
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

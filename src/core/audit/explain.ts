import { DecisionSchema, originText } from '../../shared/decision.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { code } from './markdown.ts';
import { outcomeLine, ranLines } from './report.ts';
import { readAction, type ReadAction } from './storedAction.ts';
import type { ActionNode } from './tree.ts';

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
      return stored.kind === 'action' ? meaningLines(stored) : [];
    }
    case 'decided':
      return decisionLines(event);
    case 'answered':
      return [
        '## Answered',
        '',
        `${code(text(event.data['by']))}: ${code(text(event.data['choice']))}${typeof event.data['waitedMs'] === 'number' ? `, after ${Math.round(event.data['waitedMs'] / 1000)} s` : ''}`,
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
  return [
    `## Decision: ${verdict}`,
    '',
    `- Rule: ${code(rule)}`,
    `- Why: ${code(reason)}`,
    `- From: ${code(originText(origin))}`,
    '',
  ];
}

/** Calls that were no calls at all have a reason without an origin. */
function reasonOf(event: AuditRecord): string {
  const decision = event.payload?.['decision'];
  return typeof decision === 'object' && decision !== null && 'reason' in decision ? text(decision['reason']) : '';
}

function meaningLines({ command, resources }: ReadAction): string[] {
  const { programs: started, doubts } = command ?? { programs: [], doubts: [] };
  const paths = resources.map(({ path, access }) => `- ${code(access)}: ${code(path)}`);
  const programs = started.map((words, index) => {
    const doubt = doubts.find(({ program }) => program === index)?.why;
    return `- ${code(words.map((word) => word ?? '…').join(' '))}${doubt === undefined ? ' (known to only look)' : ` (${code(doubt)})`}`;
  });
  const whole = doubts
    .filter(({ program }) => program === undefined)
    .map(({ why }) => `- the whole line: ${code(why)}`);
  return [
    ...(paths.length > 0 ? ['## What it touches', '', ...paths, ''] : []),
    ...(programs.length > 0 || whole.length > 0 ? ['## What is in the command', '', ...programs, ...whole, ''] : []),
  ];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import type { AuditRecord, RunSummary } from '../shared/auditEvent.ts';
import { cutVisibly } from '../shared/cut.ts';
import { figures, runName, whenWords } from './earlierLines.ts';
import { quoted } from './referenceWords.ts';

/** Characters of what the agent said last. */
const MOST_LAST = 2000;

/** An earlier run as text of a message: what it was, how it ended, and what its agent said last. */
export function runWords(run: RunSummary, events: readonly AuditRecord[]): string {
  const said = events.findLast(({ type, payload }) => type === 'model_replied' && payload?.['text'] !== '');
  const text = said?.payload?.['text'];
  const facts = [run.state, whenWords(run.time), ...figures(run)].join(', ');
  const head = `Earlier run ${quoted(runName(run))} (${facts})`;
  if (typeof text !== 'string') return `\n${head}.\n`;
  const lines = cutVisibly(text, MOST_LAST).split('\n');
  return `\n${head} ended with:\n${lines.map((line) => `> ${line}`.trimEnd()).join('\n')}\n`;
}

import { OUTCOMES } from '../../shared/actionOutcome.ts';
import type { ActionStatus, Entry } from '../../shared/runView.ts';
import { exact, visible } from '../../shared/visible.ts';
import { block, code } from './markdown.ts';

/**
 * A transcript as a Markdown document. Words of the person and of the agent are quoted, so that none of them can pass for
 * a line of the document's own. Titles, reasons and outputs stand in code.
 */
export function transcriptMarkdown(task: string, entries: readonly Entry[], before: number): string {
  const left = before === 0 ? [] : [`_${before} earlier entries are in the log only._`, ''];
  return `${[`# ${code(task)}`, '', ...left, ...entries.flatMap(linesOf)].join('\n').trim()}\n`;
}

function linesOf(entry: Entry): string[] {
  switch (entry.kind) {
    case 'user':
      return ['**You**', '', ...quoted(entry.text), ''];
    case 'assistant':
      return ['**Agent**', '', ...quoted(entry.text), ''];
    case 'notice':
      return ['**Oversign**', '', ...block(entry.text), ''];
    case 'action': {
      const why = entry.why === undefined ? '' : ` (${code(entry.why)})`;
      const output = entry.output === undefined || entry.looks ? [] : ['', ...block(entry.output)];
      return [`- ${code(entry.title)}: ${statusWords(entry.status)}${why}`, ...output, ''];
    }
  }
}

function statusWords(status: ActionStatus): string {
  switch (status) {
    case 'deciding':
    case 'waiting':
    case 'running':
      return exact(status);
    default:
      return OUTCOMES[status].words.toLowerCase();
  }
}

function quoted(text: string): string[] {
  return visible(text)
    .split(/\r\n|\r|\n/)
    .map((line) => (line === '' ? '>' : `> ${line}`));
}

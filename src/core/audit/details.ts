import { isJsonObject } from '../../shared/json.ts';
import { explainedLines } from './explain.ts';
import { block, code } from './markdown.ts';
import { changedLines, outcomeLine, outputLines, ranLines } from './report.ts';
import type { ActionNode } from './tree.ts';

/** Values longer than this get lines of their own. */
const LONG = 200;

/** One action as a readable document: what it was, why it was let through or not, what came of it; then its record. */
export function actionReport(action: ActionNode): string {
  return [
    `# ${code(action.title)}`,
    '',
    outcomeLine(action),
    '',
    ...changedLines(action.changed).flatMap((line) => [line, '']),
    ...ranLines(action),
    ...explainedLines(action),
    ...outputLines(action),
    '## The record',
    '',
    ...recordLines(action),
  ].join('\n');
}

/** Every event of it, with all that it holds. */
function recordLines({ events }: ActionNode): string[] {
  return events.flatMap((event) => [
    `### ${event.seq}. ${event.type} (${event.time})`,
    '',
    ...Object.entries({ ...event.data, ...event.payload }).flatMap(([key, value]) => {
      const said = typeof value === 'string' ? value : JSON.stringify(value, undefined, isJsonObject(value) ? 2 : 0);
      return said.includes('\n') || said.length > LONG
        ? ['', `${code(key)}:`, '', ...block(said), '']
        : [`- ${code(key)}: ${code(said)}`];
    }),
    `- hash: ${code(event.hash)}`,
    '',
  ]);
}

import { bytesWords } from './bytesWords.ts';
import type { Made } from './runView.ts';
import { visibleLine } from './visible.ts';

/** "plot.png (12 KiB), data.csv (812 bytes) and 3 more" */
export function madeNames({ files, left }: Made): string {
  const names = files.map(({ name, bytes }) => `${visibleLine(name)} (${bytesWords(bytes)})`).join(', ');
  return left > 0 ? `${names} and ${left} more` : names;
}

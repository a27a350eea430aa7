import type { Block, Unseen } from './block.ts';

/** How many changed lines are not, or not whole, on what shows these blocks. */
export function unseenLines(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + notShownOf(block), 0);
}

function notShownOf(block: Block): number {
  return block.kind === 'diff' ? block.unseen.lines : block.kind === 'effects' ? block.left : 0;
}

/** "3 changed lines" */
export function changedLines(count: number): string {
  return `${count} changed ${count === 1 ? 'line' : 'lines'}`;
}

/** "3 changed lines are not, or not whole, shown here (1200 characters)."; undefined where all is. */
export function unseenWords({ lines, characters }: Unseen): string | undefined {
  if (lines === 0) return undefined;
  return `${changedLines(lines)} ${lines === 1 ? 'is' : 'are'} not, or not whole, shown here (${characters} characters).`;
}

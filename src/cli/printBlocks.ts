import type { Block } from '../shared/block.ts';
import { visibleLine } from '../shared/visible.ts';
import { blockParts } from '../terminal/blockLines.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { ownLine, quoted } from '../terminal/quote.ts';

/** Blocks as a document in a terminal: those with a title begin with it. */
export function printBlocks(blocks: readonly Block[]): void {
  const columns = columnsOf(process.stdout);
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  for (const block of blocks) {
    const title = block.kind === 'facts' ? block.fold : block.kind === 'list' ? block.title : undefined;
    if (title !== undefined) print(`${block.kind === 'facts' ? '\n' : ''}${ownLine(visibleLine(title), columns)}`);
    if (block.kind === 'list') {
      for (const part of blockParts({ ...block, label: '' }))
        if (typeof part === 'string') print(ownLine(`  ${part.replace(/^: /, '')}`, columns));
      continue;
    }
    const indent = block.kind === 'facts' ? '  ' : '';
    for (const part of blockParts(block))
      if (typeof part === 'string') print(ownLine(`${indent}${part}`, columns));
      else for (const line of quoted(part.quote, columns)) print(line);
  }
}

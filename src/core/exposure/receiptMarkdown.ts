import type { Block } from '../../shared/block.ts';
import type { SealedReceipt } from '../../shared/exposure.ts';
import { blocksMarkdown } from '../audit/blockMarkdown.ts';
import { code } from '../audit/markdown.ts';
import { exposureBlocks } from './exposureBlocks.ts';
import { CHECK_WORDS, checkFacts, RECEIPT_TITLE, runFacts } from './receiptFacts.ts';

/** A receipt as a document. `block`: itself, for programs. */
export function receiptMarkdown(receipt: SealedReceipt, block: string): string {
  return [
    `# ${RECEIPT_TITLE}`,
    '',
    ...runFacts(receipt).map(([label, value]) => `- ${label}: ${code(value)}`),
    '',
    ...exposureBlocks(receipt.exposure).flatMap(below),
    '## To be checked',
    '',
    CHECK_WORDS,
    '',
    ...checkFacts(receipt).map(([label, value]) => `- ${label}: ${code(value)}`),
    '',
    '```text',
    block,
    '```',
    '',
  ].join('\n');
}

/** A list belongs to the destination above it: so does its title. */
function below(block: Block): string[] {
  const lines = blocksMarkdown([block]);
  return block.kind === 'list' ? lines.map((line, index) => (index === 0 ? `#${line}` : line)) : lines;
}

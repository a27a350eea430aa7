import type { SealedReceipt } from '../../shared/exposure.ts';
import { blocksMarkdown } from '../audit/blockMarkdown.ts';
import { code } from '../audit/markdown.ts';
import { exposureBlocks } from './exposureBlocks.ts';
import { CHECK_WORDS, RECEIPT_TITLE, receiptFacts } from './receiptFacts.ts';

/** A receipt as a document. `block`: itself, for programs. */
export function receiptMarkdown(receipt: SealedReceipt, block: string): string {
  return [
    `# ${RECEIPT_TITLE}`,
    '',
    ...receiptFacts(receipt).map(([label, value]) => `- ${label}: ${code(value)}`),
    '',
    ...blocksMarkdown(exposureBlocks(receipt.exposure)),
    '## To be checked',
    '',
    CHECK_WORDS,
    '',
    '```text',
    block,
    '```',
    '',
  ].join('\n');
}

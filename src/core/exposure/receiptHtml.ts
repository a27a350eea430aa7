import type { Block, Words } from '../../shared/block.ts';
import { escaped } from '../../shared/escaped.ts';
import type { SealedReceipt } from '../../shared/exposure.ts';
import { visibleLine } from '../../shared/visible.ts';
import { exposureBlocks } from './exposureBlocks.ts';
import { CHECK_WORDS, checkFacts, RECEIPT_TITLE, runFacts } from './receiptFacts.ts';

/**
 * A receipt as one page that needs nothing else and runs nothing: every text is escaped, and the page forbids scripts and
 * loading of its own accord (Content Security Policy). `block`: the receipt itself, for programs.
 */
export function receiptHtml(receipt: SealedReceipt, block: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${RECEIPT_TITLE}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${RECEIPT_TITLE}</h1>
${facts(runFacts(receipt))}
${exposureBlocks(receipt.exposure).map(element).join('\n')}
<details>
<summary>To be checked</summary>
<p>${escaped(CHECK_WORDS)}</p>
${facts(checkFacts(receipt))}
<pre>
${block}
</pre>
</details>
</main>
</body>
</html>
`;
}

function facts(all: readonly [label: string, value: string][]): string {
  return `<dl>\n${all.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${line(value)}</dd>`).join('\n')}\n</dl>`;
}

/** Blocks that a receipt has; others have no place in one. */
function element(block: Block): string {
  switch (block.kind) {
    case 'sentence':
      return `<p>${inLine(block.words)}</p>`;
    case 'alarm':
      return `<p class="alarm" role="note">${inLine(block.words)}</p>`;
    case 'facts':
      return `${block.fold === undefined ? '' : `<h2>${line(block.fold)}</h2>\n`}<dl>\n${block.facts
        .map(({ label, value }) => `<dt>${line(label)}</dt><dd>${inLine(value)}</dd>`)
        .join('\n')}\n</dl>`;
    case 'list':
      return `<h3>${line(block.title)}</h3>\n<ul>\n${[
        ...block.items.map((item) => `<li>${inLine(item)}</li>`),
        ...(block.left > 0 ? [`<li>and ${block.left} more ${line(block.of)}</li>`] : []),
      ].join('\n')}\n</ul>`;
    case 'loss':
    case 'exact':
    case 'diff':
    case 'effects':
      throw new Error('a receipt has no such block');
  }
}

function inLine(words: Words): string {
  return words
    .map((piece) => {
      if (typeof piece === 'string') return line(piece);
      if ('exact' in piece) return `<code>${line(piece.exact)}</code>`;
      if ('strong' in piece) return `<strong>${line(piece.strong)}</strong>`;
      throw new Error('a receipt counts no files');
    })
    .join('');
}

/** Words on one line: what belongs to others can begin no line of its own. */
function line(text: string): string {
  return escaped(visibleLine(text));
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.55 system-ui, sans-serif; }
body { margin: 2rem auto; padding: 0 1.2rem 3rem; max-width: 52rem; }
h1 { font-size: 1.5rem; font-weight: 600; }
h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; padding-top: 1rem; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
h3 { font-size: .95rem; margin: 1rem 0 .2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .4rem 0; }
dt { opacity: .75; } dd { margin: 0; }
dd, li, p, h2, code, pre { overflow-wrap: anywhere; }
ul { margin: .2rem 0; padding-left: 1.2rem; }
code, pre { font: .9em/1.5 ui-monospace, monospace; direction: ltr; unicode-bidi: isolate; }
code { background: color-mix(in srgb, currentColor 9%, transparent); border-radius: 3px; padding: .05em .3em; }
pre { white-space: pre-wrap; padding: .6rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 4px; }
.alarm { padding: .5rem .8rem; border-left: 4px solid #cf222e; background: color-mix(in srgb, #cf222e 12%, transparent); font-weight: 600; }
details { margin-top: 2rem; } summary { cursor: pointer; }
`;

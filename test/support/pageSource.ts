import type { PageSource, PageText, Unreadable } from '../../src/core/egress/pages.ts';

/** A reply as `fetch_page` gives it to be read. */
export function source(body: string | Uint8Array, given: Partial<PageSource> = {}): PageSource {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { bytes, url: 'https://site.test/a/page', type: 'text/html', charset: '', packed: '', all: false, ...given };
}

/** What was read, or a failed test. */
export function read(answer: PageText | Unreadable): PageText {
  if ('unreadable' in answer) throw new Error(`unreadable: ${answer.unreadable}`);
  return answer;
}

/** Prose that is found as the main text of a page. */
export const PROSE = Array.from(
  { length: 8 },
  (_, at) =>
    `<p>This is paragraph ${at + 1} of a text, which goes on for a while, so that it is the main text, and nobody takes it for a menu.</p>`,
).join('\n');

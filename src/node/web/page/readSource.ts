import { seen } from '../../../core/text/seen.ts';
import type { PageSource, PageText, Unreadable } from '../../../core/egress/pages.ts';
import { articleOf, MOST_ELEMENTS } from './article.ts';
import { markdownOf } from './markdown.ts';
import { readPage, type ReadPage } from './readPage.ts';
import { textOf } from './textOf.ts';
import { unpacked } from './unpacked.ts';

const MOST_TEXT = 1_000_000;
/** A page with less text than this, and with scripts, is made by them. */
const LITTLE = 250;
/** What was found as the main text is so little of the page that it is none. */
const TOO_LITTLE = 140;

/** `isCareful`: the main text is not looked for; that is what can take long. */
export async function readSource(source: PageSource, isCareful: boolean): Promise<PageText | Unreadable> {
  const bytes = unpacked(source.bytes, source.packed);
  if (!bytes) return { unreadable: `it is packed (${source.packed.slice(0, 40)}), and cannot be unpacked` };
  const isHtml = source.type === '' ? looksLikeHtml(bytes) : /html/.test(source.type);
  if (source.type === '' && !isHtml && bytes.includes(0))
    return { unreadable: 'it does not say what it is, and it is no text' };
  const { text, encoding } = await textOf(bytes, { charset: source.charset, isHtml });
  if (isHtml) return page(text, encoding, { ...source, isCareful });
  const { text: visible, unseen } = seen(text);
  return { ...NOTHING_SAID, ...cut(visible), kind: 'text', shown: 'whole', whole: visible.length, unseen, encoding };
}

const NOTHING_SAID = {
  ...{ title: '', byline: '', published: '', canonical: '', leadsOn: '', embedded: [] },
  ...{ scripts: 0, needsScripts: false },
};

function page(html: string, encoding: string, how: PageSource & { isCareful: boolean }): PageText {
  const read = readPage(html, how.url);
  const { baseURI, body } = read.document;
  const whole = markdownOf(body, baseURI);
  const isFlat = read.elements > MOST_ELEMENTS;
  const found = how.all || how.isCareful || isFlat ? undefined : mainText(read);
  const shown = found === undefined ? (how.isCareful || isFlat ? 'flat' : 'whole') : 'main';
  const { title } = read.document;
  return {
    ...{ kind: 'page', title, byline: found?.byline ?? '', published: found?.published ?? '' },
    ...{ canonical: read.canonical ?? '', leadsOn: read.leadsOn ?? '', embedded: read.embedded },
    ...cut(found?.text ?? whole),
    ...{ shown: how.all ? 'whole' : shown, whole: whole.length, unseen: read.unseen, encoding, scripts: read.scripts },
    needsScripts: read.scripts > 0 && whole.length < (read.asksForScripts ? 4 * LITTLE : LITTLE),
  };
}

function mainText(read: ReadPage): { text: string; byline: string; published: string } | undefined {
  const { baseURI } = read.document; // it is changed by what follows
  try {
    const article = articleOf(read.document);
    const text = article === undefined ? '' : markdownOf(article.content, baseURI);
    return text.length < TOO_LITTLE
      ? undefined
      : { text, byline: article?.byline ?? '', published: article?.published ?? '' };
  } catch {
    return undefined; // a page that it was not made for
  }
}

function cut(text: string): { text: string; isCut: boolean } {
  return { text: text.slice(0, MOST_TEXT), isCut: text.length > MOST_TEXT };
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  return /^[\s\u00EF\u00BB\u00BF]*<(?:!doctype\s+html|!--|html|head|body|title|meta|script|div|p|h1)\b/i.test(head);
}

import { Parser } from 'htmlparser2';
import { seen } from '../../../core/text/seen.ts';
import type { Colour } from './colours.ts';
import { backgroundOf, declarations, isUnseen, type Declared } from './looks.ts';
import { PageDocument, PageElement, PageText } from './nodes.ts';
import { StyleSheets } from './styleSheets.ts';

/** Elements deeper than this, and those beyond so many, are passed over; their text stays. */
const MOST_DEPTH = 100;
const MOST_ELEMENTS = 100_000;
const MOST_IN_ATTRIBUTE = 2000;
const MOST_BREAKS = 2;
const MOST_METAS = 300;
const MOST_ADDRESS = 4000;

/** What of attributes is looked at by anybody later. */
const KEPT_ATTRIBUTES: ReadonlySet<string> = new Set(
  'id class href src alt role itemprop itemtype itemscope rel lang dir property name content datetime colspan rowspan start width height border summary aria-hidden aria-modal'.split(
    ' ',
  ),
);
/** Never text of the page: what is for machines, and what stands in for something that is shown instead. */
const NO_TEXT: ReadonlySet<string> = new Set(
  'script style title template svg math canvas audio video object embed applet iframe frame frameset map datalist'.split(
    ' ',
  ),
);
/** Text that is there, and that a reader with scripts does not see. */
const OTHERWISE_TEXT: ReadonlySet<string> = new Set(['noscript', 'noframes', 'noembed']);
const PLAIN: ReadonlySet<string> = new Set(['pre', 'textarea', 'listing', 'xmp']);

/** A page, without what a reader would not see. */
export interface ReadPage {
  document: PageDocument;
  elements: number;
  /** Characters that a reader would not see, and that were left out. */
  unseen: number;
  /** What its scripts are: how many, and whether it says that it needs them. */
  scripts: number;
  asksForScripts: boolean;
  /** Its own address, as it says; not checked. */
  canonical: string | undefined;
  /** Where it would lead a browser on to by itself. */
  leadsOn: string | undefined;
  /** Pages embedded in it. */
  embedded: string[];
}

/** One open element. `node`: what stands in it goes there. */
interface Open {
  name: string;
  node: PageElement;
  /** Nothing of it is shown: because nobody sees it, or because it is none of the page's text. */
  left: 'unseen' | 'no text' | undefined;
  isPlain: boolean;
  behind: Colour | undefined;
}

/** Reads HTML, in one pass and time in proportion to its length. */
export function readPage(html: string, url: string): ReadPage {
  return new Reading(url).read(html);
}

class Reading {
  readonly #document: PageDocument;
  readonly #page: ReadPage;
  readonly #sheets = new StyleSheets();
  readonly #open: Open[];
  #special: { name: string; text: string } | undefined;
  #metas = 0;

  constructor(url: string) {
    this.#document = new PageDocument(url);
    this.#page = {
      ...{ document: this.#document, elements: 0, unseen: 0, scripts: 0, asksForScripts: false },
      ...{ canonical: undefined, leadsOn: undefined, embedded: [] },
    };
    this.#open = [{ name: '', node: this.#document.body, left: undefined, isPlain: false, behind: undefined }];
  }

  read(html: string): ReadPage {
    // What hides elements may stand behind them: style sheets first.
    for (const [, text = ''] of html.matchAll(/<style\b[^>]{0,500}>([^]*?)(?:<\/style|$)/gi)) this.#sheets.add(text);
    // Behind letters is paper, unless a sheet that is not here may say otherwise.
    const first = this.#open[0];
    if (first && !/<link\b[^>]{0,500}\brel\s*=\s*["']?[^"'>]{0,40}stylesheet/i.test(html))
      first.behind = [255, 255, 255];
    const parser = new Parser(
      {
        onopentag: (name, attributes) => {
          this.#opened(name, attributes);
        },
        ontext: (text) => {
          this.#text(text);
        },
        onclosetag: (name) => {
          this.#closed(name);
        },
      },
      { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
    );
    parser.end(html);
    return this.#page;
  }

  #opened(name: string, attributes: Record<string, string>): void {
    const of = (key: string): string =>
      Object.hasOwn(attributes, key) ? (attributes[key] ?? '').slice(0, MOST_IN_ATTRIBUTE) : '';
    const parent = this.#open.at(-1);
    if (!parent) throw new Error('the page itself is never closed');
    this.#noted(name, of);
    const frame: Open = { ...parent, name };
    this.#open.push(frame);
    if (parent.left !== undefined) return;
    if (name === 'title' || name === 'noscript') this.#special ??= { name, text: '' };
    if (name === 'html' || name === 'body' || name === 'head') {
      const declared = this.#declared(name, of);
      frame.behind = behindOf(declared, parent.behind);
      const lang = of('lang');
      if (lang !== '') this.#document.documentElement.setAttribute('lang', lang);
      return;
    }
    if (NO_TEXT.has(name)) frame.left = 'no text';
    else if (OTHERWISE_TEXT.has(name) || this.#isHidden(name, of, Object.hasOwn(attributes, 'open'), frame, attributes))
      frame.left = 'unseen';
    else this.#added(name, of, frame, attributes);
  }

  /** What the page says of itself. */
  #noted(name: string, of: (key: string) => string): void {
    const page = this.#page;
    const absolute = (value: string): string | undefined => webAddress(value, this.#document.baseURI);
    if (name === 'script' && !/json|template|text\/(?!javascript)/i.test(of('type'))) page.scripts += 1;
    if (name === 'base' && of('href') !== '') this.#document.baseURI = absolute(of('href')) ?? this.#document.baseURI;
    if (name === 'link' && /\bcanonical\b/i.test(of('rel'))) page.canonical ??= absolute(of('href'));
    if (name === 'iframe' || name === 'frame') {
      const to = absolute(of('src'));
      if (to !== undefined && page.embedded.length < 20) page.embedded.push(to);
    }
    if (name !== 'meta') return;
    const to = /^\s*\d{1,6}(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(of('content'))?.[1];
    if (/^refresh$/i.test(of('http-equiv')) && to !== undefined) page.leadsOn ??= absolute(to);
    this.#metas += 1;
    if (this.#metas > MOST_METAS) return;
    const meta = this.#document.createElement('meta');
    for (const key of ['name', 'property', 'content']) if (of(key) !== '') meta.setAttribute(key, seen(of(key)).text);
    this.#document.head.appendChild(meta);
  }

  #declared(name: string, of: (key: string) => string): Declared {
    const declared = new Map(this.#sheets.for(name, of('id'), of('class')));
    for (const [key, value] of declarations(of('style'))) declared.set(key, value);
    if (of('bgcolor') !== '' && !declared.has('background-color')) declared.set('background-color', of('bgcolor'));
    if (name === 'font' && of('color') !== '' && !declared.has('color')) declared.set('color', of('color'));
    return declared;
  }

  #isHidden(
    name: string,
    of: (key: string) => string,
    isOpen: boolean,
    frame: Open,
    attributes: Record<string, string>,
  ): boolean {
    const declared = this.#declared(name, of);
    frame.behind = behindOf(declared, frame.behind);
    if (Object.hasOwn(attributes, 'hidden') || (name === 'dialog' && !isOpen)) return true;
    return isUnseen(declared, frame.behind);
  }

  #added(name: string, of: (key: string) => string, frame: Open, attributes: Record<string, string>): void {
    const page = this.#page;
    const { node: parent } = frame;
    frame.isPlain ||= PLAIN.has(name);
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(name) || this.#open.length > MOST_DEPTH || page.elements >= MOST_ELEMENTS) {
      this.#append(parent, ' ', frame.isPlain);
      return;
    }
    if (name === 'br' && hasBreaks(parent)) return;
    page.elements += 1;
    const element = this.#document.createElement(name);
    for (const key of KEPT_ATTRIBUTES) {
      if (!Object.hasOwn(attributes, key)) continue;
      const { text, unseen } = seen(of(key));
      if (key === 'alt') page.unseen += unseen;
      element.setAttribute(key, text);
    }
    parent.appendChild(element);
    frame.node = element;
    // A reader has to open it.
    if (name === 'details' && !Object.hasOwn(attributes, 'open'))
      this.#append(element, '[closed until it is clicked] ', false);
  }

  #text(text: string): void {
    const frame = this.#open.at(-1);
    if (!frame) return;
    if (this.#special) this.#special.text += text.slice(0, MOST_IN_ATTRIBUTE);
    if (frame.left === 'unseen') this.#page.unseen += text.replace(/\s+/g, ' ').trim().length;
    if (frame.left !== undefined) return;
    const { text: visible, unseen } = seen(text);
    this.#page.unseen += unseen;
    this.#append(frame.node, visible, frame.isPlain);
  }

  #append(parent: PageElement, text: string, isPlain: boolean): void {
    const last = parent.lastChild;
    const before = last instanceof PageText ? last : undefined;
    const shown = isPlain ? text.replace(/[ \t]{200,}/g, ' ').replace(/\n{20,}/g, '\n\n') : text.replace(/\s+/g, ' ');
    const more = !isPlain && before?.endsBlank === true ? shown.replace(/^ /, '') : shown;
    if (more === '') return;
    if (before) before.append(more);
    else parent.appendChild(new PageText(more));
  }

  #closed(name: string): void {
    if (this.#special?.name === name) {
      const text = this.#special.text.replace(/\s+/g, ' ').trim();
      if (name === 'noscript') this.#page.asksForScripts ||= /java ?script/i.test(text);
      else if (this.#document.title === '') this.#document.title = seen(text).text.slice(0, 500);
      this.#special = undefined;
    }
    // The parser closes what it has opened, in order.
    if (this.#open.length > 1) this.#open.pop();
  }
}

function hasBreaks(parent: PageElement): boolean {
  let breaks = 0;
  for (let node = parent.lastChild; node; node = node.previousSibling) {
    if (node instanceof PageText && node.textContent.trim() === '') continue;
    if (!(node instanceof PageElement) || node.localName !== 'br') return false;
    breaks += 1;
    if (breaks >= MOST_BREAKS) return true;
  }
  return false;
}

function behindOf(declared: Declared, behind: Colour | undefined): Colour | undefined {
  const own = backgroundOf(declared);
  if (own === undefined) return behind;
  return own === 'unknown' ? undefined : own;
}

/** An address of the web, whole; undefined where it is none. */
export function webAddress(written: string, base: string): string | undefined {
  if (!URL.canParse(written, base)) return undefined;
  const url = new URL(written, base);
  if (url.href.length > MOST_ADDRESS) return undefined;
  return ['http:', 'https:', 'mailto:', 'ftp:'].includes(url.protocol) ? url.href : undefined;
}

import { Readability } from '@mozilla/readability';
import { PageElement, type PageDocument } from './nodes.ts';

/** Its time grows faster than the page: a longer one is shown whole instead. */
export const MOST_ELEMENTS = 20_000;

export interface Article {
  content: PageElement;
  title: string | undefined;
  byline: string | undefined;
  published: string | undefined;
}

/** The main text of a page; undefined where there is none. Takes the document apart. */
export function articleOf(document: PageDocument): Article | undefined {
  // It asks a document for no more than ours has.
  const asked = document as unknown as ConstructorParameters<typeof Readability>[0];
  const found = new Readability<unknown>(asked, { disableJSONLD: true, serializer: (node: unknown) => node }).parse();
  if (!(found?.content instanceof PageElement)) return undefined;
  const { title, byline, publishedTime } = found;
  const said = (text: string | null | undefined): string | undefined =>
    text === null || text === undefined || text.trim() === ''
      ? undefined
      : text.replace(/\s+/g, ' ').trim().slice(0, 300);
  return { content: found.content, title: said(title), byline: said(byline), published: said(publishedTime) };
}

import { escaped } from './escaped.ts';

type Href = (target: string) => string | undefined;

/**
 * Oversign's own Markdown as elements: headings, lists, paragraphs, fenced text; in a line code, weight, links. Of
 * anything else that is Markdown elsewhere nothing is made: it stands as it is written, and no text becomes markup. What
 * reads all of Markdown (markdown-it was tried) would have to be told of each thing that it must not make.
 */
export function elementsOf(text: string, href: Href): string {
  const lines = text.split('\n');
  const out: string[] = [];
  let items: string[] = [];
  let words: string[] = [];
  const close = (): void => {
    if (items.length > 0) out.push(`<ul>\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`);
    if (words.length > 0) out.push(`<p>${inLine(words.join(' '), href)}</p>`);
    [items, words] = [[], []];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^(`{3,})text$/.exec(line)?.[1];
    const [, marks, title = ''] = /^(#{1,3}) (.*)$/.exec(line) ?? [];
    if (fence !== undefined) {
      close();
      const end = lines.findIndex((one, index) => index > at && one === fence);
      const inside = lines.slice(at + 1, end === -1 ? undefined : end);
      out.push(`<pre>${inside.map((one) => escaped(one.replace(/^ {4}/, ''))).join('\n')}</pre>`);
      at = end === -1 ? lines.length : end;
    } else if (marks !== undefined) {
      close();
      out.push(`<h${marks.length}>${inLine(title, href)}</h${marks.length}>`);
    } else if (line.startsWith('- ')) {
      if (words.length > 0) close();
      items.push(inLine(line.slice(2), href));
    } else if (line.trim() === '') close();
    else {
      if (items.length > 0) close();
      words.push(line);
    }
  }
  close();
  return out.join('\n');
}

const PIECE =
  /\\(?<sign>[!-/:-@[-`{-~])|(?<marks>`+)(?<code>.+?)(?<!`)\k<marks>(?!`)|\*\*(?<strong>(?:\\.|[^*])+)\*\*|\[(?<label>(?:`[^`]+`|``.+?``|[^[\]`])+)\]\((?<target>[^()\s]+)\)|(?<plain>`+|[^\\`*[]+|.)/gsu;

function inLine(text: string, href: Href): string {
  return [...text.matchAll(PIECE)].map(({ groups = {} }) => pieceOf(groups, href)).join('');
}

function pieceOf(
  { sign, code, strong, label, target = '', plain = '' }: Record<string, string | undefined>,
  href: Href,
): string {
  if (sign !== undefined) return escaped(sign);
  if (code !== undefined) return `<code>${escaped(code.replace(/^ (.*\S.*) $/s, '$1'))}</code>`;
  if (strong !== undefined) return `<strong>${inLine(strong, href)}</strong>`;
  if (label === undefined) return escaped(plain);
  const leads = href(target);
  return leads === undefined ? inLine(label, href) : `<a href="${escaped(leads)}">${inLine(label, href)}</a>`;
}

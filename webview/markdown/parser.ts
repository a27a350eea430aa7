import MarkdownIt, { type Token } from 'markdown-it';

/** Containers in one another. What would be deeper than that is shown as it is written. */
export const MOST_NESTED = 24;
/** Characters of one paragraph, and of those the ones that may begin something: reading them takes the square of it. */
const [MOST_OF_PARAGRAPH, MOST_MARKS] = [20_000, 1000];
const MARKS = /[[\]()*_~`!<>&\\:@]/g;

const parser = new MarkdownIt({ html: false, linkify: true, typographer: false, maxNesting: MOST_NESTED });
// What an address is good for is said by target.ts, for every one of them. Here they stay what was written: one that is
// refused has to be shown, too, and half of a link that is taken as text would hide where it leads.
parser.validateLink = () => true;
parser.normalizeLink = (url) => url;
parser.normalizeLinkText = (url) => url;
// Only what names its scheme: a guess would make links of file names (`main.rs`, `README.md`).
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
for (const scheme of ['ftp:', '//']) parser.linkify.add(scheme, null);
// Definitions of links would make what was drawn before depend on what comes after. They are shown as they are written.
parser.disable(['reference']);
parser.core.ruler.at('inline', (state) => {
  for (const token of state.tokens) {
    if (token.type !== 'inline') continue;
    token.children ??= [];
    if (isReadable(token.content)) parser.inline.parse(token.content, parser, state.env, token.children);
    else token.children.push(plainText(state.Token, token.content));
  }
});

function isReadable(content: string): boolean {
  return content.length <= MOST_OF_PARAGRAPH && (content.match(MARKS)?.length ?? 0) <= MOST_MARKS;
}

function plainText(Kind: typeof Token, content: string): Token {
  const token = new Kind('text', '', 0);
  token.content = content;
  return token;
}

/** The tokens of a text. Throws nothing, whatever the text is. */
export function tokensOf(source: string): Token[] {
  return parser.parse(source, {});
}

/** Whether the reader gave up somewhere: what is deeper is not in the tokens. */
export function isTooDeep(tokens: readonly Token[]): boolean {
  return tokens.some(({ nesting, block, level }) => nesting === 1 && block && level + 1 >= MOST_NESTED);
}

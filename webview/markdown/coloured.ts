/** Characters of code that are coloured at most. */
export const MOST_COLOURED = 10_000;

/** What a piece of code is, as far as it has a colour. Each is a class of `markdown.css`. */
export type Colour = 'keyword' | 'string' | 'number' | 'comment' | 'function' | 'type' | 'name' | 'added' | 'removed';

/** A piece of code: words, or pieces that have a colour together. */
export type Coloured = string | { readonly as: Colour; readonly pieces: readonly Coloured[] };

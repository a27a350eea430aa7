import * as z from 'zod';

// What a card says, as data: the core builds it once, and panel (webview/components/blocks/), terminal
// (src/terminal/blockLines.ts) and Markdown (src/core/audit/blockMarkdown.ts) draw it. Nothing in a block is escaped
// for anybody: each of the three makes hidden characters visible and keeps the words of others where they belong.

/** A count of files. It stops at a cap; `more` says that it did. */
export const AmountSchema = z.strictObject({ files: z.number(), bytes: z.number(), more: z.boolean() });
export type Amount = z.infer<typeof AmountSchema>;

/** What a delete, move or overwrite would lose. */
export const LossSchema = AmountSchema.extend({
  tracked: z.enum(['tracked', 'partly tracked', 'not tracked', 'unknown']),
  /** Of what is tracked, some has changes that are in no commit. */
  uncommitted: z.literal(true).exactOptional(),
  unsaved: z.boolean(),
});
export type Loss = z.infer<typeof LossSchema>;

/** What of a change is not on a card: changed lines that lack something, and the characters that they lack. */
const UnseenSchema = z.strictObject({ lines: z.number(), characters: z.number() });
export type Unseen = z.infer<typeof UnseenSchema>;

/**
 * A piece of a sentence: words; a path, name or other string that counts to the letter; words that weigh; or an
 * amount, which is at least that if there is more, or with `most` at most that.
 */
const PieceSchema = z.union([
  z.string(),
  z.strictObject({ exact: z.string() }),
  z.strictObject({ strong: z.string() }),
  z.strictObject({ amount: AmountSchema, most: z.literal(true).exactOptional() }),
]);
export type Piece = z.infer<typeof PieceSchema>;
export const WordsSchema = z.array(PieceSchema);
export type Words = z.infer<typeof WordsSchema>;

export const BlockSchema = z.discriminatedUnion('kind', [
  /** `icon`: a codicon's name; it says nothing that the words do not. */
  z.strictObject({
    kind: z.literal('sentence'),
    icon: z.string(),
    tone: z.enum(['plain', 'warning']),
    words: WordsSchema,
  }),
  /** What must not be missed, above all else. `name` tells blocks apart for tests, here and below. */
  z.strictObject({ kind: z.literal('alarm'), name: z.string(), words: WordsSchema }),
  z.strictObject({ kind: z.literal('loss'), heading: WordsSchema, loss: LossSchema }),
  /**
   * A text of which every character counts, whole: a command, a statement. `prompt`: it is typed to a shell. `language`:
   * it is a program, and may be coloured as one.
   */
  z.strictObject({
    kind: z.literal('exact'),
    label: z.string(),
    text: z.string(),
    prompt: z.literal('$').exactOptional(),
    language: z.enum(['python', 'javascript']).exactOptional(),
  }),
  /** A change to one file's text. */
  z.strictObject({
    kind: z.literal('diff'),
    change: z.enum(['create', 'edit', 'overwrite']),
    path: z.string(),
    absolute: z.string(),
    /** Unified diff, control characters made visible. Each changed place is in it; where something is cut it says so. */
    diff: z.string(),
    unseen: UnseenSchema,
    added: z.number(),
    removed: z.number(),
    unsaved: z.boolean(),
  }),
  /** What a command changed in a copy-on-write view, a line each. */
  z.strictObject({
    kind: z.literal('effects'),
    files: z.array(
      z.strictObject({
        what: z.enum(['new', 'changed', 'gone', 'mode']),
        path: z.string(),
        words: WordsSchema,
        /** Of a text: lines. */
        added: z.number().exactOptional(),
        removed: z.number().exactOptional(),
      }),
    ),
    /** So many are not listed. */
    left: z.number(),
    /** Some of them can be seen in the editor's own diff. */
    hasDiffs: z.boolean(),
  }),
  /** `fold`: its title; it is shown on request, where that can be. `small`: beside the point. */
  z.strictObject({
    kind: z.literal('facts'),
    facts: z.array(z.strictObject({ label: z.string(), value: WordsSchema, hint: z.string().exactOptional() })),
    small: z.literal(true).exactOptional(),
    fold: z.string().exactOptional(),
  }),
  /** Shown on request, where that can be. `label` stands before each item where there are lines alone. */
  z.strictObject({
    kind: z.literal('list'),
    name: z.string(),
    title: z.string(),
    label: z.string(),
    items: z.array(WordsSchema),
    /** How many more there are than are listed, and of what. */
    left: z.number(),
    of: z.string(),
  }),
]);
export type Block = z.infer<typeof BlockSchema>;
export type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

/** The amount alone of what would be lost: what git knows of it is said in words. */
export function amountOf({ files, bytes, more }: Amount): Amount {
  return { files, bytes, more };
}

/** Names in a row: "a, b, c". */
export function exactList(names: readonly string[]): Words {
  return names.flatMap((exact, index) => (index === 0 ? [{ exact }] : [', ', { exact }]));
}

/** "at least 200 files, 1.2 MB", "up to 120 files, 812 bytes". `size` says bytes in words. */
export function amountWords(
  { amount, most }: Extract<Piece, { amount: Amount }>,
  size: (bytes: number) => string,
): string {
  const words = `${amount.files} ${amount.files === 1 ? 'file' : 'files'}, ${size(amount.bytes)}`;
  if (most) return amount.more ? `${words}, or more` : `up to ${words}`;
  return amount.more ? `at least ${words}` : words;
}

const HELD: Record<Loss['tracked'], string> = {
  tracked: 'in git',
  'partly tracked': 'not all of it in git',
  'not tracked': 'not in git',
  unknown: 'nobody knows whether git has it',
};
/** What is so of files that git knows, and has otherwise. */
const UNCOMMITTED = 'but with changes that are in no commit';

/** ", in git, but with changes that are in no commit, with unsaved changes in an editor": what follows an amount that would be lost. */
export function lossWords({ tracked, uncommitted, unsaved }: Loss): string {
  const held = uncommitted && tracked !== 'not tracked' ? `${HELD[tracked]}, ${UNCOMMITTED}` : HELD[tracked];
  return `, ${held}${unsaved ? ', with unsaved changes in an editor' : ''}`;
}

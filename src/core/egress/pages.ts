import * as z from 'zod';

/** A reply to be read: as what it came, and from where. */
export interface PageSource {
  bytes: Uint8Array;
  /** The address that it came from. */
  url: string;
  /** What its head says of it, small letters: `text/html`; empty where it says nothing. */
  type: string;
  charset: string;
  /** How it is packed (`content-encoding`); empty where it is not. */
  packed: string;
  /** All of a page, not its main text alone. */
  all: boolean;
}

/** A page as it can be read. */
export const PageTextSchema = z.strictObject({
  /** HTML was made readable; of all else `text` is what came. */
  kind: z.enum(['page', 'text']),
  text: z.string().max(2_000_000),
  title: z.string().max(1000),
  byline: z.string().max(1000),
  published: z.string().max(1000),
  /** What the page says is its own address; empty where it says nothing. */
  canonical: z.string().max(5000),
  /** Where it leads a browser on to by itself. */
  leadsOn: z.string().max(5000),
  embedded: z.array(z.string().max(5000)).max(20),
  encoding: z.string().max(100),
  /** Characters that a reader would not see, and that were left out. */
  unseen: z.number().int().min(0),
  /** `main`: the main text alone, of so many characters of the whole. `whole`: all of it. `flat`: all, without its structure. */
  shown: z.enum(['main', 'whole', 'flat']),
  /** Characters of the whole page. */
  whole: z.number().int().min(0),
  scripts: z.number().int().min(0),
  /** There is next to nothing without its scripts. */
  needsScripts: z.boolean(),
  /** It was longer than what is taken of a text. */
  isCut: z.boolean(),
});
export type PageText = z.infer<typeof PageTextSchema>;

/** Why there is none: in words, for the model. */
export interface Unreadable {
  unreadable: string;
}

/** Makes pages readable, outside of this process; and keeps requests to one host apart. */
export interface Pages {
  /** Ends, whatever the page holds, within some seconds. Throws `Cancelled` where it is stopped. */
  read(source: PageSource, signal: AbortSignal): Promise<PageText | Unreadable>;
  /** Does the work when nothing else of this process is under way to the host, and has not been just before. */
  inTurn<T>(host: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

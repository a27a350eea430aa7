import * as z from 'zod';

/** What a look saw at a path, without reading anything: each change of content or of inode shows in it. */
export interface Seen {
  kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits (chmod(2)). */
  mode: number;
  size: number;
  /** Milliseconds since 1970. `ctime` no program can set: a restored `mtime` hides nothing. */
  mtime: number;
  ctime: number;
  ino: number;
  /** So many names it has. */
  links: number;
  /** A folder that is not looked into. */
  closed?: true;
}

/** Where in a pack the bytes of a file stand. */
export interface PackPlace {
  offset: number;
  length: number;
  coding: 'raw' | 'deflate' | 'zstd';
}

/** What is known of a path: a file without a `digest` is not kept. */
export interface Entry extends Seen {
  /** SHA-256 of a file's bytes, or of a link's target, in hexadecimal. */
  digest?: string;
  /** Where the bytes are kept. */
  at?: PackPlace;
  target?: string;
  /** Git stands so (gitPointer.ts): `digest` is of what it says, `blob` of its bytes, and what is short is in `text`. */
  pointer?: true;
  blob?: string;
  text?: string;
  /** It was read so soon after it changed that another change may have left the same times. */
  hasty?: true;
}

/** One path that stands otherwise than at the settling before. */
export interface TreeStep {
  path: string;
  before?: Entry;
  after?: Entry;
}

export const PackPlaceSchema = z.object({
  offset: z.number().int().min(0),
  length: z.number().int().min(0),
  coding: z.enum(['raw', 'deflate', 'zstd']),
});

const EntrySchema = z.object({
  kind: z.enum(['file', 'directory', 'link', 'other']),
  ...{ mode: z.number(), size: z.number(), mtime: z.number(), ctime: z.number(), ino: z.number(), links: z.number() },
  closed: z.literal(true).exactOptional(),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  at: PackPlaceSchema.exactOptional(),
  target: z.string().exactOptional(),
  pointer: z.literal(true).exactOptional(),
  blob: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  text: z.string().exactOptional(),
  hasty: z.literal(true).exactOptional(),
});

const LineSchema = z.tuple([z.string(), EntrySchema.nullable()]);

/** One line of the file of entries; `null`: nothing stands there any more. */
export function lineOf(path: string, entry: Entry | undefined): string {
  return `${JSON.stringify([path, entry ?? null])}\n`;
}

/** Undefined where a line is damaged: it loses what it says, and no other line does. */
export function parsedLine(line: string): z.infer<typeof LineSchema> | undefined {
  try {
    return LineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Whether nothing happened to what stands there since. */
export function isUntouched(a: Seen, b: Seen): boolean {
  if (a.kind === 'directory' && b.kind === 'directory') return a.mode === b.mode && a.closed === b.closed;
  return (
    a.kind === b.kind &&
    a.ctime === b.ctime &&
    a.mtime === b.mtime &&
    a.size === b.size &&
    a.ino === b.ino &&
    a.mode === b.mode
  );
}

/** Whether the same stands there, whatever was done to it. What was not read is the same only where it was not touched. */
export function isSameEntry(a: Entry | undefined, b: Entry | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.kind !== b.kind || a.mode !== b.mode) return false;
  if (a.kind === 'directory') return true;
  if (a.digest !== undefined && b.digest !== undefined) return a.digest === b.digest;
  return isUntouched(a, b);
}

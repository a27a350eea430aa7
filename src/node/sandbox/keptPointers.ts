import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import * as z from 'zod';
import type { Pointer, Pointers } from './commitPointers.ts';

const PIECE = 2 ** 20;

/** What follows the first line, in this order. */
const HeadSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    kind: z.enum(['file', 'link', 'closed', 'special']),
    bytes: z.int().min(0),
    mode: z.int().min(0).max(0o777),
  }),
);

/** How a repository stands, in a file: a line of JSON that says what is in it, and the bytes of each. */
export async function writePointers(path: string, { entries }: Pointers): Promise<void> {
  const head = [...entries].map(([name, one]) => {
    const mode = one.kind === 'file' ? one.mode : 0;
    return { name, kind: one.kind, bytes: contentOf(one).length, mode };
  });
  const file = await open(path, 'wx', 0o600);
  try {
    let piece: Buffer[] = [Buffer.from(`${JSON.stringify(head)}\n`)];
    let length = 0;
    for (const one of entries.values()) {
      piece.push(contentOf(one));
      length += contentOf(one).length;
      if (length < PIECE) continue;
      await file.writeFile(Buffer.concat(piece));
      [piece, length] = [[], 0];
    }
    await file.writeFile(Buffer.concat(piece));
  } finally {
    await file.close();
  }
}

/** Undefined where it is not there whole. */
export function readPointers(path: string): Pointers | undefined {
  try {
    const bytes = readFileSync(path);
    let at = bytes.indexOf('\n') + 1;
    const entries = new Map<string, Pointer>();
    for (const { name, kind, bytes: length, mode } of HeadSchema.parse(JSON.parse(bytes.toString('utf8', 0, at)))) {
      const content = bytes.subarray(at, (at += length));
      if (content.length !== length) return undefined;
      if (kind === 'file') entries.set(name, { kind, bytes: content, mode });
      else entries.set(name, kind === 'link' ? { kind, target: content } : { kind });
    }
    return { entries, tooMuch: undefined };
  } catch {
    return undefined;
  }
}

function contentOf(pointer: Pointer): Buffer {
  if (pointer.kind === 'file') return pointer.bytes;
  return pointer.kind === 'link' ? pointer.target : Buffer.alloc(0);
}

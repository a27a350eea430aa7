import { isUtf8 } from 'node:buffer';
import { readlinkSync } from 'node:fs';
import type { Appeared } from '../../core/sandbox/port.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { isSame, preImageAt } from '../files/preImage.ts';
import type { PreImage } from '../../shared/action.ts';
import { bytesAt, entryAt } from './entries.ts';
import { entriesOf } from './folderEntries.ts';
import { Stretch } from './stretch.ts';

/** More than this a person does not look through, and what cannot be shown they cannot approve: it is set aside. */
const MOST_ASKED = 5;
const MOST_FILES = 8;
const MOST_TEXT = 100_000;

/** What appeared, as it is put to a person; the rest is not. */
export interface Asked {
  appeared: Appeared[];
  images: ReadonlyMap<string, PreImage>;
}

/** What of some entries a person can be asked about: few, whole, and such that it can be seen whether they changed. */
export async function toAsk(paths: readonly string[]): Promise<Asked> {
  const appeared: Appeared[] = [];
  const images = new Map<string, PreImage>();
  if (paths.length > MOST_ASKED) return { appeared, images };
  for (const path of paths) {
    const image = await preImageAt(path, path).catch(() => undefined);
    const one = image?.digest === undefined ? undefined : await appearedAt(path, image.digest);
    if (!image || !one) continue;
    appeared.push(one);
    images.set(path, image);
  }
  return { appeared, images };
}

/** Whether an entry is still what a person was asked about. */
export async function isAsAsked(path: string, { images }: Asked): Promise<boolean> {
  const image = images.get(path);
  const now = await preImageAt(path, path).catch(() => undefined);
  return image !== undefined && now !== undefined && isSame(image, now);
}

async function appearedAt(path: string, digest: string): Promise<Appeared | undefined> {
  const info = entryAt(path);
  const kind = info?.isSymbolicLink() ? 'link' : info?.isFile() ? 'file' : info?.isDirectory() ? 'folder' : undefined;
  if (kind === undefined) return undefined;
  const files = kind === 'folder' ? await filesIn(path) : [path];
  const texts = files?.map((file) => ({ path: file, text: textOf(file) }));
  const isWhole = (one: { text: string | undefined }): one is { text: string; path: string } => one.text !== undefined;
  return texts?.every(isWhole) ? { path, kind, digest, texts } : undefined;
}

/** Undefined where there are more than are shown, or what is in it cannot be told. */
async function filesIn(folder: string): Promise<string[] | undefined> {
  const files: string[] = [];
  const pending = [folder];
  const stretch = new Stretch();
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const entries = await entriesOf(at, 'before', stretch).catch(() => 'closed' as const);
    if (entries === 'closed') return undefined;
    for (const { path } of entries) (entryAt(path)?.isDirectory() === true ? pending : files).push(path);
    if (files.length + pending.length > MOST_FILES) return undefined;
  }
  return files.sort();
}

/** Undefined where it is no text, or longer than is shown. */
function textOf(path: string): string | undefined {
  try {
    if (entryAt(path)?.isSymbolicLink() === true) return `→ ${readlinkSync(bytesOfPath(path), 'utf8')}`;
    const bytes = bytesAt(path, MOST_TEXT + 1);
    return bytes && bytes.length <= MOST_TEXT && isUtf8(bytes) && !bytes.includes(0)
      ? bytes.toString('utf8')
      : undefined;
  } catch {
    return undefined; // it cannot be read
  }
}

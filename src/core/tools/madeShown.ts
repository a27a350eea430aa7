import { madeNames } from '../../shared/madeNames.ts';
import type { Made } from '../../shared/runView.ts';
import type { ChangedPath } from '../../shared/change.ts';
import type { Changes } from '../checkpoint/port.ts';
import { pictureOf } from '../models/picture.ts';
import { base64Of } from '../text/base64.ts';
import type { CallContext } from './tool.ts';

const MOST_FILES = 20;
const MOST_PICTURES = 4;
/** Bytes of one picture. */
const MOST_BYTES = 512 * 1024;

/**
 * The files that an action made or changed, as far as somebody looked, and what is in pictures among them. What may not
 * be seen is not named; what cannot be read any more is only named. Undefined where there are none.
 */
export async function madeShown(changes: Changes | undefined, context: CallContext): Promise<Made | undefined> {
  if (!changes || changes.extent === 'unknown') return undefined;
  const { scope } = context;
  const made = changes.paths.filter(
    (one) => isMade(one) && scope.rootOf(one.path) !== undefined && !scope.isHidden(one.path),
  );
  if (made.length === 0) return undefined;
  const files: Made['files'] = [];
  let pictures = 0;
  for (const { path, after } of made.slice(0, MOST_FILES)) {
    const bytes = after?.size ?? 0;
    const mayShow = pictures < MOST_PICTURES && bytes <= MOST_BYTES && !scope.isSecret(path);
    const picture = mayShow && /\.(png|jpe?g)$/i.test(path) ? await pictureAt(path, context) : undefined;
    if (picture !== undefined) pictures += 1;
    files.push({ name: scope.shown(path), bytes, ...(picture !== undefined && { picture }) });
  }
  return { files, left: made.length - files.length };
}

/** The same for the model, as a line of the result. */
export function madeWords(made: Made | undefined): string[] {
  return made ? [`[made or changed: ${madeNames(made)}]`] : [];
}

function isMade({ before, after }: ChangedPath): boolean {
  return after?.kind === 'file' && (before.kind !== 'file' || before.digest !== after.digest);
}

async function pictureAt(path: string, { files }: CallContext): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.onDisk().read(path, MOST_BYTES);
  } catch {
    return undefined; // gone, changed or denied by now, or the run is stopped: it is named all the same
  }
  const mediaType = pictureOf(bytes);
  return mediaType && `data:${mediaType};base64,${base64Of(bytes)}`;
}

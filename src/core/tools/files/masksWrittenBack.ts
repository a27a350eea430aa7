import type { Redactor } from '../../redaction/redactor.ts';
import { ToolFailure } from '../../outcome.ts';

/** No name holds a bracket: each beginning is looked at up to the next one, and time is linear in the text. */
const MASK = /\[redacted(?::[^[\]\n]*)?\]/g;

/** A text that would take the place of another in a file, or of all of it. */
interface Change {
  before: string;
  after: string;
  shown: string;
}

/**
 * The model was shown a mask where the file has a secret. Written back, the mask would take the secret's place: that is
 * refused. A file without secrets may hold what looks like a mask, and be given more of it.
 */
export function refuseMasksWrittenBack({ before, after, shown }: Change, redactor: Redactor): void {
  const wanted = masksIn(after);
  if (wanted.size === 0) return;
  const there = masksIn(before);
  const isNew = [...wanted].some(([mask, count]) => count > (there.get(mask) ?? 0));
  if (isNew && redactor.masks(before)) throw new ToolFailure(words(shown));
}

/** The same for a text that is to be found in a file: the mask in it stands for a secret, and is not there. */
export function refuseMasksLookedFor(before: string, wanted: string, shown: string, redactor: Redactor): void {
  if (masksIn(wanted).size > 0 && !before.includes(wanted) && redactor.masks(before))
    throw new ToolFailure(words(shown));
}

function words(shown: string): string {
  return `${shown} holds a secret that you were shown as [redacted]; writing the mask would destroy it. Use edit_file on the text around it, with neither old_text nor new_text containing the mask`;
}

function masksIn(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const [mask] of text.matchAll(MASK)) found.set(mask, (found.get(mask) ?? 0) + 1);
  return found;
}

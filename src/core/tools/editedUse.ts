import { MOST_EDITED } from '../../shared/typed.ts';
import { runsPrograms } from '../policy/facts.ts';
import { A_MASK } from '../redaction/placeholder.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { ToolUse } from './tool.ts';

const HAS_MASK =
  'it has a masked secret, which cannot be put back where you changed it. Leave that out, or approve it as it was.';

/**
 * What of a call a person may change before they approve; undefined where there is no such text, or where a text box
 * would not give it back as it is: too long, or with line ends of several kinds.
 */
export function offeredEdit({ editable }: ToolUse): { label: string; text: string } | undefined {
  if (!editable) return undefined;
  const { label, text } = editable;
  const plain = text.replaceAll('\r\n', '\n');
  const isMixed = plain.includes('\r') || (plain !== text && withEnds(plain) !== text);
  return isMixed || plain.length > MOST_EDITED ? undefined : { label, text: plain };
}

/** The call with a person's text in it, with the line ends that it had. The problem is told to the person. */
export function editedUse(
  asked: ToolUse,
  given: string,
  redactor: Redactor,
): { ok: true; call: ToolUse; text: string } | { ok: false; problem: string } {
  const { editable, edited } = asked;
  if (!editable || !edited) return { ok: false, problem: 'nothing of it can be changed.' };
  const plain = given.replaceAll('\r\n', '\n');
  const text = editable.text.includes('\r\n') ? withEnds(plain) : plain;
  // File tools put back what a mask stands for where it stood; a command would be given the mask.
  if (runsPrograms(asked.family) && masksIn(redactor.json(editable.text)) > masksIn(editable.text))
    if (masksIn(text) > masksIn(editable.text)) return { ok: false, problem: HAS_MASK };
  const made = edited(text);
  return made.ok ? { ...made, text } : made;
}

function withEnds(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function masksIn(text: string): number {
  return text.match(A_MASK)?.length ?? 0;
}

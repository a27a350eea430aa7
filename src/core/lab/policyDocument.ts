import { originLink, placeLink } from '../audit/placeLink.ts';
import { code, wordsOrCode } from '../audit/markdown.ts';
import { policyEntries } from '../policy/entries.ts';
import type { PolicyEntry } from '../policy/keys/policyKey.ts';
import type { EffectivePolicy } from '../policy/merge.ts';

/** The effective policy as a document: what is to be mended, what files say, and what holds without them. */
export function policyDocument(policy: EffectivePolicy): string {
  const entries = policyEntries(policy);
  const written = entries.filter(({ origin }) => origin.layer !== 'built-in');
  const standard = entries.filter(({ origin }) => origin.layer === 'built-in');
  return [
    '# Effective policy',
    '',
    'What counts in this workspace now, and which file says so.',
    '',
    ...notesOf(policy),
    '## What your policies say',
    '',
    ...(written.length === 0 ? ['Nothing: the safe defaults hold, all of them.'] : written.map(entryLine)),
    '',
    '## What holds by default',
    '',
    ...standard.map(entryLine),
    '',
  ].join('\n');
}

function notesOf({ notes }: EffectivePolicy): string[] {
  if (notes.length === 0) return [];
  const lines = notes.map((note) => `- ${wordsOrCode(note.message)}, ${placeLink(note)}`);
  return ['## What to look at', '', ...lines, ''];
}

/** What no file would say like that. */
const EMPTY: Partial<Record<string, string>> = { null: 'not set', '[]': 'none' };

function entryLine({ key, value, words, origin }: PolicyEntry): string {
  const from = origin.layer === 'built-in' ? '' : `, ${originLink(origin)}`;
  return `- ${code(key)}: ${code(words ?? EMPTY[value] ?? value)}${from}`;
}

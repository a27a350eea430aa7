import { absoluteOrNone } from '../scope/spelling.ts';
import { isGlob } from '../scope/glob.ts';
import { widerReading } from './commandSpelling.ts';
import { invisibleIn } from './pathSpelling.ts';
import type { Diagnostic, ParsedLayer } from './layer.ts';
import { fixedPart, secondReading, type Surroundings } from './secondReadings.ts';
import { note } from './settle.ts';
import { writtenEntries, type WrittenEntry } from './writtenEntries.ts';

/** What in policy files may be meant otherwise than it is read, each with the right spelling at its place. */
export async function spellingNotes(layers: readonly ParsedLayer[], around: Surroundings): Promise<Diagnostic[]> {
  const found = writtenEntries(layers).map(async (entry): Promise<Diagnostic[]> => {
    const said = entry.of === 'path' ? await aboutPath(entry, around) : aboutCommand(entry);
    return said === undefined ? [] : [note(entry.layer.originOf(entry.at), said)];
  });
  return (await Promise.all(found)).flat();
}

async function aboutPath(entry: WrittenEntry, around: Surroundings): Promise<string | undefined> {
  const { text, forbids, layer } = entry;
  const base = layer.base !== undefined && { base: layer.base };
  const second = await secondReading({ written: text, origin: { layer: layer.layer }, ...base }, around);
  if (second !== undefined && (await isDoubtful(entry, around)))
    return `"${text}" is a path from the top of this machine. In the workspace it is "${second}"; what is really meant from the top is "/${text}".${forbids ? ' Until it says which, both are denied' : ''}`;
  const unseen = invisibleIn(text);
  if (unseen !== undefined) return `"${text}" ${unseen}`;
  if (/(^|\/)\.\*\//.test(text))
    return `"${text}": ".*" is names that begin with a dot; any folders are "${text.replace(/(^|\/)\.\*(?=\/)/g, '$1**')}"`;
  if (/%[0-9a-f]{2}/i.test(text)) return `"${text}" is compared as it is written: a blank is a blank, not %20`;
  if (!forbids && !isGlob(text)) return otherCase(entry, around);
  return undefined;
}

/** A whole path that is there is what it says, unless the workspace has the same. */
async function isDoubtful({ text, layer }: WrittenEntry, around: Surroundings): Promise<boolean> {
  const fixed = fixedPart(text);
  if (fixed === '/' || !(await around.stands(fixed))) return true;
  const roots = layer.base === undefined ? around.roots : [layer.base];
  const inside = await Promise.all(roots.map((root) => around.stands(`${root}${fixed}`)));
  return inside.includes(true);
}

/** What allows is compared letter by letter. */
async function otherCase({ text, layer }: WrittenEntry, around: Surroundings): Promise<string | undefined> {
  const lower = text.toLowerCase();
  if (lower === text) return undefined;
  const roots = layer.base === undefined ? around.roots : [layer.base];
  for (const root of roots) {
    const [as, instead] = [text, lower].map((one) => absoluteOrNone(one, root, around.home));
    if (as === undefined || instead === undefined || (await around.stands(as))) continue;
    if (await around.stands(instead))
      return `"${text}" is not there, and "${lower}" is: case counts in what is allowed`;
  }
  return undefined;
}

function aboutCommand({ text, forbids }: WrittenEntry): string | undefined {
  const wider = widerReading(text);
  if (wider === undefined) return undefined;
  const last = text.trimEnd().endsWith(':*') ? 'a word that begins so' : 'one word';
  // To allow, the narrower reading is the one that counts, and it is a common one.
  return forbids
    ? `"${text}" ends in ${last}; any words are "${wider}". Until it says which, both are meant`
    : undefined;
}

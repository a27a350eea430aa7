import { exact } from '../../../../shared/visible.ts';
import type { Unseen } from '../../../../shared/block.ts';
import { add, drawnSide, sizeOf, type SideLine } from './drawnSide.ts';
import { hunksOf, UNENDED, type ChangedRun, type Hunk } from './hunks.ts';
import { changedPlaces, LONG_LINE, unchangedLine } from './longLine.ts';

/** What a card holds of a change, in characters; more where there are many places. */
const USUAL = 20_000;
const MOST = 60_000;
/** The least that each side of a changed place gets. */
const LEAST = 120;
/** Long lines that are compared closely. */
const COMPARED = 40;

/** A change as a card shows it: a unified diff in which each changed place has its share, and what is not in it. */
export interface ShownChange {
  readonly diff: string;
  readonly unseen: Unseen;
  readonly added: number;
  readonly removed: number;
}

interface Side {
  readonly sign: '+' | '-';
  readonly lines: readonly SideLine[];
}
type Part = { readonly same: readonly string[] } | { readonly sides: readonly Side[] };
interface Place {
  readonly place: string;
  readonly parts: readonly Part[];
}

export async function shownChange(before: string, after: string): Promise<ShownChange> {
  const hunks = await fitting(before, after);
  const runs = hunks.flatMap(({ parts }) => parts.filter(isRun));
  const count = (side: keyof ChangedRun): number => runs.reduce((sum, run) => sum + run[side].length, 0);
  const places = await placesOf(hunks);
  const kept = inReach(places);
  const isKept = new Set(kept);
  const sides = kept.flatMap(sidesOf);
  const most = shareOf(
    sides.map(({ lines }) => sizeOf(lines) + 2 * lines.length),
    Math.max(
      USUAL,
      kept.map(leastOf).reduce((sum, size) => sum + size, 0),
    ) -
      unchangedSize(kept) -
      LEAST,
  );
  const unseen: Unseen = { lines: 0, characters: 0 };
  const drawn = kept.map((place) => drawnPlace(place, most, unseen));
  const left = places.filter((place) => !isKept.has(place));
  const leftAt = kept.findIndex((place, index) => place !== places[index]);
  const mark = left.length === 0 ? [] : [leftOut(left, unseen)];
  const lines = (leftAt < 0 ? drawn : [...drawn.slice(0, leftAt), mark, ...drawn.slice(leftAt)]).flat();
  return {
    diff: lines.map((line) => `${line}\n`).join(''),
    unseen,
    added: count('added'),
    removed: count('removed'),
  };
}

/** With what is around each place, and with less of it where all together would be too much. */
async function fitting(before: string, after: string): Promise<Hunk[]> {
  const hunks = await hunksOf(before, after, 3);
  const size = hunks.flatMap(({ parts }) => parts.flatMap((part) => (isRun(part) ? [] : part.same))).join('\n').length;
  return size > USUAL / 2 ? hunksOf(before, after, 0) : hunks;
}

function isRun(part: Hunk['parts'][number]): part is ChangedRun {
  return 'removed' in part;
}

/** Lines that are long on one side and stand in the same place on the other are shown by what differs. */
async function placesOf(hunks: readonly Hunk[]): Promise<Place[]> {
  let compared = 0;
  const sidesOfRun = async (run: ChangedRun): Promise<Side[]> => {
    const [removed, added] = [run.removed, run.added].map((lines) => lines.map(sideLine)) as [SideLine[], SideLine[]];
    for (const [index, old] of removed.entries()) {
      const young = added[index];
      if (!young || compared >= COMPARED || Math.max(old.text.length, young.text.length) <= LONG_LINE) continue;
      compared += 1;
      const [one, other] = await changedPlaces(old.text, young.text, USUAL / 4);
      removed[index] = { ...old, ...one };
      added[index] = { ...young, ...other };
    }
    const sides: Side[] = [
      { sign: '-', lines: removed },
      { sign: '+', lines: added },
    ];
    return sides.filter(({ lines }) => lines.length > 0);
  };
  const places: Place[] = [];
  for (const { place, parts } of hunks) {
    const drawn: Part[] = [];
    for (const part of parts) drawn.push(isRun(part) ? { sides: await sidesOfRun(part) } : part);
    places.push({ place, parts: drawn });
  }
  return places;
}

function sideLine(line: string): SideLine {
  const unended = line.endsWith(UNENDED);
  return { text: unended ? line.slice(0, -UNENDED.length) : line, unseen: 0, unended };
}

function sidesOf({ parts }: Place): Side[] {
  return parts.flatMap((part) => ('sides' in part ? part.sides : []));
}

/** The first and the last places, as many as have room: what lies in the middle is counted. */
function inReach(places: readonly Place[]): readonly Place[] {
  const least = places.map(leastOf);
  if (least.reduce((sum, size) => sum + size, 0) <= MOST) return places;
  const from = (sizes: readonly number[]): number => {
    let left = MOST / 2;
    const first = sizes.findIndex((size) => (left -= size) < 0);
    return Math.max(first, 1);
  };
  return [...places.slice(0, from(least)), ...places.slice(-from(least.toReversed()))];
}

/** What a place takes at least, in characters. */
function leastOf(place: Place): number {
  const sides = sidesOf(place).map(({ lines }) => Math.min(sizeOf(lines) + 2 * lines.length, LEAST));
  return sides.reduce((sum, size) => sum + size, unchangedSize([place]));
}

function unchangedSize(places: readonly Place[]): number {
  return places
    .flatMap(({ place, parts }) => [place, ...parts.flatMap((part) => ('same' in part ? part.same : []))])
    .reduce((sum, line) => sum + Math.min(line.length, LONG_LINE) + 2, 0);
}

/** What each may have at most, so that all together have room: what small ones do not need goes to the large ones. */
function shareOf(sizes: readonly number[], room: number): number {
  let left = room;
  const sorted = sizes.toSorted((one, other) => one - other);
  for (const [index, size] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - index));
    if (size > share) return Math.max(share, LEAST);
    left -= size;
  }
  return room;
}

function drawnPlace({ place, parts }: Place, most: number, unseen: Unseen): string[] {
  return [
    place,
    ...parts.flatMap((part) => {
      if ('same' in part) return part.same.map((line) => ` ${exact(unchanged(line))}`);
      return part.sides.flatMap(({ sign, lines }) => {
        const drawn = drawnSide(sign, lines, most);
        add(unseen, drawn.unseen);
        return drawn.lines;
      });
    }),
  ];
}

function unchanged(line: string): string {
  const { text, unended } = sideLine(line);
  return `${unchangedLine(text)}${unended ? UNENDED : ''}`;
}

function leftOut(places: readonly Place[], unseen: Unseen): string {
  const sides = places.flatMap(sidesOf);
  const more = {
    lines: sides.reduce((sum, { lines }) => sum + lines.length, 0),
    characters: sides.reduce((sum, { lines }) => sum + sizeOf(lines), 0),
  };
  add(unseen, more);
  return `[… ${places.length} more changed places, ${more.lines} changed lines, not shown …]`;
}

import type { diffChars as DiffChars } from 'diff';

/** A line of more characters than this is shown by its changed places. */
export const LONG_LINE = 400;
/** What is shown of a long line before and after each changed place, in characters. */
const AROUND = 60;
/** Changed places that are nearer to each other than this are one. */
const NEAR = 2 * AROUND + 40;
/** The least that is shown of what changes at one place, and what a mark takes, in characters. */
const ROOM = 40;
const MARK = 60;
/** What is looked at closely, in characters added and removed: more is one changed place. */
const CLOSELY = 400;

/** A part of a line before and of the line after: the same text in both unless it is `changed`. */
interface Stretch {
  readonly changed: boolean;
  readonly before: string;
  readonly after: string;
}

/** A long line as it is shown: texts as they stand, and marks that say what stands between them. */
export interface ShownLine {
  readonly text: string;
  /** Characters that change and are not in the text. */
  readonly unseen: number;
}

/** Both sides of a changed line by their changed places, each of which has a place in `most` characters a side. */
export async function changedPlaces(before: string, after: string, most: number): Promise<[ShownLine, ShownLine]> {
  const places = Math.max(Math.floor(most / (ROOM + 2 * AROUND + MARK)), 4);
  const stretches = joined(merged(await stretchesOf(before, after)), places);
  const changed = stretches.filter((one) => one.changed).length;
  const room = Math.max(Math.floor(most / Math.max(changed, 1)) - 2 * AROUND - MARK, ROOM);
  return [
    drawnSide(
      stretches.map((one) => [one.changed, one.before]),
      room,
    ),
    drawnSide(
      stretches.map((one) => [one.changed, one.after]),
      room,
    ),
  ];
}

/** The beginning and the end of a text that changes as a whole, and how much lies between. */
export function endsOf(text: string, most: number): ShownLine {
  if (text.length <= most) return { text, unseen: 0 };
  const head = wholeTo(text, Math.ceil((most * 2) / 3));
  const tail = wholeTo(text, text.length - Math.floor(most / 3));
  const unseen = tail - head;
  return { text: `${text.slice(0, head)}[… ${characters(unseen)} not shown …]${text.slice(tail)}`, unseen };
}

/** The beginning of a line that does not change. */
export function unchangedLine(text: string): string {
  if (text.length <= LONG_LINE) return text;
  const head = wholeTo(text, 2 * AROUND);
  return `${text.slice(0, head)}[… ${characters(text.length - head)} unchanged …]`;
}

function drawnSide(sides: readonly (readonly [boolean, string])[], room: number): ShownLine {
  let column = 1;
  let unseen = 0;
  let text = '';
  sides.forEach(([changed, part], index) => {
    if (changed) {
      const shown = endsOf(part, room);
      unseen += shown.unseen;
      text += shown.text;
    } else text += unchangedPart(part, column, { first: index === 0, last: index === sides.length - 1 });
    column += part.length;
  });
  return { text, unseen };
}

/** What is around the changed places beside it, and between them how much there is and where the line goes on. */
function unchangedPart(part: string, column: number, { first, last }: { first: boolean; last: boolean }): string {
  const head = first ? 0 : wholeTo(part, AROUND);
  const tail = last ? part.length : wholeTo(part, part.length - AROUND);
  if (tail - head <= 40) return part;
  const on = last ? '' : `, column ${column + tail}:`;
  return `${part.slice(0, head)}[… ${characters(tail - head)} unchanged${on} …]${part.slice(tail)}`;
}

async function stretchesOf(before: string, after: string): Promise<Stretch[]> {
  const head = commonHead(before, after);
  const end = commonEnd(before, after, head);
  const [middle, young] = [before.slice(head, before.length - end), after.slice(head, after.length - end)];
  const rest = before.slice(before.length - end);
  return [
    { changed: false, before: before.slice(0, head), after: before.slice(0, head) },
    ...(await middleStretches(middle, young)),
    { changed: false, before: rest, after: rest },
  ].filter((one) => one.before !== '' || one.after !== '');
}

async function middleStretches(before: string, after: string): Promise<Stretch[]> {
  const whole = [{ changed: true, before, after }];
  if (before === '' || after === '') return whole;
  const { diffChars, diffWordsWithSpace } = await import('diff');
  const effort = { maxEditLength: CLOSELY };
  const parts: ReturnType<typeof DiffChars> | undefined =
    diffChars(before, after, effort) ?? diffWordsWithSpace(before, after, effort);
  return (
    parts?.map(({ value, added, removed }) => ({
      changed: added || removed,
      before: added ? '' : value,
      after: removed ? '' : value,
    })) ?? whole
  );
}

/** Changed places with little between them are one, and what is unchanged stands between two of them. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  stretches.forEach((stretch, index) => {
    const isBetween = index > 0 && index < stretches.length - 1;
    const counts = stretch.changed || (isBetween && stretch.before.length < NEAR);
    const last = result.at(-1);
    if (last && counts === last.changed)
      result[result.length - 1] = {
        changed: counts,
        before: last.before + stretch.before,
        after: last.after + stretch.after,
      };
    else result.push({ ...stretch, changed: counts });
  });
  return result;
}

/** At most so many changed places: those in the middle, and what is between them, are one, of which the ends are shown. */
function joined(stretches: readonly Stretch[], most: number): readonly Stretch[] {
  const places = stretches.flatMap(({ changed }, index) => (changed ? [index] : []));
  const from = places[Math.ceil(most / 2)];
  const to = places.at(-Math.floor(most / 2));
  if (places.length <= most || from === undefined || to === undefined) return stretches;
  const middle = stretches.slice(from, to);
  const join = (side: 'before' | 'after'): string => middle.map((one) => one[side]).join('');
  const last = middle.at(-1);
  // What is unchanged before the next place stays unchanged.
  const rest = last && !last.changed ? [last] : [];
  if (rest.length > 0) middle.pop();
  return [
    ...stretches.slice(0, from),
    { changed: true, before: join('before'), after: join('after') },
    ...rest,
    ...stretches.slice(to),
  ];
}

function commonHead(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one[at] === other[at]) at += 1;
  return wholeTo(one, at);
}

function commonEnd(one: string, other: string, head: number): number {
  const most = Math.min(one.length, other.length) - head;
  let at = 0;
  while (at < most && one[one.length - 1 - at] === other[other.length - 1 - at]) at += 1;
  const from = one.length - at;
  return at - (wholeTo(one, from) === from ? 0 : 1);
}

/** A place in a text at which no character is cut in half: this one, or the one before it. */
function wholeTo(text: string, at: number): number {
  const place = Math.max(0, Math.min(at, text.length));
  const isInside = /[\uD800-\uDBFF]/.test(text[place - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[place] ?? '');
  return isInside ? place - 1 : place;
}

function characters(count: number): string {
  return `${count} ${count === 1 ? 'character' : 'characters'}`;
}

import type { EntryChange, EntryNews } from './protocol.ts';
import type { Entry, RunView } from './runView.ts';

// Entries of a transcript go to the panel by number, each once, and again only as far as it changed. What changed while
// the panel was busy is found by looking at what it has, so that nothing waits in a queue.

/** Characters of one message, if more than one entry goes with it: what else there is to say waits no longer than that. */
const MOST_AT_ONCE = 1_000_000;

/** The entries that one side holds of a run, by number. */
export interface HeldEntries {
  readonly run: string;
  readonly before: number;
  readonly end: number;
  readonly byNumber: ReadonlyMap<number, Entry>;
}

/** What a panel that holds these lacks of a run, or the first part of that; and what it holds then. */
export function newsOf(
  run: RunView,
  known: HeldEntries | undefined,
): { news: EntryNews | undefined; held: HeldEntries; isAll: boolean } {
  const { id, entriesBefore: before, entries } = run;
  const end = before + entries.length;
  const same = known?.run === id ? known : undefined;
  const byNumber = within(same?.byNumber, before, end);
  const changes: EntryChange[] = [];
  let room = MOST_AT_ONCE;
  let isAll = true;
  for (const [index, entry] of entries.entries()) {
    const change = changeOf(before + index, byNumber.get(before + index), entry);
    if (!change) continue;
    room -= JSON.stringify(change).length;
    if (room < 0 && changes.length > 0) {
      isAll = false;
      break;
    }
    changes.push(change);
    byNumber.set(before + index, entry);
  }
  const isNews = changes.length > 0 || same?.before !== before || same.end !== end;
  return {
    news: isNews ? { run: id, before, end, changes } : undefined,
    held: { run: id, before, end, byNumber },
    isAll,
  };
}

/** The entries held after news; `fits` is false where the news are about something that is not there. */
export function withNews(
  known: HeldEntries | undefined,
  { run, before, end, changes }: EntryNews,
): { held: HeldEntries; fits: boolean } {
  const byNumber = within(known?.run === run ? known.byNumber : undefined, before, end);
  let fits = true;
  for (const change of changes) {
    const entry = change.kind === 'whole' ? change.entry : grown(byNumber.get(change.number), change);
    if (entry) byNumber.set(change.number, entry);
    else fits = false;
  }
  return { held: { run, before, end, byNumber }, fits };
}

function changeOf(number: number, known: Entry | undefined, entry: Entry): EntryChange | undefined {
  if (known === entry || (known && JSON.stringify(known) === JSON.stringify(entry))) return undefined;
  const isGrown =
    known?.kind === 'assistant' && entry.kind === 'assistant' && !entry.whole && entry.text.startsWith(known.text);
  // Half a character may not survive the way: where there is one, all of it goes again.
  if (isGrown && !/[\uD800-\uDBFF]$/.test(known.text)) {
    const { length: from } = known.text;
    return { kind: 'grown', number, from, more: entry.text.slice(from), streaming: entry.streaming };
  }
  return { kind: 'whole', number, entry };
}

function grown(known: Entry | undefined, change: Extract<EntryChange, { kind: 'grown' }>): Entry | undefined {
  return known?.kind === 'assistant' && known.text.length === change.from
    ? { kind: 'assistant', text: known.text + change.more, streaming: change.streaming }
    : undefined;
}

function within(entries: ReadonlyMap<number, Entry> | undefined, before: number, end: number): Map<number, Entry> {
  return new Map([...(entries ?? [])].filter(([number]) => number >= before && number < end));
}

/** SQLite's pages, as `openDatabase` makes them; of a row that does not fit, the rest stands in pages of its own (sqlite.org/fileformat2.html, section 1.6). */
const PAGE = 4096;
const USABLE = PAGE - 8;
const MOST_LOCAL = PAGE - 35;
const LEAST_LOCAL = Math.floor(((PAGE - 12) * 32) / 255) - 23;
const REST = PAGE - 4;
/** What a cell has beside its content: its length, its number, its place in the page. */
const CELL = 6;
/** Indexes are not filled in order: a part of each page stays empty. */
const INDEX_ENTRY = 40;

/**
 * How many bytes of the file a row of so many bytes takes, as an expression of SQL. Not the row's length: two rows of
 * 2,100 bytes do not fit into one page, and who writes only such rows takes twice the room.
 */
function rowRoom(size: string): string {
  const over = `(${LEAST_LOCAL} + (${size} - ${LEAST_LOCAL}) % ${REST})`;
  const local = `iif(${size} <= ${MOST_LOCAL}, ${size}, iif(${over} <= ${MOST_LOCAL}, ${over}, ${LEAST_LOCAL}))`;
  const rest = `((${size} - ${local} + ${REST - 1}) / ${REST})`;
  return `(${rest} * ${PAGE} + ${PAGE} / max(1, ${USABLE} / (${local} + ${CELL})))`;
}

/** Of an event, with its entry in the index by runs. `e`: the table's name in the query. */
export function eventRoom(e: string): string {
  const size = `(octet_length(${e}.body) + octet_length(${e}.hash) + 6)`;
  return `(${rowRoom(size)} + 2 * (octet_length(${e}.run) + octet_length(${e}.type)) + ${INDEX_ENTRY})`;
}

export function payloadRoom(p: string): string {
  return rowRoom(`(octet_length(${p}.body) + octet_length(${p}.salt) + 6)`);
}

export function conversationRoom(t: string): string {
  return rowRoom(`(octet_length(${t}.body) + 250)`);
}

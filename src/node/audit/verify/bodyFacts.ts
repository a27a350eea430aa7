import { EVENT_TYPES, hasMark } from '../../../shared/eventTable.ts';
import { isJsonObject } from '../../../shared/json.ts';

/** What a check needs of an event's text. `data` is there for events that the check goes by. */
export interface BodyFacts {
  seq: number;
  type: string;
  writer: string;
  /** Of events that the check goes by, as `time` is. */
  run: string;
  time: string;
  commitment: string | undefined;
  data: Record<string, unknown>;
}

/** Events that the check goes by. */
const EXACT: ReadonlySet<string> = new Set(EVENT_TYPES.filter((type) => hasMark(type, 'exact')));

const [ACTION, COMMITMENT, SEQ, TIME, TYPE, END] = [
  '{"action":"',
  '"commitment":"',
  '"seq":',
  ',"time":"',
  '"type":"',
  '","v":1,"writer":"',
];

/**
 * Undefined where the text is no event. The text is canonical (RFC 8785: keys in order), so that its beginning and its
 * end are known, and what people and models wrote stands in between. Parsing would take longer than hashing, and a
 * million events are to be checked in seconds; whatever looks unusual is parsed all the same.
 */
export function factsOf(text: string): BodyFacts | undefined {
  const end = text.length - (END.length + 18);
  const typeAt = text.lastIndexOf(TYPE, end);
  const seqAt = text.lastIndexOf(SEQ, typeAt);
  if (!text.startsWith(END, end) || !text.endsWith('"}') || typeAt === -1 || seqAt === -1) return parsed(text);
  const type = text.slice(typeAt + TYPE.length, end);
  const seq = Number(text.slice(seqAt + SEQ.length, text.indexOf(TIME, seqAt)));
  const at = text.startsWith(ACTION) ? text.indexOf('"', ACTION.length) + 2 : 1;
  if (EXACT.has(type) || !Number.isSafeInteger(seq)) return parsed(text);
  const hasCommitment = text.startsWith(COMMITMENT, at);
  if (!hasCommitment && !text.startsWith('"data":{', at)) return parsed(text);
  const from = at + COMMITMENT.length;
  const writer = text.slice(end + END.length, -2);
  const found = hasCommitment ? text.slice(from, from + 64) : undefined;
  return { seq, type, writer, run: '', time: '', commitment: found, data: {} };
}

function parsed(text: string): BodyFacts | undefined {
  try {
    const value = JSON.parse(text) as Partial<BodyFacts> | null;
    if (typeof value?.seq !== 'number' || typeof value.type !== 'string' || typeof value.writer !== 'string')
      return undefined;
    if (!isJsonObject(value.data)) return undefined;
    const { seq, type, writer, run, data, commitment, time } = value;
    return {
      ...{ seq, type, writer, run: String(run), data, time: String(time) },
      commitment: typeof commitment === 'string' ? commitment : undefined,
    };
  } catch {
    return undefined;
  }
}

import type { Growth } from '../../core/audit/port.ts';
import { canonicalJson, isJsonObject, type Json } from '../../shared/json.ts';
import type { ChainWriter } from './chainWriter.ts';
import { addPart, chained, dropParts, NO_PARTS, partBody, type PartsClaim } from './conversationParts.ts';
import { isStored, nameConversation } from './conversations.ts';
import type { Connection } from './database.ts';

/** What this process has stored of a run. */
interface Kept {
  claim: PartsClaim;
  messages: number;
  bytes: number;
  /** Of the event that named it last. */
  seq: number;
}

/**
 * Conversations of runs that are at work, stored as they grow: what costs is what was added. What is chained on is what
 * this process knows that it wrote, never what the file says by then.
 */
export class GrowingConversations {
  readonly #writer: ChainWriter;
  readonly #kept = new Map<string, Kept>();

  constructor(writer: ChainWriter) {
    this.#writer = writer;
  }

  /** False where what stands before the added messages is not there: then all of it has to come. */
  grow(connection: Connection, run: string, { state, from, added }: Growth): boolean {
    const before = from === 0 ? { claim: NO_PARTS, messages: 0, bytes: 0, seq: 0 } : this.#kept.get(run);
    if (before?.messages !== from) return false;
    if (from === 0) dropParts(connection, run);
    else if (rowSeq(connection, run) !== before.seq) return false; // another file, or another process, or a commit that failed
    let { claim, bytes } = before;
    for (const group of groupsOf(added)) {
      const body = partBody(group);
      addPart(connection, run, { number: claim.parts, body });
      claim = chained(claim, body);
      bytes += Buffer.byteLength(body);
    }
    const row = canonicalJson({ ...(isJsonObject(state) ? state : {}), messages: { ...claim } });
    if (isStored(connection, run, row)) return true;
    const seq = nameConversation(connection, this.#writer, { run, body: row, partBytes: bytes });
    this.#kept.set(run, { claim, messages: from + added.length, bytes, seq });
    return true;
  }

  /** A run is not at work any more: nothing is known of it from here on. */
  forget(run: string): void {
    this.#kept.delete(run);
  }
}

function rowSeq(connection: Connection, run: string): unknown {
  return connection.prepare('SELECT seq FROM transcripts WHERE run = ?').get(run)?.['seq'];
}

/** Characters of one part, if more than one message is in it: a long conversation is in no place whole once more. */
const MOST_OF_PART = 200_000;

function* groupsOf(messages: readonly Json[]): Iterable<Json[]> {
  let group: Json[] = [];
  let length = 0;
  for (const message of messages) {
    const own = textLength(message);
    if (group.length > 0 && length + own > MOST_OF_PART) {
      yield group;
      [group, length] = [[], 0];
    }
    group.push(message);
    length += own;
  }
  if (group.length > 0) yield group;
}

function textLength(message: Json): number {
  const text = isJsonObject(message) ? message['text'] : undefined;
  return typeof text === 'string' ? text.length : 0;
}

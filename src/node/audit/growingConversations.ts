import type { Growth } from '../../core/audit/port.ts';
import { canonicalJson, isJsonObject } from '../../shared/json.ts';
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
    const body = added.length === 0 ? undefined : partBody(added);
    const claim = body === undefined ? before.claim : chained(before.claim, body);
    const bytes = before.bytes + (body === undefined ? 0 : Buffer.byteLength(body));
    const row = canonicalJson({ ...(isJsonObject(state) ? state : {}), messages: { ...claim } });
    if (body === undefined && isStored(connection, run, row)) return true;
    const seq = nameConversation(connection, this.#writer, { run, body: row, partBytes: bytes });
    if (body !== undefined) addPart(connection, run, { number: before.claim.parts, body, seq });
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

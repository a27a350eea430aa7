import type { Json } from '../../../shared/json.ts';
import { sha256 } from '../../files/hash.ts';
import { transcriptStatement } from '../chain.ts';
import { claimOf, NO_PARTS, type PartsClaim } from '../conversationParts.ts';
import type { Bad } from './bad.ts';

/** A conversation as it is stored beside the chain. */
export interface StoredConversation {
  run: string;
  body: string;
  seq: number;
  writer: string;
  signature: string;
  /** What its row must say of the parts that are there. */
  parts: PartsClaim;
}

/** How stored conversations stand: so many are those that the log names, so many are of versions that named none. */
export interface Conversations {
  named: number;
  earlier: number;
}

/** What the chain says of stored conversations, and whether what is stored is that. */
export class ConversationCheck {
  readonly #named = new Map<string, { seq: number; digest: unknown; erasedBy?: number }>();
  /** Of runs whose conversation no event names, and the last event that says it was erased. */
  readonly #erasedUnnamed = new Map<string, number>();

  named(run: string, seq: number, digest: unknown): void {
    this.#named.set(run, { seq, digest });
  }

  erased(by: number, runs: unknown): void {
    for (const run of Array.isArray(runs) ? (runs as unknown[]) : []) {
      const named = this.#named.get(String(run));
      if (named) named.erasedBy = by;
      else this.#erasedUnnamed.set(String(run), by);
    }
  }

  /**
   * `isSigned`: whether this process of the log has signed this text. An erasure is signed at once: one after the last
   * signature of the chain (`signed`) explains nothing.
   */
  check(
    { log, signed }: { log: string; signed: number },
    stored: Iterable<StoredConversation>,
    isSigned: (writer: string, text: string, signature: string) => boolean,
  ): Conversations | Bad {
    const count = { named: 0, earlier: 0 };
    const seen = new Set<string>();
    for (const { run, body, seq, writer, signature, parts } of stored) {
      const named = this.#named.get(run);
      const bad = (words: string): Bad => ({
        seq: named?.seq ?? seq,
        property: 'conversation',
        words: `the stored conversation of run ${run} ${words}; it cannot be resumed`,
      });
      const digest = sha256(body);
      const erasedBy = named ? named.erasedBy : this.#erasedUnnamed.get(run);
      if (erasedBy !== undefined && erasedBy < signed) return bad('was erased, and is there again');
      if (named && (named.digest !== digest || named.seq !== seq)) return bad('is not the one that was recorded here');
      if (!isSigned(writer, transcriptStatement(log, run, seq, digest), signature))
        return bad('is not what a process of this log has signed for it');
      if (!fits(parts, body)) return bad('is not the one that was recorded here: parts of it are missing, or others');
      if (named) count.named += 1;
      else count.earlier += 1;
      seen.add(run);
    }
    for (const [run, { seq, erasedBy }] of this.#named)
      if (!(erasedBy !== undefined && erasedBy < signed) && !seen.has(run))
        return {
          seq,
          property: 'conversation',
          words: `the stored conversation of run ${run} is gone, and no event says that it was erased`,
        };
    return count;
  }
}

function fits({ parts, chain }: PartsClaim, body: string): boolean {
  const claim = claimOf(parsed(body)) ?? NO_PARTS;
  return claim.parts === parts && claim.chain === chain;
}

/** Its signature fits, so that a process of this log wrote it; whoever reads it says what is wrong with it. */
function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return null;
  }
}

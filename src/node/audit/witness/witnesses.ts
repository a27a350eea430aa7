import { setTimeout as pause } from 'node:timers/promises';
import type { SeenHead, Witness } from '../../../core/audit/port.ts';
import type { Testimony } from '../verify/witnessCheck.ts';

const MOST_MS = 3_000;

interface Known {
  witness: Witness;
  /** The newest head that it has not got yet; older ones are covered by it. */
  next: SeenHead | undefined;
  busy: Promise<void> | undefined;
  problem: string | undefined;
}

/** Tells all witnesses of every head, each at its own pace; a witness that fails holds up nobody, and is named. */
export class Witnesses {
  #known: Known[] = [];
  #last: SeenHead | undefined;

  /** Replaces the witnesses by these; those that stay keep their state. Each new one is told of the last head. */
  set(witnesses: readonly Witness[]): void {
    this.#known = witnesses.map(
      (witness) =>
        this.#known.find((known) => known.witness.name === witness.name) ?? {
          witness,
          next: this.#last,
          busy: undefined,
          problem: undefined,
        },
    );
    for (const known of this.#known) this.#go(known);
  }

  note(head: SeenHead): void {
    this.#last = head;
    for (const known of this.#known) {
      known.next = head;
      this.#go(known);
    }
  }

  names(): string[] {
    return this.#known.map(({ witness }) => witness.name);
  }

  /** Why a witness has not got what it should have. */
  problems(): { name: string; problem: string }[] {
    return this.#known.flatMap(({ witness, problem }) =>
      problem === undefined ? [] : [{ name: witness.name, problem }],
    );
  }

  async testimonies(): Promise<Testimony[]> {
    await this.flush();
    return Promise.all(this.#known.map(({ witness }) => testimonyOf(witness)));
  }

  /** Waits until every witness has what there is, or has failed; not for ever, whatever disk it lies on. */
  async flush(): Promise<void> {
    await Promise.race([
      Promise.all(this.#known.map(({ busy }) => busy ?? Promise.resolve())),
      pause(MOST_MS, undefined, { ref: false }),
    ]);
  }

  #go(known: Known): void {
    if (known.busy || !known.next) return;
    known.busy = this.#tell(known).finally(() => {
      known.busy = undefined;
    });
  }

  async #tell(known: Known): Promise<void> {
    for (let head = known.next; head; head = known.next) {
      known.next = undefined;
      try {
        await known.witness.note(head);
        known.problem = undefined;
      } catch (error) {
        known.problem = error instanceof Error ? error.message : String(error);
        known.next ??= head; // told again with the next head
        return;
      }
    }
  }
}

export async function testimonyOf(witness: Witness): Promise<Testimony> {
  try {
    return { name: witness.name, heads: await witness.heads() };
  } catch (error) {
    const problem = `it cannot be asked (${error instanceof Error ? error.message : String(error)})`;
    return { name: witness.name, heads: [], problem };
  }
}

import type { SeenHead } from '../../../core/audit/port.ts';
import type { Earlier, WitnessReport } from '../../../core/audit/verdict.ts';
import type { Bad } from './bad.ts';

/** What a witness brought, or why it could bring nothing. */
export interface Testimony {
  name: string;
  heads: readonly SeenHead[];
  problem?: string;
  /** Somebody named it for this check: that it has nothing to say is no answer. */
  isNamed?: boolean;
}

/** Reasons to begin a new log that leave the old one there, to be checked by itself. */
const HARMLESS = new Set(['damaged', 'older format']);

/** Holds a chain against what witnesses have seen of it. */
export class WitnessCheck {
  readonly #testimonies: readonly Testimony[];
  readonly #place: string | undefined;
  readonly #wanted = new Map<number, { hash: string; name: string; time: string }[]>();
  readonly #matched = new Map<string, number>();
  #log = '';
  #began = '';

  /** `place`: the folder of the log, where that is known: nothing but this log may have been there. */
  constructor(testimonies: readonly Testimony[], place: string | undefined) {
    this.#testimonies = testimonies;
    this.#place = place;
  }

  /** `began`: when the log began (ISO 8601). */
  begin(log: string, began: string): void {
    this.#log = log;
    this.#began = began;
    for (const { name, heads } of this.#testimonies)
      for (const { seq, hash, time } of heads.filter((head) => head.log === log))
        this.#wanted.set(seq, [...(this.#wanted.get(seq) ?? []), { hash, name, time }]);
  }

  event(seq: number, hash: string): Bad | undefined {
    const seen = this.#wanted.get(seq);
    if (!seen) return undefined;
    const other = seen.find((one) => one.hash !== hash);
    if (other) return { seq, property: 'witness', words: `it is not what ${other.name} saw here on ${other.time}` };
    for (const { name } of seen) this.#matched.set(name, seq);
    return undefined;
  }

  /** The last event that a witness saw as it is. */
  get coveredUpTo(): number {
    return Math.max(0, ...this.#matched.values());
  }

  /** After the last event: whether more was seen than is there, or another log in its place. */
  end(last: number, gap: string | undefined): Bad | undefined {
    for (const { name, heads } of this.#testimonies) {
      const own = heads.filter((head) => head.log === this.#log);
      const beyond = own.find((head) => head.seq > last);
      if (beyond)
        return {
          seq: last + 1,
          property: 'witness',
          words: `it is missing, and what follows: ${name} saw events up to ${Math.max(...own.map(({ seq }) => seq))}`,
        };
      const another = this.#others(heads).at(-1);
      if (!another) continue;
      const lastSeen = own.at(-1)?.time ?? this.#began;
      // A log that makes room for another one is seen no more after that.
      if (gap === undefined || !HARMLESS.has(gap) || another.time > lastSeen)
        return {
          seq: 0,
          property: 'witness',
          words: `this is not the log that was here: ${name} saw log ${another.log} up to event ${another.seq} on ${another.time}${gap === undefined ? '' : ` (the log that is here says about that: ${gap})`}`,
        };
    }
    return undefined;
  }

  earlier(): Earlier[] {
    return this.#testimonies.flatMap(({ name, heads }) => {
      const byLog = new Map(this.#others(heads).map((head) => [head.log, head]));
      return [...byLog.values()].map(({ log, seq, time }) => ({ witness: name, log, upTo: seq, time }));
    });
  }

  reports(): WitnessReport[] {
    return this.#testimonies.map(({ name, heads, isNamed, ...said }) => {
      const own = heads.filter((head) => head.log === this.#log);
      const isSilent = isNamed === true && own.length === 0;
      const problem = said.problem ?? (isSilent ? 'it has seen nothing of this log' : undefined);
      const upTo = this.#matched.get(name) ?? 0;
      return {
        name,
        heads: own.length,
        upTo,
        time: own.find(({ seq }) => seq === upTo)?.time ?? '',
        ...(problem !== undefined && { problem }),
        ...(isNamed === true && { isNamed }),
      };
    });
  }

  /** Other logs that were seen in the folder of this one. */
  #others(heads: readonly SeenHead[]): SeenHead[] {
    return this.#place === undefined
      ? []
      : heads.filter((head) => head.place === this.#place && head.log !== this.#log);
  }
}

/** Payloads that are gone, and the events that say that they were erased. */
export class ErasedRanges {
  readonly #gone: [from: number, to: number][] = [];
  readonly #said: { by: number; from: number; to: number }[] = [];
  missing = 0;

  gone(seq: number): void {
    this.missing += 1;
    const last = this.#gone.at(-1);
    if (last && last[1] === seq - 1) last[1] = seq;
    else this.#gone.push([seq, seq]);
  }

  /** An erasure covers only what was there before it. */
  said(by: number, ranges: unknown): void {
    if (!Array.isArray(ranges)) return;
    for (const range of ranges) {
      const [from, to] = Array.isArray(range) ? (range as unknown[]) : [];
      if (typeof from === 'number' && typeof to === 'number' && from <= to)
        this.#said.push({ by, from, to: Math.min(to, by - 1) });
    }
  }

  /** The first payload that is gone without a word; what is said after `signed` does not count. */
  unexplained(signed: number): number | undefined {
    const covered = this.#said.filter(({ by }) => by < signed).sort((a, b) => a.from - b.from);
    let [index, reach] = [0, 0];
    for (const [from, to] of this.#gone) {
      let at = from;
      while (at <= to) {
        for (let next = covered[index]; next && next.from <= at; next = covered[index]) {
          reach = Math.max(reach, next.to);
          index += 1;
        }
        if (reach < at) return at;
        at = reach + 1;
      }
    }
    return undefined;
  }
}

const BEAT_MS = 10_000;
/** Two minutes of this process's own time. */
const MOST_UNANSWERED = 12;

/**
 * Whether somebody is there, by asking them now and then. What counts is how often that was not answered, not how long:
 * while this machine sleeps nothing is asked, and after it nothing is late. A late answer is one too.
 */
export class Beats {
  readonly #listeners = new Set<() => void>();
  readonly #ask: (beat: number) => PromiseLike<unknown>;
  readonly #timer: NodeJS.Timeout;
  #beat = 0;
  #isAsked = false;
  #unanswered = 0;

  constructor(ask: (beat: number) => PromiseLike<unknown>, everyMs = BEAT_MS) {
    this.#ask = ask;
    this.#timer = setInterval(() => {
      this.#tick();
    }, everyMs);
    this.#timer.unref();
  }

  isThere(): boolean {
    return this.#unanswered < MOST_UNANSWERED;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.#isAsked) {
      this.#become(this.#unanswered + 1);
      return;
    }
    this.#isAsked = true;
    this.#beat += 1;
    const answered = (): void => {
      this.#isAsked = false;
      this.#become(0);
    };
    this.#ask(this.#beat).then(answered, answered); // a refusal is an answer too
  }

  #become(unanswered: number): void {
    const before = this.isThere();
    this.#unanswered = unanswered;
    if (before !== this.isThere()) for (const listener of this.#listeners) listener();
  }
}

import * as vscode from 'vscode';

const BEAT_MS = 10_000;
/** Two minutes of this process's own time. */
const MOST_UNANSWERED = 12;

/**
 * Whether the client of this window is there: the tab or desktop window that shows it, also while the panel is hidden. An
 * extension host on a server outlives a client that crashed by up to three hours, and no event tells of it; but what is
 * asked of the client is answered by the client alone. So a context key is set there now and then. What counts is how
 * often that was not answered, not how long: while this machine sleeps nothing is asked, and after it nothing is late.
 * A client that reconnects answers what it was asked before.
 */
export class ClientPresence implements vscode.Disposable {
  readonly #listeners = new Set<() => void>();
  readonly #ask: (beat: number) => Thenable<unknown>;
  readonly #timer: NodeJS.Timeout;
  #beat = 0;
  #isAsked = false;
  #unanswered = 0;

  constructor(ask = askClient, everyMs = BEAT_MS) {
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

function askClient(beat: number): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', 'oversign.beat', beat);
}

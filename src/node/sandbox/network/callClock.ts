/** The time that a command has, which stands still while somebody else is waited for. */
export class CallClock {
  #left = Infinity;
  #began = 0;
  #waiting = 0;
  #over: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Calls `over` after so many milliseconds of the command's own time. What it returns ends that. */
  start(milliseconds: number, over: () => void): () => void {
    this.#left = milliseconds;
    this.#over = over;
    if (this.#waiting === 0) this.#run();
    return () => {
      this.#over = undefined;
      clearTimeout(this.#timer);
    };
  }

  /** Somebody begins to be waited for, perhaps one of several, or that has ended. */
  standStill(isWaiting: boolean): void {
    const before = this.#waiting;
    this.#waiting = Math.max(0, before + (isWaiting ? 1 : -1));
    if (before === 0 && this.#waiting > 0) this.#pause();
    else if (before > 0 && this.#waiting === 0) this.#run();
  }

  #run(): void {
    const over = this.#over;
    if (!over) return;
    this.#began = performance.now();
    this.#timer = setTimeout(over, this.#left);
  }

  #pause(): void {
    if (!this.#over) return;
    clearTimeout(this.#timer);
    this.#left = Math.max(0, this.#left - (performance.now() - this.#began));
  }
}

/** Time as the core sees it: milliseconds that only grow, and timers. */
export interface Clock {
  monotonic(): number;
  after(ms: number, action: () => void): () => void;
}

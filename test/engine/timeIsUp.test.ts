import { expect, test } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { workbench } from '../support/workbench.ts';

/** A clock that only the test moves; what is due comes in its order. */
class HandClock implements Clock {
  #due: { at: number; action: () => void }[] = [];
  #now = 0;
  monotonic(): number {
    return this.#now;
  }
  after(ms: number, action: () => void): () => void {
    const one = { at: this.#now + ms, action };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  }
  pass(seconds: number): void {
    const until = this.#now + seconds * 1000;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
    }
    this.#now = until;
  }
}

test('a run whose time is up while its last reply comes: a person is asked, and with its end that is taken back', async () => {
  const clock = new HandClock();
  const bench = await workbench({
    change: ({ parts }) => {
      parts.clock = clock;
    },
  });
  const { engine } = bench;
  const answerNow = engine.answerLimit.bind(engine);
  const held: (() => boolean)[] = [];
  engine.answerLimit = (...given) => {
    held.push(() => answerNow(...given)); // they take their time
    return true;
  };
  const events = await bench.run(async () => {
    clock.pass(3600);
    await expect.poll(() => engine.view().limit?.limit, { timeout: 90_000 }).toBe('time');
    return { text: 'done' };
  });
  expect(engine.view()).toMatchObject({ limit: undefined, run: { state: 'finished' } });
  expect(held[0]?.()).toBe(false);
  const about = events.filter(({ type }) => type === 'limit_answered' || type === 'run_finished');
  expect(about).toMatchObject([{ data: { choice: 'stop', by: 'cancelled' } }, { data: { state: 'finished' } }]);
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import type { Presence } from '../../src/core/presence/presence.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { plant } from '../support/tree.ts';
import { scripted, workbench, type Turn, type Workbench } from '../support/workbench.ts';

/** A window that comes and goes. */
class Window implements Presence {
  readonly #listeners = new Set<() => void>();
  #isThere = true;
  isThere(): boolean {
    return this.#isThere;
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  become(isThere: boolean): void {
    this.#isThere = isThere;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A clock that only the test moves. */
class HandClock implements Clock {
  readonly #due = new Map<() => void, number>();
  #now = 0;
  monotonic(): number {
    return this.#now;
  }
  after(ms: number, action: () => void): () => void {
    this.#due.set(action, this.#now + ms);
    return () => this.#due.delete(action);
  }
  hourPasses(): void {
    this.#now += 3_600_000;
    for (const [action, at] of [...this.#due]) if (at <= this.#now && this.#due.delete(action)) action();
  }
}

const write = (path: string): Turn => ({ calls: [{ name: 'write_file', args: { path, content: 'x' } }] });
const LONG = { timeout: 90_000 };
const UNASKED = 'confirm_actions: false\n';

async function windowed(userPolicy?: string): Promise<{ bench: Workbench; window: Window; clock: HandClock }> {
  const [window, clock] = [new Window(), new HandClock()];
  const bench = await workbench({
    ...(userPolicy !== undefined && { userPolicy }),
    answer: () => undefined,
    change: ({ parts }) => {
      parts.presence = window;
      parts.clock = clock;
    },
  });
  return { bench, window, clock };
}
const types = async (bench: Workbench): Promise<string[]> =>
  (await bench.node.audit.events(bench.engine.view().run?.id ?? '')).map(({ type }) => type);

test('with no window nothing further begins, whatever the policy allows, and no time passes for the run', async () => {
  const { bench, window, clock } = await windowed(UNASKED);
  let requests = 0;
  const working = bench.engine.send(
    'write',
    scripted((_, turn) => {
      requests += 1;
      if (turn === 0) window.become(false); // it goes while the model speaks
      return turn < 2 ? write(`${turn}.txt`) : { text: 'done' };
    }),
  );
  await expect.poll(() => types(bench), { timeout: 90_000 }).toContain('unattended');
  await expect.poll(() => bench.engine.view().run?.state, { timeout: 90_000 }).toBe('waiting');
  clock.hourPasses();
  expect(requests).toBe(1);
  expect(existsSync(join(bench.folder, '0.txt'))).toBe(false);
  expect(await types(bench)).not.toContain('started');
  window.become(true);
  await working;
  expect(bench.engine.view().run).toMatchObject({ state: 'finished' });
  expect(existsSync(join(bench.folder, '1.txt'))).toBe(true);
  expect((await types(bench)).filter((type) => /attended/.test(type))).toEqual(['unattended', 'attended']);
});

test('nothing is asked of nobody; a question that waits stays one, and is answered by no time', async () => {
  const { bench, window, clock } = await windowed();
  window.become(false);
  const working = bench.engine.send('write', scripted([write('a.txt')]));
  await expect.poll(() => types(bench), { timeout: 90_000 }).toContain('unattended');
  expect(bench.engine.view().approvals).toEqual([]);
  window.become(true);
  await expect.poll(() => bench.engine.view().approvals.length, { timeout: 90_000 }).toBe(1);
  window.become(false);
  clock.hourPasses();
  const [approval] = bench.engine.view().approvals;
  expect(await types(bench)).not.toContain('answered');
  window.become(true);
  bench.engine.answer(
    approval?.id ?? '',
    approval?.digest ?? '',
    { choice: 'approve' },
    { by: 'person', at: 'editor' },
  );
  await working;
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(true);
});

test('a run that waits for a window can be stopped', async () => {
  const { bench, window } = await windowed();
  window.become(false);
  const working = bench.engine.send('write', scripted([write('a.txt')]));
  await expect.poll(() => types(bench), { timeout: 90_000 }).toContain('unattended');
  await bench.engine.stop('enough');
  await working;
  expect(bench.engine.view().run).toMatchObject({ state: 'stopped' });
  expect(await types(bench)).not.toContain('turn_started');
});

test('with no window nothing is asked anew beside what waits; it is when the window is back', async () => {
  const { bench, window } = await windowed();
  const calls = ['a.txt', 'b.txt', 'c.txt'].flatMap((path) => write(path).calls ?? []);
  const { engine } = bench;
  const waiting = (): string[] => engine.view().approvals.map(({ title }) => title);
  const at = (place: number): Approval => {
    const found = engine.view().approvals.find(({ reply }) => reply?.place === place);
    if (!found) throw new Error(`nothing waits at ${place}: ${waiting().join(', ')}`);
    return found;
  };
  const running = bench.run([{ calls }]);
  await expect.poll(() => waiting().length, LONG).toBe(3);
  const before = at(3);
  await plant(bench.folder, { 'c.txt': 'somebody else’s\n' });
  window.become(false);
  engine.answer(at(1).id, at(1).digest, { choice: 'deny' }, IN_EDITOR);
  await expect.poll(() => types(bench), LONG).toContain('unattended');
  expect(at(3), 'as it was asked').toEqual(before);
  window.become(true);
  await expect.poll(() => at(3).digest, LONG).not.toBe(before.digest);
  for (const place of [2, 3]) engine.answer(at(place).id, at(place).digest, { choice: 'deny' }, IN_EDITOR);
  const kinds = (await running).map(({ type }) => type);
  expect(kinds.filter((type) => type === 'asked')).toHaveLength(4);
});

import { expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { EditorWitness } from '../../src/vscode/editorWitness.ts';

type Values = Record<string, unknown>;

/**
 * The editor's storage as its windows have it (extHostMemento.ts): each holds all of it, writes all of it, and learns what
 * another one wrote a moment later.
 */
class SharedStorage {
  values: Values = {};
  readonly #windows: ((values: Values) => void)[] = [];

  window(): vscode.Memento {
    let held = this.values;
    this.#windows.push((values) => {
      held = values;
    });
    return {
      keys: () => Object.keys(held).filter((key) => held[key] !== undefined),
      get: <T>(key: string, otherwise?: T) => (held[key] as T | undefined) ?? otherwise,
      update: (key: string, value: unknown) => {
        held = { ...held, [key]: value };
        this.values = held;
        return Promise.resolve();
      },
    };
  }

  /** All windows hear of what was written last. */
  tell(): void {
    for (const hear of this.#windows) hear(this.values);
  }
}

const head = (seq: number, log = 'log'): Parameters<EditorWitness['note']>[0] => ({
  ...{ place: 'here', log, seq, hash: `hash of ${seq}` },
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString(),
});
const seqs = async (witness: EditorWitness): Promise<number[]> =>
  (await witness.heads()).map(({ seq }) => seq).sort((a, b) => a - b);

test('two windows that note heads at once both keep theirs, whoever wrote last', async () => {
  vi.useFakeTimers();
  try {
    const storage = new SharedStorage();
    const [one, two] = [new EditorWitness(storage.window(), 'one'), new EditorWitness(storage.window(), 'two')];
    await one.note(head(1));
    await two.note(head(2)); // it has not heard of the first
    storage.tell();
    // That is how it would be lost for whoever reads later.
    expect(await seqs(new EditorWitness(storage.window(), 'reader'))).toEqual([2]);
    await vi.advanceTimersByTimeAsync(2000);
    storage.tell();
    await vi.advanceTimersByTimeAsync(2000);
    expect(await seqs(new EditorWitness(storage.window(), 'reader'))).toEqual([1, 2]);
  } finally {
    vi.useRealTimers();
  }
});

test('heads of an earlier version count, and what is no head does not', async () => {
  const storage = new SharedStorage();
  storage.values = { 'oversign.heads': [head(7), { seq: 'no' }], 'oversign.heads.x': 'broken', other: [head(9)] };
  expect(await seqs(new EditorWitness(storage.window(), 'new'))).toEqual([7]);
});

test('of many windows that are gone the furthest head of each log stays, and the storage does not grow', async () => {
  const storage = new SharedStorage();
  for (let window = 1; window <= 80; window += 1) {
    const witness = new EditorWitness(storage.window(), String(window));
    await witness.note(head(window, window % 2 === 0 ? 'even' : 'odd'));
    storage.tell();
  }
  expect(Object.values(storage.values).filter((value) => value !== undefined).length).toBeLessThanOrEqual(31);
  const found = await new EditorWitness(storage.window(), 'reader').heads();
  for (const [log, seq] of [
    ['even', 80],
    ['odd', 79],
  ] as const)
    expect(found.filter((one) => one.log === log).map((one) => one.seq)).toContain(seq);
  // None is made up.
  expect(found.every((one) => one.hash === `hash of ${one.seq}`)).toBe(true);
});

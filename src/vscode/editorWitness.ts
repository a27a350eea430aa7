import type * as vscode from 'vscode';

const KEY = 'oversign.heads';
const MOST = 500;

interface Head {
  place: string;
  log: string;
  seq: number;
  hash: string;
  time: string;
}

/** The editor's own storage as a witness: apart from the log, though on the same disk as a rule. It lasts. */
export class EditorWitness {
  readonly name = 'the editor’s storage';
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  async note(head: Head): Promise<void> {
    const { place, log, seq, hash, time } = head;
    await this.#memento.update(KEY, [...this.#stored(), { place, log, seq, hash, time }].slice(-MOST));
  }

  heads(): Promise<Head[]> {
    return Promise.resolve(this.#stored());
  }

  #stored(): Head[] {
    const stored = this.#memento.get<unknown>(KEY);
    return Array.isArray(stored) ? stored.filter(isHead) : [];
  }
}

/** By hand: no schema library is loaded at the editor's start. */
function isHead(value: unknown): value is Head {
  if (typeof value !== 'object' || value === null) return false;
  const head = value as Partial<Record<keyof Head, unknown>>;
  return (
    [head.place, head.log, head.hash, head.time].every((one) => typeof one === 'string') &&
    Number.isSafeInteger(head.seq)
  );
}

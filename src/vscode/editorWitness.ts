import type * as vscode from 'vscode';

const KEY = 'oversign.heads';
/** Of one window. */
const MOST = 100;
/** Windows whose heads stand each for itself; of older ones the newest head is kept by whoever comes later. */
const MOST_WINDOWS = 30;
/** When it is looked whether another window wrote over what was noted. */
const CONFIRM_MS = 1500;

interface Head {
  place: string;
  log: string;
  seq: number;
  hash: string;
  time: string;
}

/**
 * The editor's own storage as a witness: apart from the log, though on the same disk as a rule. It lasts. All windows share
 * it, and each writes the whole of it with its last writes: so each window has a key of its own, keeps what it noted, and
 * looks afterwards whether that still stands there.
 */
export class EditorWitness {
  readonly name = 'the editor’s storage';
  readonly #memento: vscode.Memento;
  readonly #key: string;
  readonly #confirmMs: number;
  #mine: Head[] = [];
  #confirming: NodeJS.Timeout | undefined;

  /** `window`: a name that no other window has. */
  constructor(memento: vscode.Memento, window: string, confirmMs = CONFIRM_MS) {
    this.#memento = memento;
    this.#key = `${KEY}.${window}`;
    this.#confirmMs = confirmMs;
  }

  async note(head: Head): Promise<void> {
    const { place, log, seq, hash, time } = head;
    this.#mine = [...this.#mine, { place, log, seq, hash, time }].slice(-MOST);
    await this.#fold();
    await this.#write();
    this.#confirm();
  }

  heads(): Promise<Head[]> {
    const others = this.#keys().filter((key) => key !== this.#key);
    return Promise.resolve([...others.flatMap((key) => this.#stored(key)), ...this.#mine]);
  }

  async #write(): Promise<void> {
    await this.#memento.update(this.#key, this.#mine);
  }

  /** A window that wrote at the same moment did not know of this; once it is known of, it stays. */
  #confirm(): void {
    clearTimeout(this.#confirming);
    this.#confirming = setTimeout(() => {
      if (JSON.stringify(this.#stored(this.#key)) === JSON.stringify(this.#mine)) return;
      this.#write().then(
        () => {
          this.#confirm();
        },
        () => undefined, // the next head is told by itself
      );
    }, this.#confirmMs);
    this.#confirming.unref();
  }

  /** Of windows that are long gone the newest head of each log is taken over; one that lives writes its own again. */
  async #fold(): Promise<void> {
    const others = this.#keys().filter((key) => key !== this.#key && key !== KEY);
    if (others.length < MOST_WINDOWS) return;
    const oldestFirst = others
      .map((key) => ({ key, heads: this.#stored(key) }))
      .sort((a, b) => (a.heads.at(-1)?.time ?? '').localeCompare(b.heads.at(-1)?.time ?? ''));
    const folded = oldestFirst.slice(0, others.length - MOST_WINDOWS + 1);
    this.#mine = [...newestOf(folded.flatMap(({ heads }) => heads)), ...this.#mine].slice(-MOST);
    await this.#write(); // before the others go
    for (const { key } of folded) await this.#memento.update(key, undefined);
  }

  /** Of all windows, and of versions that had one for all. */
  #keys(): string[] {
    return this.#memento.keys().filter((key) => key === KEY || key.startsWith(`${KEY}.`));
  }

  #stored(key: string): Head[] {
    const stored = this.#memento.get<unknown>(key);
    return Array.isArray(stored) ? stored.filter(isHead) : [];
  }
}

/** The furthest head of each log in each place. */
function newestOf(heads: readonly Head[]): Head[] {
  const newest = new Map<string, Head>();
  for (const head of heads) {
    const of = JSON.stringify([head.place, head.log]);
    if ((newest.get(of)?.seq ?? -1) < head.seq) newest.set(of, head);
  }
  return [...newest.values()];
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

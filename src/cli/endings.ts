import { errorWords, onFault } from './faults.ts';
import type { StoppedBy } from '../shared/answered.ts';

/** What wants the work to end: what it was, as it is recorded, and in words. */
export interface EndingCause {
  from: StoppedBy;
  words: string;
}

const PARENT_EVERY_MS = 1000;
const HANGUP_MS = 300;

/** Signals that would end a process as it stands, and that it can hear of (signal(7)). */
const SIGNALS = {
  SIGHUP: 'The terminal was closed (SIGHUP).',
  SIGINT: 'Ctrl+C, or another program, ended it (SIGINT).',
  SIGQUIT: 'Ctrl+\\, or another program, ended it (SIGQUIT).',
  SIGTERM: 'Another program ended it (SIGTERM).',
  SIGABRT: 'Another program ended it (SIGABRT).',
  SIGALRM: 'Another program ended it (SIGALRM).',
  SIGUSR1: 'Another program ended it (SIGUSR1).',
  SIGUSR2: 'Another program ended it (SIGUSR2).',
  SIGXCPU: 'The system ended it: its processor time was used up (SIGXCPU).',
} as const satisfies Partial<Record<NodeJS.Signals, string>>;
type EndingSignal = keyof typeof SIGNALS;

/**
 * Everything that ends the command line from outside, and can be caught, in one place: whatever it is, what runs is
 * ended and looked after in the same way, and the first cause is the one that is told. Watches from the moment it is
 * made; `close` gives signals back what they do otherwise.
 */
export class Endings implements Disposable {
  readonly #stop = new AbortController();
  readonly #undo: (() => void)[] = [];
  readonly #listeners = new Set<(cause: EndingCause) => void>();
  #cause: EndingCause | undefined;

  constructor() {
    for (const name of Object.keys(SIGNALS) as EndingSignal[])
      this.#on(process, name, () => {
        this.end({ from: { by: 'signal', signal: name }, words: SIGNALS[name] });
      });
    for (const stream of ['stdout', 'stderr'] as const)
      this.#on(process[stream], 'error', (error) => {
        if (codeOf(error) === 'EIO') this.terminalGone();
        else this.end({ from: { by: 'output' }, words: outputWords(stream, error) });
      });
    this.#watchParent();
    this.#undo.push(
      onFault(() => {
        this.end({ from: { by: 'fault' }, words: 'A fault of Oversign ended it.' });
      }),
    );
  }

  /** What came first; undefined while nothing has. */
  get cause(): EndingCause | undefined {
    return this.#cause;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Is told of the first cause, at once where there is one already. */
  onEnding(listener: (cause: EndingCause) => void): void {
    this.#listeners.add(listener);
    if (this.#cause) listener(this.#cause);
  }

  end(cause: EndingCause): void {
    if (this.#cause) return;
    this.#cause = cause;
    this.#stop.abort();
    for (const listener of this.#listeners) listener(cause);
  }

  /** Its signal comes a moment later, where one comes: one cause has one name. */
  terminalGone(): void {
    setTimeout(() => {
      this.end({ from: { by: 'terminal' }, words: 'The terminal is gone.' });
    }, HANGUP_MS);
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #on(source: NodeJS.EventEmitter, name: string, listener: (error: unknown) => void): void {
    source.on(name, listener);
    this.#undo.push(() => source.off(name, listener));
  }

  /** Whoever is left alone by what started it has nobody to answer to. One that was alone from the beginning was meant so. */
  #watchParent(): void {
    const parent = process.ppid;
    if (parent <= 1) return;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      this.end({ from: { by: 'parent' }, words: 'The program that had started it ended.' });
    }, PARENT_EVERY_MS);
    timer.unref();
    this.#undo.push(() => {
      clearInterval(timer);
    });
  }
}

/** Why nothing can be written to a stream any more. */
export function outputWords(stream: 'stdout' | 'stderr', error: unknown): string {
  const name = stream === 'stdout' ? 'Standard output' : 'Standard error';
  switch (codeOf(error)) {
    case 'EPIPE':
      return `${name} cannot be written any more: whatever read it has ended (EPIPE).`;
    case 'EIO':
      return `${name} cannot be written any more: its terminal is gone (EIO).`;
    case 'ENOSPC':
      return `${name} cannot be written any more: no room is left there (ENOSPC).`;
    default:
      return `${name} cannot be written any more (${errorWords(error)}).`;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

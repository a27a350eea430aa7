import type { ReadStream } from 'node:tty';
import type { Asker, Question } from './asker.ts';
import { terminalName } from './terminalName.ts';
import { TypedLine } from './typedLine.ts';

/** How long nothing may come in before a question can be answered, in milliseconds. A key that is held down repeats
 * sooner than that, on every system's usual setting. */
const SETTLE_MS = 800;

const DROPPED = 'What you typed before the question was dropped.';
const PASTED = 'What was pasted was dropped: an answer is typed.';

const PASTES_MARKED = '\u001b[?2004h';
const PASTES_UNMARKED = '\u001b[?2004l';

/** Who hears of what happens at a terminal, besides answers. */
export interface TerminalListener {
  /** It is gone; what is asked is open until it is taken back. Without this it has no answer. */
  onGone?: () => void;
  /** A person pressed Ctrl+C at a question; without this it is as the signal. */
  onInterrupt?: (place: string | undefined) => void;
}

/** The open question, and how far it is. */
interface Open {
  question: Question;
  resolve: (line: string | undefined) => void;
  state: { kind: 'settling'; timer: NodeJS.Timeout | undefined } | { kind: 'armed'; line: TypedLine };
}

/**
 * A person at a terminal. An answer is a line that was begun after the whole question had been shown and nothing had
 * been typed for a moment; whatever came before, half a line in the terminal's own buffer included, is dropped.
 *
 * While a question is open the terminal hands over each key at once (raw mode): only so can half a line be taken out
 * of its buffer. Otherwise it stays as it was, so that Ctrl+C and Ctrl+Z work whatever this process does.
 */
export class TerminalAsker implements Asker {
  readonly answersBy = 'person';
  readonly place = terminalName();
  readonly #input: ReadStream;
  readonly #write: (text: string) => void;
  readonly #told: TerminalListener;
  readonly #decoder = new TextDecoder();
  #open: Open | undefined;
  #note: string | undefined;
  /** How often something came in. */
  #came = 0;
  #ended = false;
  #isSuspended = false;

  constructor(input: ReadStream, write: (text: string) => void, told: TerminalListener = {}) {
    this.#input = input;
    this.#write = write;
    this.#told = told;
    input.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onEnd);
    input.resume();
  }

  ask(question: Question, signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted === true || (this.#ended && !this.#told.onGone)) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const open: Open = { question, resolve, state: { kind: 'settling', timer: undefined } };
      this.#open = open;
      process.on('SIGCONT', this.#onContinue).on('SIGTSTP', this.#onSuspend).on('exit', this.#onExit);
      signal?.addEventListener('abort', () => {
        if (this.#open === open) this.#close(undefined);
      });
      if (!this.#ended) this.#show();
    });
  }

  close(): void {
    this.#close(undefined);
    this.#input.off('data', this.#onData).pause();
    if (this.#input !== process.stdin) this.#input.destroy(); // or the process would wait for it
  }

  /** Shows the question from its beginning, and waits until nothing is typed any more. */
  #show(): void {
    const open = this.#open;
    if (!open) return;
    this.#write(open.question.text);
    this.#input.setRawMode(false); // whoever had the terminal meanwhile may have set it otherwise
    this.#input.setRawMode(true);
    this.#write(PASTES_MARKED);
    this.#settle(open);
  }

  #settle(open: Open): void {
    calm(open);
    const before = this.#came;
    const timer = setTimeout(() => {
      // Timers come before input where this process was busy: what lies there is taken first.
      setImmediate(() => {
        if (this.#open !== open || open.state.kind !== 'settling' || open.state.timer !== timer) return;
        if (this.#came !== before) this.#settle(open);
        else this.#arm(open);
      });
    }, SETTLE_MS);
    open.state = { kind: 'settling', timer };
  }

  #arm(open: Open): void {
    open.state = { kind: 'armed', line: new TypedLine(open.question.isMessage === true) };
    this.#write(`${this.#note === undefined ? '' : `${this.#note}\n`}${open.question.prompt}`);
    this.#note = undefined;
  }

  readonly #onData = (bytes: Uint8Array | string): void => {
    const chunk = typeof bytes === 'string' ? bytes : this.#decoder.decode(bytes, { stream: true });
    this.#came += 1;
    const open = this.#open;
    if (open?.state.kind === 'armed') {
      this.#take(open, open.state.line, chunk);
      return;
    }
    this.#note ??= DROPPED;
    if (!open) return;
    // Raw mode hands over these, too, which the terminal sees to otherwise.
    if (chunk.includes('\u0003')) this.#interrupt();
    else if (chunk.includes('\u001a')) this.#suspend();
    else this.#settle(open);
  };

  #take(open: Open, line: TypedLine, chunk: string): void {
    const typed = line.feed(chunk);
    switch (typed.kind) {
      case 'more':
        this.#write(typed.echo);
        return;
      case 'line':
        this.#write('\n');
        this.#close(typed.text);
        return;
      case 'paste':
        this.#note = PASTED;
        this.#write('\n');
        this.#settle(open);
        return;
      case 'end':
        // Ctrl+D: a person who is there has nothing to say.
        this.#write('\n');
        this.#close('');
        return;
      case 'interrupt':
        this.#interrupt();
        return;
      case 'suspend':
        this.#suspend();
        return;
    }
  }

  #close(line: string | undefined): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    calm(open);
    this.#leave();
    process.off('SIGCONT', this.#onContinue).off('SIGTSTP', this.#onSuspend).off('exit', this.#onExit);
    open.resolve(line);
  }

  /** The terminal as it was. */
  #leave(): void {
    this.#write(PASTES_UNMARKED);
    if (!this.#input.destroyed) this.#input.setRawMode(false);
  }

  #interrupt(): void {
    calm(this.#open);
    this.#leave();
    this.#write('\n');
    if (this.#told.onInterrupt) this.#told.onInterrupt(this.place);
    else if (process.listenerCount('SIGINT') > 0) process.emit('SIGINT');
    else process.kill(process.pid, 'SIGINT');
  }

  /** As the terminal would: the whole job stops. */
  #suspend(): void {
    if (process.platform !== 'win32') process.kill(0, 'SIGTSTP');
  }

  /** Stops for real, with the terminal as it was; where no shell could continue it, nothing stops. */
  readonly #onSuspend = (): void => {
    this.#isSuspended = true;
    calm(this.#open);
    this.#leave();
    process.off('SIGTSTP', this.#onSuspend);
    process.kill(process.pid, 'SIGTSTP');
    setTimeout(() => {
      setImmediate(() => {
        if (this.#isSuspended) this.#onContinue();
      });
    }, 50);
  };

  /** Whoever had the terminal meanwhile wrote over the question: it is shown and waits anew. */
  readonly #onContinue = (): void => {
    const open = this.#open;
    if (!open) return;
    if (this.#isSuspended) process.on('SIGTSTP', this.#onSuspend);
    this.#isSuspended = false;
    this.#show();
  };

  /** The terminal is gone: nobody said no. Whoever is told of it takes back what is asked. */
  readonly #onEnd = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#told.onGone) this.#told.onGone();
    else this.#close(undefined);
  };

  readonly #onExit = (): void => {
    this.#leave();
  };
}

/** Nothing becomes of a question by itself. */
function calm(open: Open | undefined): void {
  if (open?.state.kind === 'settling') clearTimeout(open.state.timer);
}

import type * as vscode from 'vscode';
import { FileWatch } from '../vscode/fileWatch.ts';
import type { Session } from './session.ts';

/** A refused sandbox is known to be so for ten seconds (node/sandbox/machineHere.ts). */
const LOOK_AGAIN_MS = 15_000;
/** A run of another window writes many events a second. */
const LOG_MS = 1000;

/** What a window does when others have changed something. */
interface Told {
  /** What is in force may be another thing. */
  look(): void;
  /** The log may hold more. */
  logged(): void;
}

/**
 * What others change that this window shows: policy files and the list of accepted ones (git, another editor or window, a
 * terminal, an administrator), the log, and the machine, of which nobody tells: while it lacks something, it is looked at
 * now and then.
 */
export class Outside implements vscode.Disposable {
  readonly #told: Told;
  readonly #policies: FileWatch;
  readonly #log: FileWatch;
  #soon: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(told: Told) {
    this.#told = told;
    this.#policies = new FileWatch(() => {
      told.look();
    });
    this.#log = new FileWatch(() => {
      this.#soon ??= setTimeout(() => {
        this.#soon = undefined;
        told.logged();
      }, LOG_MS);
    });
  }

  /** After each look: other files may bind by now, as a repository was begun above, or a link leads elsewhere. */
  follow(session: Session, isLacking: boolean): void {
    this.#policies.follow(session.policyFiles);
    this.#log.follow([session.logFile]);
    clearTimeout(this.#later);
    if (!isLacking) return;
    this.#later = setTimeout(() => {
      this.#told.look();
    }, LOOK_AGAIN_MS).unref();
  }

  dispose(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#later);
    this.#policies.dispose();
    this.#log.dispose();
  }
}

import { choiceRefusal, type BackendChoice } from '../../core/sandbox/choice.ts';
import type { BrokenOff, FolderRules, OpenSandbox, OpenSandboxes, Sandbox } from '../../core/sandbox/port.ts';
import { Refusal } from '../../core/outcome.ts';
import type { BackendPlace, ConfiningBackend } from './backend.ts';
import { CONFINING } from './backends.ts';
import { FirstThatWorks } from './firstThatWorks.ts';

/** The sandboxes that this machine can have: the one place where one is chosen. */
export class Confining implements OpenSandboxes {
  readonly #place: BackendPlace;
  readonly #all: readonly ConfiningBackend[];
  readonly #platform: NodeJS.Platform;
  readonly #opened = new Map<ConfiningBackend, OpenSandbox>();
  readonly #chosen = new Map<BackendChoice, Sandbox>();
  #runs = 0;

  constructor(
    place: BackendPlace,
    all: readonly ConfiningBackend[] = Object.values(CONFINING),
    platform = process.platform,
  ) {
    this.#place = place;
    this.#all = all;
    this.#platform = platform;
  }

  chosen(choice: BackendChoice): Sandbox {
    const sandbox = this.#chosen.get(choice) ?? this.#choose(choice);
    this.#chosen.set(choice, sandbox);
    return sandbox;
  }

  async recover(): Promise<void> {
    for (const sandbox of this.#fitting(this.#all)) await sandbox.recover();
  }

  async finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]> {
    const found: BrokenOff[] = [];
    for (const sandbox of this.#fitting(this.#all)) found.push(...(await sandbox.finishBrokenOff(rules)));
    return found;
  }

  brokenOffElsewhere(folders: readonly string[]): string[] {
    return this.#fitting(this.#all).flatMap((sandbox) => sandbox.brokenOffElsewhere(folders));
  }

  async begin(run: string): Promise<() => Promise<void>> {
    const ends: (() => Promise<void>)[] = [];
    const end = async (): Promise<void> => {
      this.#runs -= 1;
      const ended = await Promise.allSettled(ends.map((one) => one()));
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
    };
    this.#runs += 1;
    try {
      for (const sandbox of this.#fitting(this.#all)) ends.push(await sandbox.begin(run));
      return end;
    } catch (error) {
      await end().catch(() => undefined); // it is told why it cannot begin
      throw error;
    }
  }

  isStandIn(path: string): boolean {
    return [...this.#opened.values()].some((sandbox) => sandbox.isStandIn(path));
  }

  forget(): void {
    for (const sandbox of this.#opened.values()) sandbox.forget();
    // A run at work keeps the sandbox that its questions named.
    if (this.#runs === 0) this.#chosen.clear();
  }

  async close(): Promise<void> {
    for (const sandbox of this.#opened.values()) await sandbox.close();
  }

  #choose(choice: BackendChoice): Sandbox {
    const refusal = choiceRefusal(choice);
    if (refusal) return refused(refusal);
    const [first, ...others] = this.#fitting(this.#all.filter((one) => choice === 'auto' || one.choice === choice));
    if (!first) return refused({ cause: `There is no ${choice} sandbox.`, fix: 'Set sandbox.backend: auto.' });
    return others.length === 0 ? first : new FirstThatWorks([first, ...others]);
  }

  /** Those that a system such as this one can have; where it can have none the first, whose status says why. */
  #fitting(named: readonly ConfiningBackend[]): OpenSandbox[] {
    const fitting = named.filter((backend) => backend.whyNot(this.#platform) === undefined);
    return (fitting.length > 0 ? fitting : named.slice(0, 1)).map((backend) => {
      const sandbox = this.#opened.get(backend) ?? backend.open(this.#place);
      this.#opened.set(backend, sandbox);
      return sandbox;
    });
  }
}

/** No sandbox, also for whoever did not ask for its status. A command can be described for it, to be refused. */
function refused({ cause, fix }: { cause: string; fix: string }): Sandbox {
  return {
    status: () => Promise.resolve({ works: false, cause, fix }),
    environment: () => Promise.resolve({}),
    run: () => Promise.reject(new Refusal(`${cause} ${fix}`)),
  };
}

import type { Assignment, ParsedScript } from 'unbash';
import { assigned, setSpecial } from './assignments.ts';
import { changeOfFolder } from './builtins.ts';
import type { Effort } from './effort.ts';
import type { Expansion } from './expand.ts';
import type { Findings } from './findings.ts';
import { plainOutput } from './plainOutput.ts';
import {
  builtInVariable,
  copyOf,
  either,
  eitherFolder,
  initialState,
  startFolder,
  isSpecialVariable,
  type ShellState,
} from './shellState.ts';
import { known, unknown, type Word } from './word.ts';

/** Where a shell starts. `isTop`: at the top of a git work tree. */
export interface ShellStart {
  folders: ShellState['folders'];
  /** What `.` is, whole and real, where that is known. */
  start?: string | undefined;
  isTop: boolean;
  /** What TMPDIR says there, where that is known. */
  temporary?: string | undefined;
  effort: Effort;
}

/** The shell at some point of a command line: what is known of its variables and folders, and how that changes. */
export class Shell implements Expansion {
  readonly effort: Effort;
  readonly #findings: Findings;
  readonly #start: string | undefined;
  readonly #isTop: boolean;
  readonly #walk: (script: ParsedScript, isFed: boolean) => void;
  #state: ShellState;

  /** `walk`: what a substitution runs; `isFed`: with what a program writes. */
  constructor(
    findings: Findings,
    { folders, start, isTop, temporary, effort }: ShellStart,
    walk: (script: ParsedScript, isFed: boolean) => void,
  ) {
    this.effort = effort;
    this.#findings = findings;
    this.#start = start;
    this.#isTop = isTop;
    this.#walk = walk;
    this.#state = initialState(folders);
    if (temporary !== undefined) this.#state.variables.set('TMPDIR', known(temporary));
  }

  get folders(): ShellState['folders'] {
    return this.#state.folders;
  }

  anyVariable(): void {
    this.#findings.variable('*');
  }

  doubt(why: string): void {
    this.#findings.doubt(why);
  }

  sets(name: string, why: string): void {
    this.#findings.sets(name, why);
  }

  unread(why: string): void {
    this.#findings.unread(why);
  }

  willRun(text: Word): void {
    this.#findings.shell(text);
  }

  variable(name: string): Word | undefined {
    const value = this.#state.variables.get(name) ?? builtInVariable(name, this.#state.folders);
    if (!value && /^\w/.test(name)) this.#findings.variable(name);
    return value;
  }

  substituted(script: ParsedScript, isFed: boolean): Word {
    this.apart(() => {
      this.#walk(script, isFed);
    });
    return plainOutput(script, startFolder(this.#state.folders), this.#isTop) ?? unknown('');
  }

  forget(name: string): void {
    this.#state.variables.delete(name);
  }

  forgetVariables(): void {
    this.#state.variables.clear();
  }

  forgetFolder(): void {
    this.#state.folders = undefined;
  }

  /** Nothing is known any more. */
  forgetAll(): void {
    this.#state = initialState(undefined);
  }

  /** Sets a variable to what is known of its value, in a loop. */
  set(name: string, value: Word): void {
    if (value.kind === 'unknown' || isSpecialVariable(name)) this.forget(name);
    else this.#state.variables.set(name, value);
    if (isSpecialVariable(name)) setSpecial(name, value, this);
  }

  /** Sets a variable by an assignment; one after the other, each may use the one before. */
  assign(one: Assignment): void {
    const value = assigned(one, this);
    if (isSpecialVariable(one.name)) setSpecial(one.name, value, this);
    if (
      one.index ||
      one.append === true ||
      one.value.type === 'ArrayValue' ||
      value.kind === 'unknown' ||
      isSpecialVariable(one.name)
    )
      this.forget(one.name);
    else this.#state.variables.set(one.name, value);
  }

  /** Changes folder, if `cd` succeeds; returns where it is then. */
  cd(args: readonly Word[]): ShellState['folders'] {
    const { folders } = this.#state;
    const move = changeOfFolder(args, folders, this.#start);
    for (const folder of move.folders ?? []) this.effort.text(folder.length);
    if (move.doubt !== undefined) this.doubt(move.doubt);
    if (move.target) this.#findings.path(move.target, 'list', folders);
    this.#state.folders = eitherFolder(folders, move.folders);
    return move.folders;
  }

  /** It is in these folders: the `cd` to them has succeeded. */
  isIn(folders: readonly string[]): void {
    this.#state.folders = folders;
  }

  /** As it is now, to go back to. */
  kept(): ShellState {
    this.effort.step(1 + (this.#state.variables.size >> 2));
    return copyOf(this.#state);
  }

  /** One of these is how it stands now: what is known is what all of them agree on. */
  isOneOf(states: readonly ShellState[]): void {
    this.#state = copyOf(states.reduce(either));
  }

  /** In a shell of its own: what it changes is gone afterwards. */
  apart(walk: () => void): void {
    const before = this.kept();
    walk();
    this.#state = before;
  }

  /** One of these happens, and nobody knows which. */
  branches(walks: readonly (() => void)[]): void {
    const before = this.kept();
    let after: ShellState | undefined;
    for (const walk of walks) {
      this.effort.step(1 + (before.variables.size >> 2));
      this.#state = copyOf(before);
      walk();
      after = after ? either(after, this.#state) : this.#state;
    }
    this.#state = after ?? before;
  }
}

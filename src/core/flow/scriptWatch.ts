import type { Action } from '../../shared/action.ts';
import { kindOf } from '../kinds/table.ts';
import { isInside } from '../scope/spelling.ts';

/**
 * Whether this run may have changed what a command means. Scripts, Makefiles and their like are remembered as they
 * were before the run changed anything; what its tools wrote, and what differs after a command that could write, has
 * lost its known meaning. A run that was resumed knows of nothing as it was before.
 */
export class ScriptWatch {
  readonly #before = new Map<string, string>();
  readonly #touched = new Set<string>();
  #mayHaveChanged: boolean;

  constructor(isResumed: boolean) {
    this.#mayHaveChanged = isResumed;
  }

  /** Tells how a file stands now; counts only until a command that can write has run. */
  seen(path: string, digest: string): void {
    if (!this.#mayHaveChanged && !this.#before.has(path)) this.#before.set(path, digest);
  }

  /** Whether this run may have changed anything at all. */
  get hasChanges(): boolean {
    return this.#mayHaveChanged || this.#touched.size > 0;
  }

  isChanged(path: string, digest: string): boolean {
    return this.isTouched(path) || (this.#mayHaveChanged && this.#before.get(path) !== digest);
  }

  /** Whether a tool of this run wrote, moved or deleted it. */
  isTouched(path: string): boolean {
    for (const touched of this.#touched) if (isInside(touched, path) || isInside(path, touched)) return true;
    return false;
  }

  /** An action is about to happen. */
  performing(action: Action): void {
    const footprint = kindOf(action).footprint(action);
    switch (footprint.kind) {
      case 'nothing':
        return;
      case 'paths':
        for (const { path } of footprint.before) this.#touched.add(path);
        return;
      case 'anything':
        this.#mayHaveChanged = true;
        return;
    }
  }
}

import type { Engine } from '../core/engine/engine.ts';
import { Forbidden } from '../core/scope/guard.ts';
import type { Scope } from '../core/scope/scope.ts';
import { Failure } from '../core/outcome.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { visibleLine } from '../shared/visible.ts';

/** What a path in somebody's words turned out to be. */
type Named = { kind: 'file'; path: string } | { kind: 'absent' | 'outside' | 'denied' };

/**
 * The files that the agent's words name. Its words are no command of the person's: what lies outside the workspace, or is
 * kept from the agent, is neither looked for nor opened for them.
 */
export class NamedFiles {
  readonly #engine: Engine;
  readonly #node: NodeParts;

  constructor(engine: Engine, node: NodeParts) {
    this.#engine = engine;
    this.#node = node;
  }

  /** Which of these are files of the workspace. */
  async find(paths: readonly string[]): Promise<{ there: string[]; absent: string[] }> {
    const found = { there: [] as string[], absent: [] as string[] };
    const scope = await this.#scope().catch(() => undefined); // what does not hold says so itself
    for (const path of paths) {
      const isThere = scope !== undefined && (await this.#named(path, scope)).kind === 'file';
      found[isThere ? 'there' : 'absent'].push(path);
    }
    return found;
  }

  /**
   * Those of some whole paths that a task may be offered to speak of: what is kept from the agent is none of them. Judged
   * by their names; what a link leads to is judged where the agent reads it.
   */
  async offered(paths: readonly string[]): Promise<string[]> {
    const scope = await this.#scope().catch(() => undefined);
    return scope === undefined ? [] : paths.filter((path) => !scope.isHidden(scope.meant(path)));
  }

  /** The real path of a file to be opened. Throws `Failure` with the reason where it is not to be. */
  async opened(spelling: string): Promise<string> {
    const named = await this.#named(spelling, await this.#scope());
    const shown = visibleLine(spelling);
    switch (named.kind) {
      case 'file':
        return named.path;
      case 'absent':
        throw new Failure(`${shown} is not there, or is no file. It may have been moved since.`);
      case 'outside':
        throw new Failure(`${shown} lies outside the workspace. Links of the agent open files inside it only.`);
      case 'denied':
        throw new Failure(`${shown} is denied by your policy. Open it from the Explorer.`);
    }
  }

  async #scope(): Promise<Scope> {
    return (await this.#engine.profile()).scope;
  }

  async #named(spelling: string, scope: Scope): Promise<Named> {
    const [folder] = this.#node.parts.roots;
    if (folder === undefined) return { kind: 'absent' };
    // Another machine's, or none at all: not even looked at.
    if (/^(\/\/|\\\\|~)|\0/.test(spelling)) return { kind: 'outside' };
    if (spelling.startsWith('/') && !isBelow(spelling, scope)) return { kind: 'outside' };
    try {
      const { path, kind } = await this.#node.parts.files(() => scope).look(scope.meant(spelling), folder, 'followed');
      if (scope.rootOf(path) === undefined) return { kind: 'outside' };
      if (scope.isHidden(path)) return { kind: 'denied' };
      return kind === 'file' ? { kind: 'file', path } : { kind: 'absent' };
    } catch (error) {
      if (error instanceof Forbidden) return { kind: error.decision.rule === 'scope' ? 'outside' : 'denied' };
      return { kind: 'absent' }; // a name that is none, a link in circles, a folder that may not be entered
    }
  }
}

/** Whether a whole path is spelled as one of the workspace, whatever links on the way make of it. */
function isBelow(spelling: string, scope: Scope): boolean {
  return scope.rootOf(spelling) !== undefined;
}

import { readdirSync } from 'node:fs';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import type { OwnFolders } from '../folders.ts';
import { entryAt } from './entries.ts';
import { gitOutside } from './gitOutside.ts';
import { generalConfiguration } from './gitSources.ts';
import { gitTargets } from './gitTargets.ts';
import { scriptsOfHooks } from './hookScripts.ts';
import { repositoriesBelow, type Found } from './repositories.ts';

const FRESH_MS = 10_000;

/**
 * What git runs, includes or trusts from inside of the workspace because its configuration says so, and the scripts of
 * the workspace that the hooks in force call: whoever writes there writes what the person's next git command runs.
 * Commands cannot change configuration or hooks, so an answer is good for a while.
 */
export class LaterPaths {
  readonly #roots: readonly string[];
  readonly #home: string;
  readonly #never: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #last: { until: number; found: Promise<string[]> } | undefined;

  /** `environment`: the account's, which may name configuration of git's. */
  constructor(roots: readonly string[], { data, config, home }: OwnFolders, environment: NodeJS.ProcessEnv) {
    this.#roots = roots;
    this.#home = home;
    this.#never = [data, config];
    this.#environment = environment;
  }

  /** Absolute paths in the workspace folders, there or not yet. A repository that cannot be understood counts whole. */
  find(): Promise<string[]> {
    const now = performance.now();
    if (!this.#last || now > this.#last.until) this.#last = { until: now + FRESH_MS, found: this.#look() };
    return this.#last.found;
  }

  async #look(): Promise<string[]> {
    const found = new Set<string>();
    const around = { home: this.#home, general: this.#general() };
    const repositories = await this.#repositories();
    for (const repository of repositories) {
      const targets = await this.#targetsOf(repository);
      for (const path of targets) found.add(path);
      for (const script of await scriptsOfHooks(repository, targets, around)) found.add(script);
    }
    for (const root of this.#roots)
      if (!repositories.some(({ worktree }) => worktree === root))
        for (const script of await scriptsOfHooks({ gitFolder: `${root}/.git`, worktree: root }, [], around))
          found.add(script);
    return [...found].filter((path) => this.#roots.some((root) => path !== root && isInside(root, path)));
  }

  /** Those in the workspace, and those that the workspace lies in. */
  async #repositories(): Promise<Found[]> {
    const found: Found[] = [];
    for (const root of this.#roots) {
      found.push(...(await repositoriesBelow(root)));
      const outside = await gitOutside(root, { home: this.#home, roots: this.#roots, never: this.#never });
      found.push(...outside.gitFolders.map((gitFolder) => ({ gitFolder, worktree: root })));
      for (let at = parentOf(root); at !== '/'; at = parentOf(at))
        if (entryAt(`${at}/.git`)?.isDirectory() === true) found.push({ gitFolder: `${at}/.git`, worktree: at });
    }
    return found;
  }

  #general(): string[] {
    return generalConfiguration(this.#home, this.#environment);
  }

  async #targetsOf({ gitFolder, worktree }: Found): Promise<string[]> {
    const spec = {
      home: this.#home,
      roots: this.#roots,
      general: this.#general(),
      isStandIn: () => false,
    };
    try {
      const { readOnly, placeholders, links, absent } = await gitTargets(gitFolder, worktree, spec);
      return [...readOnly, ...placeholders.map(({ path }) => path), ...links, ...absent];
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      return this.#roots.includes(worktree) ? entriesOf(worktree).map((name) => `${worktree}/${name}`) : [worktree];
    }
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 1000);
  } catch {
    return [];
  }
}

import { firstPaths } from '../../core/sandbox/remarks.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { Beside, SandboxSpec } from '../../core/sandbox/port.ts';
import type { OwnFolders } from '../folders.ts';
import type { BaseCage } from './cage.ts';
import type { AroundCommand } from './commandCall.ts';
import { withheldIn, withheldInEach } from './hiddenElsewhere.ts';
import { notOfPackages } from './places/inPackages.ts';
import { NearFolders } from './places/near.ts';
import { placesOf } from './places/places.ts';
import { known } from './machine.ts';
import { variablesOf } from './places/variables.ts';
import { RepositoriesAbove, type Above } from './places/repositoryAbove.ts';
import type { Around } from './places/shape.ts';
import { gitOutside } from './gitOutside.ts';
import type { RunScratch } from './runScratch.ts';
import { topmost } from './survey.ts';

interface Parts {
  folders: OwnFolders;
  environment: NodeJS.ProcessEnv;
  /** Folders that no mount may hold or lie in. */
  never: readonly string[];
  scratch: RunScratch;
}

/** What one command has beside its workspace and what is the same for all: found anew for each. */
export class AroundCommands {
  readonly #parts: Parts;
  readonly #repositories: RepositoriesAbove;
  readonly #near = new NearFolders();
  readonly #nearOfAll = new NearFolders();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#repositories = new RepositoriesAbove(parts.folders.data);
  }

  async find(spec: SandboxSpec, base: BaseCage): Promise<AroundCommand> {
    const { scratch } = this.#parts;
    const around = this.#account(spec.folders);
    const above = await this.#above(spec, around);
    const shown = above.flatMap((one) => [...one.shown, ...one.packages]);
    const near = this.#near.find(spec.folders, spec.isHidden.bind(spec));
    const found = placesOf(spec.folders, { ...around, seen: shown }, near);
    const further = topmost([...found.mounts, ...shown]).filter(
      (path) => !base.toolchains.some((mount) => isInside(mount, path)),
    );
    // A package of the person's own changes; it is looked through for each command.
    const packages = [...found.packages, ...above.flatMap((one) => one.packages)].filter((path) =>
      further.includes(path),
    );
    const others = await notOfPackages(packages, spec.isDenied.bind(spec));
    for (const path of packages) known().withheld.forget(path);
    const looked = await withheldInEach(
      further.filter((path) => !packages.includes(path) || others.has(path)),
      known().withheld,
    );
    const { toolchains } = looked;
    // The person may have logged in somewhere since the machine was looked at.
    const ofAll = await withheldIn(base.toolchains, known().withheld);
    const unclear = base.toolchains.filter((path) => !ofAll.toolchains.includes(path));
    const taken = [...base.system, ...base.toolchains, ...toolchains, ...spec.folders];
    const pointers = found.pointers.filter(
      ({ path }) => !taken.some((mount) => isInside(mount, path) || isInside(path, mount)),
    );
    const isInHome = ({ path }: { path: string }): boolean => isInside(base.home, path);
    const lent = await scratch.lend({
      places: [...taken, ...pointers.filter((one) => !isInHome(one)).map(({ path }) => path)],
      pointers: pointers.filter(isInHome),
      home: base.home,
      isLooking: spec.launch.workspace === 'read-only',
      mostBytes: spec.limits.diskBytes,
    });
    return {
      copies: above.flatMap((one) => one.copies),
      repositories: above.flatMap(({ gitFolders, top }) =>
        gitFolders.map((gitFolder) => ({ gitFolder, worktree: top })),
      ),
      toolchains,
      pointers: lent.scratch?.home === undefined ? pointers : pointers.filter((one) => !isInHome(one)),
      withheld: [
        ...ofAll.withheld,
        ...unclear,
        ...looked.withheld,
        ...[...others.values()].flat(),
        ...found.hidden,
        ...above.flatMap((one) => one.hidden),
      ],
      notes: [...above.flatMap((one) => one.notes), ...found.notes, ...lent.notes],
      lent,
    };
  }

  /** What commands see beside these folders: before any of them runs. */
  async beside(roots: readonly string[], repositoryAbove: boolean): Promise<Beside> {
    const { folders } = this.#parts;
    const around = this.#account(roots);
    const rules = { isDenied: () => false, deniesInside: false, deniedOutside: [] };
    const above = await this.#above({ ...rules, folders: roots, repositoryAbove }, around);
    const seen = above.flatMap((one) => [...one.shown, ...one.packages]);
    const found = placesOf(
      roots,
      { ...around, seen },
      this.#nearOfAll.find(topmost(roots), () => false),
    );
    const outside = await Promise.all(
      topmost(roots).map(async (root) => ({
        root,
        git: await gitOutside(root, { home: folders.home, roots, never: [folders.data, folders.config] }),
      })),
    );
    return {
      words: [
        ...outside.flatMap(({ git }) => git.notes),
        ...above.flatMap((one) => one.notes),
        ...(found.mounts.length === 0
          ? []
          : [`read-only, because the project leans on it: ${firstPaths(found.mounts)}`]),
        ...found.notes,
        ...this.#leftOutOfPath(roots),
      ],
      lookedAt: [
        ...outside.flatMap(({ root, git }) => (git.shown.length === 0 ? [] : [root])),
        ...above.map((one) => one.root),
      ],
    };
  }

  /** Variables by which tools find what commands see of their stores. */
  variables(roots: readonly string[]): Record<string, string> {
    const near = this.#nearOfAll.find(topmost(roots), () => false);
    return variablesOf(topmost(roots), near, this.#account(roots));
  }

  /** Programs that the account has of a workspace: an environment that was activated before Oversign was started. */
  #leftOutOfPath(roots: readonly string[]): string[] {
    const folders = (this.#parts.environment['PATH'] ?? '').split(':');
    const own = folders.filter(
      (folder) => !folder.includes('/node_modules/') && roots.some((root) => isInside(root, folder)),
    );
    if (own.length === 0) return [];
    return [`on your PATH and not on that of commands, because it is in the workspace: ${firstPaths(own)}`];
  }

  #account(roots: readonly string[]): Around {
    const { folders, environment, never } = this.#parts;
    return { home: folders.home, environment, uid: process.getuid?.() ?? -1, never: [...never, ...roots], seen: [] };
  }

  async #above(spec: AboveSpec, around: Around): Promise<Above[]> {
    if (!spec.repositoryAbove) return [];
    const rules = { ...spec, isDenied: spec.isDenied.bind(spec) };
    const found = await Promise.all(topmost(spec.folders).map((root) => this.#repositories.find(root, around, rules)));
    return found.flatMap((one) => one ?? []);
  }
}

type AboveSpec = Pick<SandboxSpec, 'folders' | 'repositoryAbove' | 'isDenied' | 'deniesInside' | 'deniedOutside'>;

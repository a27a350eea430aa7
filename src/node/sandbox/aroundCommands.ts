import { isInside } from '../../core/scope/spelling.ts';
import type { SandboxSpec } from '../../core/sandbox/port.ts';
import type { OwnFolders } from '../folders.ts';
import type { BaseCage } from './cage.ts';
import type { AroundCommand } from './commandCall.ts';
import { withheldInEach } from './hiddenElsewhere.ts';
import { notOfPackages } from './places/inPackages.ts';
import { placesOf } from './places/places.ts';
import { known } from './machine.ts';
import type { RunScratch } from './runScratch.ts';

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

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async find(spec: SandboxSpec, base: BaseCage): Promise<AroundCommand> {
    const { folders, environment, never, scratch } = this.#parts;
    const around = {
      home: folders.home,
      environment,
      uid: process.getuid?.() ?? -1,
      never: [...never, ...spec.folders],
    };
    const found = placesOf(spec.folders, around, spec.isHidden.bind(spec));
    const further = found.mounts.filter((path) => !base.toolchains.some((mount) => isInside(mount, path)));
    // A package of the person's own changes; it is looked through for each command.
    const packages = found.packages.filter((path) => further.includes(path));
    const others = await notOfPackages(packages, spec.isDenied.bind(spec));
    for (const path of packages) known().withheld.delete(path);
    const looked = await withheldInEach(
      further.filter((path) => !packages.includes(path) || others.has(path)),
      known().withheld,
    );
    const { toolchains } = looked;
    const taken = [...base.system, ...base.toolchains, ...toolchains, ...spec.folders];
    const pointers = found.pointers.filter(
      ({ path }) => !taken.some((mount) => isInside(mount, path) || isInside(path, mount)),
    );
    const isInHome = ({ path }: { path: string }): boolean => isInside(base.home, path);
    const lent = await scratch.lend({
      places: [...taken, ...pointers.filter((one) => !isInHome(one)).map(({ path }) => path)],
      pointers: pointers.filter(isInHome),
      home: base.home,
      mostBytes: spec.limits.diskBytes,
    });
    return {
      toolchains,
      pointers: lent.scratch?.home === undefined ? pointers : pointers.filter((one) => !isInHome(one)),
      withheld: [...looked.withheld, ...[...others.values()].flat(), ...found.hidden],
      notes: [...found.notes, ...lent.notes],
      lent,
    };
  }
}

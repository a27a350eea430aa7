import { join } from 'node:path';
import { userInfo } from 'node:os';
import type { Probe } from '../../../core/sandbox/port.ts';
import type { OwnFolders } from '../../folders.ts';
import type { BaseCage } from '../cage.ts';
import { withheldIn } from '../hiddenElsewhere.ts';
import { HOME, known } from '../machine.ts';
import type { Unproven } from '../proof.ts';
import { prove, SYSTEM_FOLDERS } from '../selfTest/prove.ts';
import { syntheticEtc, systemMounts } from '../systemMounts.ts';
import { Containers } from './containers.ts';
import { findEngine, type Engine } from './engine.ts';

/** A machine with an engine whose containers have proven themselves. */
export interface DockerMachine {
  engine: Engine;
  base: BaseCage;
  containers: Containers;
  probes: readonly Probe[];
}

/** Namespaces that a container has of its own; that of users is the engine's, unless that is a rootless one. */
const NAMESPACES = ['pid', 'mnt', 'net', 'ipc', 'uts'];
/** Docker's system call filter leaves it to the mode of the file. */
const NOT_HELD = ['make a program that runs as its owner'];

/** Finds out what there is, and lets it prove itself: nothing runs in a container that did not hold. */
export async function findDocker(
  { data, home }: OwnFolders,
  environment: NodeJS.ProcessEnv,
  toolchains: readonly string[],
): Promise<DockerMachine | Unproven> {
  const engine = await findEngine(environment, home);
  if ('works' in engine) return engine;
  const account = userInfo();
  const inside = engine.isRootless ? { uid: 0, gid: 0 } : { uid: account.uid, gid: account.gid };
  const { etc, withheld } = await syntheticEtc(join(data, 'docker'), { ...inside, home: HOME });
  const beside = await withheldIn(toolchains, known().withheld);
  const { system, links } = systemMounts();
  const base: BaseCage = {
    system,
    links,
    masked: [],
    ...inside,
    etc,
    toolchains: beside.toolchains,
    withheld: [...beside.withheld, ...withheld],
    home: HOME,
  };
  const containers = new Containers(engine, data, { user: `${inside.uid}:${inside.gid}`, links });
  try {
    const namespaces = engine.isRootless ? [...NAMESPACES, 'user'] : NAMESPACES;
    const toProve = {
      run: containers.run,
      namespaces,
      system: SYSTEM_FOLDERS,
      key: `docker ${engine.host} ${engine.version}`,
      without: NOT_HELD,
    };
    const proof = await prove(toProve, base, { data, home, toolchains, known: known() });
    return 'works' in proof ? proof : { engine, base, containers, probes: proof.probes };
  } catch (error) {
    return {
      works: false,
      cause: `Commands cannot be confined by Docker: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'See whether `docker run` works for you in a terminal, or set sandbox.backend: host.',
    };
  } finally {
    await containers.endAll();
  }
}

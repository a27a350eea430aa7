import { existsSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { systemCallFilter } from '../../core/sandbox/systemCallFilter.ts';
import type { BaseCage } from './cage.ts';
import { CageStarter } from './cageStarter.ts';
import { controlGroups } from './groups/find.ts';
import { withheldIn } from './hiddenElsewhere.ts';
import { KeptFindings } from './keptFindings.ts';
import { findBubblewrap } from './probe.ts';
import { proveCage } from './selfTest/prove.ts';
import type { Known, Machine, Place, Unproven } from './proof.ts';
import { maskedInProc, syntheticEtc, systemMounts } from './systemMounts.ts';

export const HOME = '/home/agent';

const KNOWN: Known = { withheld: new KeptFindings(), limits: new Map() };

/** What this process knows of its machine; `again` forgets it. */
export function known(again = false): Known {
  if (again) {
    KNOWN.withheld.clear();
    KNOWN.limits.clear();
  }
  return KNOWN;
}

let knownWith = '';

/** The same, found out with this bubblewrap (whatever tells one from another): with another one nothing is known yet. */
export function knownOf(program: string): Known {
  const isAnother = program !== knownWith;
  knownWith = program;
  return known(isAnother);
}

/**
 * Finds out what there is, and lets it prove itself: nothing runs in a cage that did not hold. Control groups that do
 * not hold in the proof are done without, and the limits say so.
 */
export async function findMachine(place: Place): Promise<Machine | Unproven> {
  const program = await findBubblewrap();
  if (typeof program !== 'string') return program;
  // Everything here goes by the numbers of processes.
  if ((await readlink('/proc/self').catch(() => '')) !== String(process.pid))
    return {
      works: false,
      cause:
        'Commands cannot be confined: /proc shows other processes than this system’s (it belongs to another PID namespace).',
      fix: 'Mount a fresh /proc in the container that Oversign runs in (for Docker: --security-opt systempaths=unconfined), or run it outside.',
    };
  const { arch } = process;
  if (arch !== 'x64' && arch !== 'arm64')
    return {
      works: false,
      cause: `Commands cannot be confined: there is no system call filter for this kind of processor (${arch}).`,
      fix: 'Work on an x86-64 or ARM64 machine.',
    };
  const { uid, gid } = userInfo();
  const inside = uid === 0 ? { uid: 1000, gid: 1000 } : { uid, gid };
  const { etc, withheld } = await syntheticEtc(place.data, { ...inside, home: HOME });
  const beside = await withheldIn(place.toolchains, place.known.withheld);
  const base: BaseCage = {
    ...systemMounts(),
    masked: maskedInProc(),
    ...inside,
    etc,
    toolchains: beside.toolchains,
    withheld: [...beside.withheld, ...withheld],
    home: HOME,
  };
  let last: Machine | Unproven | undefined;
  for (const groups of [...controlGroups(uid), undefined])
    for (const around of namespacesAround(uid)) {
      const filter = systemCallFilter(arch, groups ? 'counted' : 'watched');
      const starter = new CageStarter(program, groups, around);
      last = await proveCage({ starter, filter, groups }, base, place);
      await starter.close();
      if (!('works' in last))
        return { ...last, machinery: { starter: new CageStarter(program, groups, around), filter, groups } };
    }
  if (!last) throw new Error('there is always the way without control groups');
  return last;
}

const UNSHARE = '/usr/bin/unshare';

/**
 * What may stand around bubblewrap: for an ordinary user a user namespace of its own, in which Oversign has the power
 * over the mounts of the cage inside (see coverAgain.ts), or nothing, where that is not to be had. Root has it anyway.
 */
function namespacesAround(uid: number): (readonly string[])[] {
  if (uid === 0 || !existsSync(UNSHARE)) return [[]];
  return [[UNSHARE, '--user', '--map-current-user', '--'], []];
}

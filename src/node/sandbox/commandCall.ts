import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { SandboxSpec } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { OwnFolders } from '../folders.ts';
import type { BaseCage } from './cage.ts';
import { hiddenElsewhere, type HiddenElsewhere } from './hiddenElsewhere.ts';
import type { CommandDoor } from './network/doors.ts';
import type { Cages } from './runInCage.ts';
import type { OutsideLinks } from './outsideLinks.ts';
import { hasRoom, type Lent } from './runScratch.ts';
import type { KnownFolders } from './knownFolders/knownFolders.ts';
import type { Survey } from './survey.ts';

/** One command on its way into a cage with mounts, and what the sandbox has for all of them. */
export interface CommandCall {
  /** What is the same in all cages. */
  base: BaseCage;
  cages: Cages;
  spec: SandboxSpec;
  signal: AbortSignal;
  folders: OwnFolders;
  /** The account's own variables. */
  environment: NodeJS.ProcessEnv;
  links: OutsideLinks;
  known: KnownFolders;
  /** Files of /etc that this one has beside those of all. */
  etc: Cage['etc'];
  /** What the projects lean on outside of the workspace. */
  around: AroundCommand;
  /** Its way out, where it has one. */
  door?: CommandDoor | undefined;
  /** Of a copy-on-write view: where what it writes lands, and how many entries were there before. */
  writes?: { folders: readonly string[]; entries: number };
}

/** Mounts for one command, beside those that are the same for all. */
export interface AroundCommand {
  toolchains: readonly string[];
  pointers: Cage['pointers'];
  copies: Cage['copies'];
  /** Repositories that workspace folders are a part of. */
  repositories: readonly { gitFolder: string; worktree: string }[];
  withheld: readonly string[];
  notes: readonly string[];
  /** The run's own /tmp and home folder. */
  lent: Lent;
}

/** What is in the workspace before the command, by its rules. */
export async function surveyBefore({
  spec,
  links,
  known,
  signal,
}: Pick<CommandCall, 'spec' | 'links' | 'known' | 'signal'>): Promise<Survey> {
  const found = await links.find(spec.deniedOutside, spec.folders);
  const rules = {
    signal,
    key: spec.rulesKey,
    isHidden: spec.isHidden.bind(spec),
    isProtected: spec.isProtected.bind(spec),
    isAboveProtected: spec.isAboveProtected.bind(spec),
    hidesStores: spec.hidesStores,
    deniesInside: spec.deniesInside,
  };
  return known.survey({ roots: spec.folders, rules, when: 'before', elsewhere: found });
}

type WorkspaceMounts = Pick<Cage, 'writable' | 'shown' | 'pinned' | 'readOnly' | 'hiddenFiles' | 'hiddenFolders'>;

/** The cage of a command: the workspace's part, and around it what is the same for all. */
export function cageFor({ spec, base: ofAll, around, etc, door }: CommandCall, workspace: WorkspaceMounts): Cage {
  const base: BaseCage = {
    ...ofAll,
    toolchains: [...ofAll.toolchains, ...around.toolchains],
    withheld: [...ofAll.withheld, ...around.withheld],
  };
  const elsewhere: HiddenElsewhere = hiddenElsewhere(base, spec);
  const { scratch } = around.lent;
  const mounted = [...workspace.writable, ...workspace.shown, ...workspace.pinned, ...workspace.readOnly];
  const covers = [...workspace.hiddenFiles, ...workspace.hiddenFolders, ...around.copies.map(({ path }) => path)];
  return {
    ...base,
    ...workspace,
    etc: door ? [...elsewhere.etc, ...etc].map(withNames) : [...elsewhere.etc, ...etc],
    copies: around.copies,
    // A link to what a rule leaves out would be there all the same, and lead nowhere.
    pointers: around.pointers.filter(({ target }) =>
      [...base.system, ...elsewhere.toolchains].some((mount) => isInside(mount, target)),
    ),
    ...(scratch && hasRoom(scratch, [...mounted, ...covers], base.home) && { scratch }),
    network: { kind: door ? 'door' : 'none' },
    view: { kind: 'in-place' },
    toolchains: elsewhere.toolchains,
    hiddenFiles: [...workspace.hiddenFiles, ...elsewhere.files],
    hiddenFolders: [...workspace.hiddenFolders, ...elsewhere.folders],
    temporaryBytes: spec.limits.diskBytes,
    environment: door?.environment ?? spec.launch.environment,
    cwd: spec.launch.cwd,
  };
}

/** In a network with a name server, that is asked (systemMounts.ts writes both). */
function withNames(one: Cage['etc'][number]): Cage['etc'][number] {
  return one.path === '/etc/nsswitch.conf' ? { ...one, source: one.source.replace(/conf$/, 'door.conf') } : one;
}

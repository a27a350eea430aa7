import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { SandboxSpec } from '../../core/sandbox/port.ts';
import type { OwnFolders } from '../folders.ts';
import { hiddenElsewhere, type HiddenElsewhere } from './hiddenElsewhere.ts';
import type { Machine } from './proof.ts';
import type { OutsideLinks } from './outsideLinks.ts';
import { survey, type Survey } from './survey.ts';

/** One command on its way into a bubblewrap cage, and what the sandbox has for all of them. */
export interface CommandCall {
  machine: Machine;
  spec: SandboxSpec;
  signal: AbortSignal;
  folders: OwnFolders;
  /** The account's own variables. */
  environment: NodeJS.ProcessEnv;
  links: OutsideLinks;
  /** Files of /etc that this one has beside those of all. */
  etc: Cage['etc'];
}

/** What is in the workspace before the command, by its rules. */
export async function surveyBefore({ spec, links, signal }: CommandCall): Promise<Survey> {
  const found = await links.find(spec.deniedOutside, spec.folders);
  const rules = {
    signal,
    isHidden: spec.isHidden.bind(spec),
    isProtected: spec.isProtected.bind(spec),
    isAboveProtected: spec.isAboveProtected.bind(spec),
    hidesStores: spec.hidesStores,
    deniesInside: spec.deniesInside,
  };
  return survey(spec.folders, rules, 'before', found);
}

type WorkspaceMounts = Pick<Cage, 'writable' | 'shown' | 'pinned' | 'readOnly' | 'hiddenFiles' | 'hiddenFolders'>;

/** The cage of a command: the workspace's part, and around it what is the same for all. */
export function cageFor({ spec, machine: { base }, etc }: CommandCall, workspace: WorkspaceMounts): Cage {
  const elsewhere: HiddenElsewhere = hiddenElsewhere(base, spec);
  return {
    ...base,
    ...workspace,
    etc: [...base.etc, ...etc],
    network: spec.network,
    view: spec.view,
    toolchains: elsewhere.toolchains,
    hiddenFiles: [...workspace.hiddenFiles, ...elsewhere.files],
    hiddenFolders: [...workspace.hiddenFolders, ...elsewhere.folders],
    temporaryBytes: spec.limits.diskBytes,
    environment: spec.launch.environment,
    cwd: spec.launch.cwd,
  };
}

import type { Launch } from '../../shared/action.ts';
import type { Connecting } from '../egress/connecting.ts';
import type { FolderView, Limits, NetworkAccess, SandboxSpec } from './port.ts';

/** What decides what a command may see and change; a `Scope` is one. */
export interface PlaceRules {
  /** The workspace folders. */
  roots: readonly string[];
  isHidden(path: string): boolean;
  isDenied(path: string): boolean;
  isProtected(path: string): boolean;
  isAboveProtected(path: string): boolean;
  /** The same text for rules that say the same of every path; what has none is never taken for the same. */
  placesKey?: string;
  /** A likely secret: hidden where the launch says so. */
  isSecret(path: string): boolean;
  /** The store of a repository that a path lies in: hidden where the launch says so. */
  storeAround(path: string): string | undefined;
  deniesInside: boolean;
  deniedOutside: readonly string[];
}

/** Rules that forbid nothing, over no folder at all: for what Oversign itself starts, which adds its own. */
export const NO_RULES: PlaceRules = {
  roots: [],
  isHidden: () => false,
  isDenied: () => false,
  isProtected: () => false,
  isAboveProtected: () => false,
  isSecret: () => false,
  storeAround: () => undefined,
  deniesInside: false,
  deniedOutside: [],
};

/** How much a command may use, of time too. */
export interface Bounds {
  limits: Limits;
  timeoutMs: number;
  /** Whether what the folders need of the repository above them is shown; otherwise not. */
  repositoryAbove?: boolean;
}

/** What a caller wants done with input and output, and whom it can ask. */
export type Streams = Pick<SandboxSpec, 'outputCap' | 'endCap' | 'input' | 'onOutput' | 'whose'> & {
  /** Who decides about connections; without it there are none, whatever the launch says. */
  connecting?: Connecting | undefined;
};

export interface SpecParts {
  launch: Launch;
  rules: PlaceRules;
  bounds: Bounds;
  streams: Streams;
  held?: readonly string[] | undefined;
}

const NO_NETWORK: NetworkAccess = { kind: 'none' };
const IN_PLACE: FolderView = { kind: 'in-place' };

/** The one place where a cage is described: what the launch promises is hidden is hidden here, whoever starts it. */
export function sandboxSpec({
  launch,
  rules,
  bounds,
  streams: { connecting, ...streams },
  held,
}: SpecParts): SandboxSpec {
  const hidesSecrets = launch.secrets === 'hidden';
  const hidesStores = launch.stores === 'hidden';
  return {
    // First: whatever else they hold, what is hidden stays hidden.
    ...bounds,
    ...streams,
    repositoryAbove: bounds.repositoryAbove === true,
    launch,
    network:
      launch.network === 'door' && launch.view === undefined && connecting ? { kind: 'door', connecting } : NO_NETWORK,
    view: launch.view === 'copy-on-write' ? { kind: 'copy-on-write' } : IN_PLACE,
    folders: rules.roots,
    held,
    rulesKey: rules.placesKey && `${String(hidesSecrets)} ${String(hidesStores)} ${rules.placesKey}`,
    isHidden: (path) =>
      rules.isHidden(path) ||
      (hidesSecrets && rules.isSecret(path)) ||
      (hidesStores && rules.storeAround(path) !== undefined),
    hidesStores,
    isDenied: (path) => rules.isDenied(path),
    isProtected: (path) => rules.isProtected(path),
    isAboveProtected: (path) => rules.isAboveProtected(path),
    deniesInside: rules.deniesInside,
    deniedOutside: rules.deniedOutside,
  };
}

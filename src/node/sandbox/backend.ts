import type { FolderView, NetworkAccess, OpenSandbox } from '../../core/sandbox/port.ts';
import type { LookUp } from '../egress/judgedAddress.ts';
import type { OwnFolders } from '../folders.ts';
import type { Refusal } from './probe.ts';

/** What a sandbox is opened for. */
export interface BackendPlace {
  folders: OwnFolders;
  environment: NodeJS.ProcessEnv;
  /** Folders that no toolchain may contain or lie in: the workspaces. */
  never: readonly string[];
  /** Who says where names lead that commands want to reach, where that is not the system (tests). */
  lookUp?: LookUp | undefined;
}

/** A way to run commands. */
export interface Backend {
  /** Which kinds of a spec it holds against the command itself. One that confines holds all, or refuses. */
  holds: {
    network: Record<NetworkAccess['kind'], boolean>;
    view: Record<FolderView['kind'], boolean>;
  };
  /** Why a system such as this one cannot have it, whatever is installed; the rest is found out by `status`. */
  whyNot(platform: NodeJS.Platform): Refusal | undefined;
  open(place: BackendPlace): OpenSandbox;
}

/** One that confines, and how a policy chooses it. */
export interface ConfiningBackend extends Backend {
  /** What `sandbox.backend` says for it; several backends may be one choice. */
  choice: string;
  /** For the key's help: which it is, and where. */
  about: string;
}

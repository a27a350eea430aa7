import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';
import { PROTECTED } from '../../../core/policy/controlFiles.ts';
import type { FolderView, NetworkAccess } from '../../../core/sandbox/port.ts';
import { isInside } from '../../../core/scope/spelling.ts';
import { ToolFailure } from '../../../core/outcome.ts';

/** Everything a Seatbelt cage is made of, found out beforehand. All paths are absolute and real. */
export interface SeatbeltCage {
  /** The workspace folders, none inside another. */
  roots: readonly string[];
  workspace: 'writable' | 'read-only';
  network: NetworkAccess;
  view: FolderView;
  system: readonly string[];
  toolchains: readonly string[];
  /** A folder of this process alone, for home and temporary files: the only other place that can be written. */
  scratch: string;
  /** Neither readable nor writable, whatever else is said: denied paths, Oversign's own folders. */
  hidden: readonly string[];
  /** Not to be changed, made, or moved; they need not exist. */
  readOnly: readonly string[];
}

export type SeatbeltConfig = Pick<SandboxRuntimeConfig, 'network' | 'filesystem'>;
type Entry = SeatbeltConfig['filesystem']['denyWrite'][number];

/** gitrepository-layout(5): what of a repository decides which programs git runs. As in gitParts.ts. */
const GIT_CONTROLS = ['hooks', 'config', 'config.worktree', 'commondir'];

/** Without one domain there is nothing to reach; the library's proxies are never started. There is no door here yet. */
const NETWORK = {
  none: { allowedDomains: [], deniedDomains: [] },
  door: { allowedDomains: [], deniedDomains: [] },
} satisfies Record<NetworkAccess['kind'], SeatbeltConfig['network']>;

/** Seatbelt has rules on paths and no mounts: what a command sees in place are the folders themselves, and no view is there. */
const VIEW = {
  'in-place': ({ roots }) => roots,
  'copy-on-write': () => [],
} satisfies Record<FolderView['kind'], (cage: SeatbeltCage) => readonly string[]>;

/** Writable by default in the library, and shared by everything on the machine that uses it. */
const LIBRARY_OWN = ['/tmp/claude', '/private/tmp/claude'];

/**
 * The library's configuration for a cage. Pure: it looks at nothing. Reading is denied from the root down and then
 * allowed again for what is listed; the library puts a denied path inside an allowed one back on top. Paths are
 * marked literal, because `*` and brackets in a folder's name are no wildcards.
 */
export function seatbeltConfig(cage: SeatbeltCage): SeatbeltConfig {
  // An allowed path that a denied one equals or contains would win over it: it is not allowed at all.
  const isShown = (path: string): boolean => !cage.hidden.some((hidden) => isInside(hidden, path));
  const roots = VIEW[cage.view.kind](cage);
  return {
    network: NETWORK[cage.network.kind],
    filesystem: {
      denyRead: ['/', ...cage.hidden].map(literal),
      allowRead: [...[...cage.system, ...cage.toolchains, ...roots].filter((path) => isShown(path)), cage.scratch].map(
        literal,
      ),
      allowWrite: [...(cage.workspace === 'writable' ? roots.filter((path) => isShown(path)) : []), cage.scratch].map(
        literal,
      ),
      // What is hidden must be here too: a writable folder allows overwriting what cannot be read.
      denyWrite: [
        ...[...LIBRARY_OWN, ...cage.hidden, ...cage.readOnly].map(literal),
        ...(cage.workspace === 'writable' ? roots.flatMap((root) => guardedBelow(root)) : []),
      ],
    },
  };
}

/** Patterns for protected names that do not exist yet, anywhere below a folder. */
function guardedBelow(root: string): Entry[] {
  const names = PROTECTED.map(({ written }) => written).filter((name) => name !== '.git');
  const controls = GIT_CONTROLS.map((name) => `.git/${name}`);
  // A set of one character is that character, whatever it would mean to a pattern.
  const plain = root.replace(/[[*?]/g, (character) => `[${character}]`);
  return [...names, ...controls].map((name) => `${plain}/**/${inAnyCase(name)}`);
}

/** macOS takes `.VSCode` for `.vscode`; Seatbelt's patterns do not. */
export function inAnyCase(name: string): string {
  return name.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/**
 * The library writes paths into the profile as JSON strings, and Seatbelt does not know all of JSON's escapes. A rule
 * that matches nothing would hide nothing, so what needs one is refused.
 */
function literal(path: string): Entry {
  if (!path.isWellFormed() || /[\u0000-\u001f\u007f]/.test(path))
    throw new ToolFailure(
      `${JSON.stringify(path)} has a character in its name that cannot be written into a sandbox profile; rename it`,
    );
  return { path, literal: true };
}

import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Failure } from '../core/outcome.ts';
import type { Fault } from '../shared/fault.ts';

/** Where Oversign keeps its own things, for one account. */
export interface OwnFolders {
  /** Audit log, kept pre-images, quarantine. Mode 0700; outside every workspace. */
  data: string;
  /** The user's policy. */
  config: string;
  home: string;
}

/**
 * The home folder that the environment names, where it is a place at all: empty or relative it would mean the folder that
 * one stands in, a workspace. Then it is the one that the account has.
 */
function homeFolder(): string {
  const found = [homedir, () => userInfo().homedir].map(tried).find((path) => path !== undefined && isAbsolute(path));
  if (found === undefined)
    throw new Failure(
      'There is no home folder to keep the log in: HOME names none, nor has the account one. Set HOME.',
    );
  return found;
}

/** Both throw where the account is not in the system's list. */
function tried(find: () => string): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** The folders of the XDG Base Directory Specification, and the platforms' equivalents. */
export function ownFolders(
  environment: NodeJS.ProcessEnv,
  platform = process.platform,
  home = homeFolder(),
): OwnFolders {
  const set = (name: string, otherwise: string): string => {
    const value = environment[name];
    return value !== undefined && isAbsolute(value) ? value : otherwise;
  };
  switch (platform) {
    case 'darwin':
      return {
        data: join(home, 'Library', 'Application Support', 'oversign', 'data'),
        config: join(home, 'Library', 'Application Support', 'oversign'),
        home,
      };
    case 'win32':
      return {
        data: join(set('LOCALAPPDATA', join(home, 'AppData', 'Local')), 'oversign'),
        config: join(set('APPDATA', join(home, 'AppData', 'Roaming')), 'oversign'),
        home,
      };
    default:
      return {
        data: join(set('XDG_DATA_HOME', join(home, '.local', 'share')), 'oversign'),
        config: join(set('XDG_CONFIG_HOME', join(home, '.config')), 'oversign'),
        home,
      };
  }
}

/** Where the log is kept cannot be made. */
class NoDataFolder extends Failure {
  override name = 'NoDataFolder';
  override get fault(): Fault {
    return 'log';
  }
}

/** Makes a folder that only its owner may enter, whatever the umask. */
export async function makePrivate(folder: string): Promise<void> {
  try {
    await makeBelow(folder);
    await chmod(folder, 0o700);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new NoDataFolder(
      `The folder ${folder} cannot be made (${code}). Mend its permissions, or set XDG_DATA_HOME.`,
      {
        cause: error,
      },
    );
  }
}

/** As mkdir -p, one step at a time: Node's own recursive mkdir never ends where a parent refuses with ENOENT. */
async function makeBelow(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  for (const path of missing)
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
}

import { chmodSync, closeSync, constants, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { ModeJournals, type KeptMode } from './modeJournals.ts';

/** O_PATH of open(2), which Node has no name for: a folder that is only named, whatever its mode. */
const PATH_ONLY = 0o10000000;

/**
 * The modes of folders that a command may write in but that are not its own to open: the workspace folders, and those
 * that hold protected entries. Inside a cage chmod(2) cannot be kept from them alone, so they are set back afterwards.
 * Of commands that run at the same time, in whatever process, none takes for the mode before what another one made of it.
 */
export class FolderModes {
  readonly #journals: ModeJournals;
  /** What was set back after processes that are gone, to be told with the next command. */
  #late: string[] = [];

  constructor(dataFolder: string) {
    this.#journals = new ModeJournals(dataFolder);
  }

  /** Sets back what commands left whose processes are gone. */
  async recover(): Promise<void> {
    await this.#journals.clearUp((modes) => {
      this.#late.push(...modes.flatMap((one) => setBack(one, 'that was cut off')));
    });
  }

  /** Keeps the modes for one command; `restore` is called once, after it. Parents come before what is in them. */
  async keep(paths: readonly string[]): Promise<{ restore(): string[] }> {
    const now = [...new Set(paths)].flatMap((path) => modeAt(path) ?? []);
    const { modes, end } = await this.#journals.begin(now);
    return {
      restore: () => {
        const sentences = modes.flatMap((one) => setBack(one, 'ran'));
        end();
        return [...this.#late.splice(0), ...sentences];
      },
    };
  }
}

/** What is another folder by now is left alone: it is opened first, so that what is looked at is what is changed. */
function setBack({ path, identity, mode }: KeptMode, which: 'ran' | 'that was cut off'): string[] {
  const look = modeAt(path);
  if (look?.identity !== identity || look.mode === mode) return [];
  const when = which === 'ran' ? 'while the command ran' : 'by a command that was cut off';
  const change = `the mode of ${path.toWellFormed()} was changed from ${octal(mode)} to ${octal(look.mode)} ${when}`;
  try {
    const folder = openSync(bytesOfPath(path), PATH_ONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY);
    try {
      if (identityOf(fstatSync(folder, { bigint: true })) !== identity) return [];
      chmodSync(`/proc/self/fd/${folder}`, mode);
    } finally {
      closeSync(folder);
    }
    return [`${change}, and was set back`];
  } catch (error) {
    return [`${change}, and could not be set back (${String(error)}): look at it`];
  }
}

function modeAt(path: string): KeptMode | undefined {
  const info = entryAt(path);
  return info?.isDirectory() === true
    ? { path, identity: identityOf(info), mode: Number(info.mode & 0o7777n) }
    : undefined;
}

function identityOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

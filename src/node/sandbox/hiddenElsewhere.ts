import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { SandboxSpec } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { textOfName } from '../files/rawPath.ts';
import { startProcess } from '../process/spawn.ts';
import type { BaseCage } from './cage.ts';
import { credentialSearch, heldBack, isScriptWithCredential, scriptsIn, targetOf } from './credentialFiles.ts';
import type { Findings, KeptFindings } from './keptFindings.ts';
import { stampOf } from './places/near.ts';
import { isNeededInEtc } from './publicEtc.ts';

/** What is kept from a command of the folders that are mounted beside the workspace. */
export interface HiddenElsewhere {
  toolchains: string[];
  etc: Cage['etc'];
  files: string[];
  folders: string[];
}

/**
 * Denied paths in the system's folders and in toolchains, and what is no file there. A toolchain that is denied is
 * left out; without the system's folders nothing runs, so a rule that denies one of those is a refusal.
 */
export function hiddenElsewhere(
  base: BaseCage,
  spec: Pick<SandboxSpec, 'isDenied' | 'deniedOutside'>,
): HiddenElsewhere {
  const isDenied = (mount: string): boolean =>
    spec.isDenied(mount) || spec.deniedOutside.some((path) => isInside(path, mount));
  const system = base.system.find(isDenied);
  if (system !== undefined)
    throw new ToolFailure(`the policy denies ${system}, and no command runs without it; deny what is in it instead`);
  const toolchains = base.toolchains.filter((path) => !isDenied(path));
  // A rule for the whole of /etc takes away what programs do without.
  const etc = base.etc.filter(({ path }) => isNeededInEtc(path) || !isDenied(path));
  const hidden: Pick<HiddenElsewhere, 'files' | 'folders'> = { files: [], folders: [] };
  const mounts = [...base.system, ...toolchains, ...etc.map(({ path }) => path)];
  for (const path of spec.deniedOutside) {
    if (!mounts.some((mount) => isInside(mount, path))) continue;
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info?.isDirectory()) hidden.folders.push(path);
    else if (info && !info.isSymbolicLink()) hidden.files.push(path);
  }
  for (const path of base.withheld) {
    if (!mounts.some((mount) => isInside(mount, path))) continue;
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info?.isDirectory()) hidden.folders.push(path);
    else if (info) hidden.files.push(path);
  }
  // Nothing can be put over a file in a folder that is hidden already.
  const isLeft = (path: string): boolean => !hidden.folders.some((folder) => folder !== path && isInside(folder, path));
  return {
    toolchains,
    etc,
    files: [...new Set(hidden.files)].filter(isLeft),
    folders: [...new Set(hidden.folders)].filter(isLeft),
  };
}

const SPECIALS = ['(', '-type', 's', '-o', '-type', 'p', '-o', '-type', 'b', '-o', '-type', 'c', ')'];

/** Where administrators put settings and scripts of their own, inside the system's folders; the rest is as it was delivered. */
const ADMINISTERED = ['/usr/local', '/usr/etc'];
const DEPTH = '6';

/** What commands are not to see of the folders outside the workspace that they see. */
export interface Withheld {
  toolchains: string[];
  withheld: string[];
}

/**
 * Sockets, FIFOs, devices and credentials in toolchains, and credentials in the system's folders. A toolchain that cannot
 * be looked through is left out.
 */
export async function withheldIn(toolchains: readonly string[], known: KeptFindings): Promise<Withheld> {
  const places = ADMINISTERED.filter((place) => existsSync(place));
  const found = await withheldInEach([...places, ...toolchains], known);
  return { ...found, toolchains: found.toolchains.filter((mount) => !places.includes(mount)) };
}

/** The same of these folders alone. */
export async function withheldInEach(mounts: readonly string[], known: KeptFindings): Promise<Withheld> {
  const withheld: string[] = [];
  const kept: string[] = [];
  for (const mount of mounts) {
    const isSystem = ADMINISTERED.includes(mount);
    const found = await known.below(mount, () => withheldBelow(mount, isSystem ? ['-maxdepth', DEPTH] : []));
    if (found) withheld.push(...found);
    if (found) kept.push(mount);
  }
  return { toolchains: kept, withheld };
}

/** With find(1): a toolchain may hold a hundred thousand files, too many to look at in here. */
async function withheldBelow(mount: string, options: readonly string[]): Promise<Findings | undefined> {
  try {
    const { ended } = await startProcess({
      file: '/usr/bin/find',
      args: ['-P', mount, ...options, ...credentialSearch(SPECIALS)],
      cwd: '/',
      environment: { LC_ALL: 'C' },
      outputCap: MOST_OUTPUT,
      dropsErrors: true,
    });
    const { code, output, outputBytes } = await ended;
    // What the account cannot look into (exit code 1), its commands cannot either.
    if ((code !== 0 && code !== 1) || outputBytes > MOST_OUTPUT) return undefined;
    const names = splitNames(output);
    const scripts = [mount, join(mount, 'bin')].flatMap(scriptsIn);
    const judged = [...names, ...names.flatMap((path) => targetOf(path) ?? []), ...scripts];
    const stamps = new Map(judged.map((path) => [path, stampOf(path)]));
    return { withheld: [...heldBack(names, mount), ...scripts.filter(isScriptWithCredential)], judged: stamps };
  } catch {
    return undefined;
  }
}

const MOST_OUTPUT = 1 << 20;

function splitNames(output: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0, end = output.indexOf(0); end >= 0; at = end + 1, end = output.indexOf(0, at))
    names.push(textOfName(output.subarray(at, end)));
  return names;
}

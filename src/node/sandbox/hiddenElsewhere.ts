import { lstatSync } from 'node:fs';
import type { SandboxSpec } from '../../core/sandbox/port.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/tools/failure.ts';
import { textOfName } from '../files/rawPath.ts';
import { startProcess } from '../process/spawn.ts';
import type { BaseCage } from './cage.ts';

/** What is kept from a command of the folders that are mounted beside the workspace. */
export interface HiddenElsewhere {
  toolchains: string[];
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
  const hidden: HiddenElsewhere = { toolchains, files: [], folders: [] };
  for (const path of spec.deniedOutside) {
    if (![...base.system, ...toolchains].some((mount) => isInside(mount, path))) continue;
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info?.isDirectory()) hidden.folders.push(path);
    else if (info && !info.isSymbolicLink()) hidden.files.push(path);
  }
  for (const path of base.specials) {
    if (toolchains.some((mount) => isInside(mount, path))) hidden.files.push(path);
  }
  return hidden;
}

const FIND = ['(', '-type', 's', '-o', '-type', 'p', '-o', '-type', 'b', '-o', '-type', 'c', ')'];

/**
 * Sockets, FIFOs and devices in toolchains: looked for once, when the sandbox is first needed. A toolchain that cannot
 * be looked through is left out.
 */
export async function specialsIn(
  toolchains: readonly string[],
  known: Map<string, Promise<string[] | undefined>>,
): Promise<{ toolchains: string[]; specials: string[] }> {
  const specials: string[] = [];
  const kept: string[] = [];
  for (const mount of toolchains) {
    const search = known.get(mount) ?? specialsBelow(mount);
    known.set(mount, search);
    const found = await search;
    if (!found) continue;
    specials.push(...found);
    kept.push(mount);
  }
  return { toolchains: kept, specials };
}

/** With find(1): a toolchain may hold a hundred thousand files, too many to look at in here. */
async function specialsBelow(mount: string): Promise<string[] | undefined> {
  try {
    const { ended } = await startProcess({
      file: '/usr/bin/find',
      args: ['-P', mount, ...FIND, '-print0'],
      cwd: '/',
      environment: { LC_ALL: 'C' },
      outputCap: MOST_OUTPUT,
      dropsErrors: true,
    });
    const { code, output, outputBytes } = await ended;
    // What the account cannot look into (exit code 1), its commands cannot either.
    return (code === 0 || code === 1) && outputBytes <= MOST_OUTPUT ? splitNames(output) : undefined;
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

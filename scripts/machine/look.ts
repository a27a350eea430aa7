/** What the machine has of the programs that Oversign needs (src/shared/systemPackages.ts). */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { managerOf, PACKAGE_MANAGERS } from '../../src/shared/packageManagers.ts';
import { MANAGERS, type ManagerName, type SystemProgram } from '../../src/shared/systemPackages.ts';

/** Where the sandbox and the tests take programs from: not from PATH, where a workspace's folder may be. */
export const PLACES: readonly string[] = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin'];

export interface Missing {
  program: SystemProgram;
  /** The version that is there and not enough. */
  tooOld?: string;
}

/** The programs that are not there, or too old. About 10 ms each. */
export function missingOf(programs: readonly SystemProgram[], places = PLACES): Missing[] {
  return programs.flatMap((program): Missing[] => {
    if ('file' in program.found) return existsSync(program.found.file) ? [] : [{ program }];
    const path = pathOf(program, places);
    if (path === undefined) return [{ program }];
    if (program.enough === undefined) return [];
    const version = versionOf(path);
    return version !== undefined && isEnough(version, program.enough)
      ? []
      : [{ program, tooOld: version ?? 'unknown' }];
  });
}

/** Where a program stands; undefined where it does not. A variable of the environment that names it counts first. */
export function pathOf({ found }: SystemProgram, places = PLACES): string | undefined {
  if ('file' in found) return existsSync(found.file) ? found.file : undefined;
  const named = found.variable === undefined ? undefined : process.env[found.variable];
  const all =
    named === undefined ? found.programs.flatMap((name) => places.map((place) => join(place, name))) : [named];
  return all.find(isProgram);
}

/** The system's package manager: the one of the distribution, else the one that is there. */
export function findManager(places = PLACES): ManagerName | undefined {
  const isThere = (name: ManagerName): boolean =>
    places.some((place) => isProgram(join(place, PACKAGE_MANAGERS[name].program)));
  const own = managerOf(existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '');
  return own !== undefined && isThere(own) ? own : MANAGERS.find(isThere);
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(path: string): string | undefined {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /\d+(\.\d+)+/.exec(stdout)?.[0];
}

/** Compares number by number: 0.10 is later than 0.8. */
export function isEnough(version: string, enough: string): boolean {
  const [have, want] = [version, enough].map((text) => text.split('.').map(Number));
  for (const [index, least] of (want ?? []).entries()) {
    const number = have?.[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

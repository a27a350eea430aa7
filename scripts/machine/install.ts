import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandsFor, PACKAGE_MANAGERS } from '../../src/shared/packageManagers.ts';
import type { ManagerName, SystemProgram } from '../../src/shared/systemPackages.ts';
import { during, runQuietly, type Ended } from '../progress.ts';
import { downloadOf, reasonIn } from './words.ts';

export interface Installer {
  manager: ManagerName;
  isRoot: boolean;
  sudo: string | undefined;
  /** Seconds between two tries while another program holds the package manager's lock; 20 tries. */
  pauseSeconds: number;
}

const TRIES = 20;

/**
 * Installs by the system's package manager. Packages that it does not know keep none of the others away.
 *
 * @returns what went wrong, as a sentence for people; undefined when nothing did.
 */
export async function installPrograms(
  programs: readonly SystemProgram[],
  installer: Installer,
): Promise<string | undefined> {
  const { program, busy, unknown } = PACKAGE_MANAGERS[installer.manager];
  if (!installer.isRoot && !isLetIn(installer)) return 'sudo did not let you in: nothing was installed.';
  const names = programs.map(({ name }) => name).join(', ');
  const words = `Installing ${names} with ${program} (about ${downloadOf(programs)})`;
  const work = async (): Promise<string | undefined> => {
    const [refresh, install] = split(commandsFor(programs, installer.manager));
    // Lists that cannot all be fetched may still be good enough: what counts is the installing.
    const first = refresh && (await patiently(refresh, installer));
    if (first && busy.test(first.output)) return busySentence(program);
    const all = await repairing(install, installer);
    if (all.code === 0) return undefined;
    if (busy.test(all.output)) return busySentence(program);
    if (!unknown.test(all.output)) return failureSentence(program, first, all);
    return oneByOne(programs, installer);
  };
  if (!installer.isRoot && !isRemembered(installer)) {
    // A line that changes each second would hide the next question for the password.
    console.log(`${words} ...`);
    return work();
  }
  return during(words, work, { hasFailed: (problem) => problem !== undefined });
}

async function oneByOne(programs: readonly SystemProgram[], installer: Installer): Promise<string | undefined> {
  const problems: string[] = [];
  for (const each of programs) {
    const [, install] = split(commandsFor([each], installer.manager));
    const { code, output } = await patiently(install, installer);
    if (code !== 0) problems.push(`${each.name} could not be installed: ${lastLines(output, 1)}`);
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}

function split(commands: readonly string[][]): [refresh: string[] | undefined, install: string[]] {
  const install = commands.at(-1) ?? [];
  return [commands.length > 1 ? commands[0] : undefined, install];
}

/** Asks for the password, where one is needed, before a line that changes hides the question. */
function isLetIn({ sudo = '' }: Installer): boolean {
  return spawnSync(sudo, ['-v'], { stdio: 'inherit' }).status === 0;
}

/** Whether sudo goes on without another question; some systems let it ask each time (sudoers(5), timestamp_timeout). */
function isRemembered({ sudo = '' }: Installer): boolean {
  return spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/** Runs one command of the package manager; where it asks for the end of an earlier installing first, that is done. */
async function repairing(command: readonly string[], installer: Installer): Promise<Ended> {
  let ended = await patiently(command, installer);
  for (const { asked, argv } of PACKAGE_MANAGERS[installer.manager].repairs ?? []) {
    if (ended.code === 0 || !asked.test(ended.output)) continue;
    await patiently(argv, installer);
    ended = await patiently(command, installer);
  }
  return ended;
}

/** Runs one command of the package manager, and again while another program holds its lock. */
async function patiently(command: readonly string[], installer: Installer): Promise<Ended> {
  const { busy } = PACKAGE_MANAGERS[installer.manager];
  // No package asks anything (debconf(7)), and what is said is in the language that PACKAGE_MANAGERS reads.
  const argv = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', ...command];
  for (let tries = 1; ; tries += 1) {
    const ended = await runQuietly(installer.isRoot ? argv : [...throughSudo(installer), ...argv]);
    if (ended.code === 0 || !busy.test(ended.output) || tries === TRIES) return ended;
    await sleep(installer.pauseSeconds * 1000);
  }
}

/** sudo(8) keeps nothing of the environment; without its proxy the packages' server may be out of reach. */
function throughSudo({ sudo = 'sudo' }: Installer): string[] {
  const kept = PROXIES.filter((name) => process.env[name] !== undefined);
  return kept.length === 0 ? [sudo] : [sudo, `--preserve-env=${kept.join(',')}`];
}

const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

function busySentence(program: string): string {
  return `Another program is installing packages and ${program} waits for it: let it end, then start this again.`;
}

function failureSentence(program: string, refresh: Ended | undefined, install: Ended): string {
  const lists =
    refresh && refresh.code !== 0 ? `\nIts lists could not be fetched:\n${lastLines(refresh.output, 3)}` : '';
  return `${program} could not install it (code ${install.code}):\n${lastLines(install.output, 6)}${lists}${reasonIn(install.output)}`;
}

function lastLines(output: string, count: number): string {
  return output.trim().split('\n').slice(-count).join('\n');
}

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endingWords } from '../../../core/sandbox/endingWords.ts';
import type { Probe, SandboxResult } from '../../../core/sandbox/port.ts';
import { isInside } from '../../../core/scope/spelling.ts';
import { makePrivate } from '../../folders.ts';
import { emptyCage, planWorkspace, type BaseCage } from '../cage.ts';
import type { Known, Machine, Place, Unproven } from '../proof.ts';
import { Placeholders } from '../placeholders.ts';
import { explainFailure } from '../probe.ts';
import { bubblewrapCages, type InCage, type Machinery } from '../runInCage.ts';
import { survey } from '../survey.ts';
import { attemptsScript, type Targets } from './attempts.ts';
import { exhaust, testSpec } from './exhaust.ts';
import { listen } from './listener.ts';

/** bubblewrap says "bwrap: …" on standard error when it cannot build the cage. */
const REFUSED = /^bwrap: /m;
/** What every cage has read-only. */
export const SYSTEM_FOLDERS = ['/', '/usr', '/etc', '/proc/sys/kernel'];
const NAMESPACES = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts'];

/**
 * Proves cages before anything else runs in one: in a workspace made for it, in a cage planned as for a command, it
 * tries what a command must not be able to do. What held is the machine; what did not is a refusal that names it.
 */
export async function proveCage(machinery: Machinery, base: BaseCage, place: Place): Promise<Machine | Unproven> {
  const { run } = bubblewrapCages(machinery);
  const key = `${machinery.groups?.name ?? ''} ${machinery.filter.length}`;
  const proof = await prove({ run, namespaces: NAMESPACES, system: [...SYSTEM_FOLDERS, '/dev'], key }, base, place);
  return 'works' in proof ? proof : { machinery, base, probes: proof.probes };
}

/** What is to be proven: how a command gets into a cage, which namespaces must be its own, and what tells its limits from others. */
export interface ToProve {
  run: InCage;
  namespaces: readonly string[];
  /** Folders that must not be writable. */
  system: readonly string[];
  key: string;
  /** Attempts that are known to succeed there: whoever leaves one out says so to people. */
  without?: readonly string[];
}

/** The same for whatever runs commands in cages. */
export async function prove(
  cages: ToProve,
  base: BaseCage,
  place: Place,
): Promise<{ probes: readonly Probe[] } | Unproven> {
  const { data, known } = place;
  const at = join(data, `self-test-${randomUUID().slice(0, 8)}`);
  await makePrivate(data);
  await removeOld(data);
  await mkdir(at, { mode: 0o700 });
  try {
    const probes = await attempts(cages, base, await realpath(at), place);
    if (!Array.isArray(probes)) return probes;
    if (probes.every(({ outcome }) => outcome === 'held')) probes.push(...(await limitsOf(cages, base, known)));
    const failed = probes.filter(({ outcome }) => outcome === 'failed');
    if (failed.length === 0) return { probes };
    const names = failed.map(({ name, words }) => (words === undefined ? name : `${name} (${words})`)).join('; ');
    return {
      works: false,
      probes,
      cause: `Commands cannot be confined: in its self-test the sandbox let a command ${names}.`,
      fix: 'Please report this with the output of `oversign doctor`: a sandbox that does not hold is never used.',
    };
  } finally {
    await rm(at, { recursive: true, force: true });
  }
}

/** The limits are the machine's to hold: tried once in a process. */
function limitsOf({ run, key }: ToProve, base: BaseCage, known: Known): Promise<Probe[]> {
  const tried = known.limits.get(key) ?? exhaust(run, emptyCage({ ...base, toolchains: [] }));
  known.limits.set(key, tried);
  tried.catch(() => known.limits.delete(key)); // a mishap is no finding
  return tried;
}

/** What processes that were killed in the middle left; a test takes seconds. */
async function removeOld(data: string): Promise<void> {
  for (const name of await readdir(data)) {
    if (!name.startsWith('self-test-')) continue;
    const info = await stat(join(data, name)).catch(() => undefined);
    if (info && Date.now() - info.mtimeMs > 60_000) await rm(join(data, name), { recursive: true, force: true });
  }
}

async function attempts(
  { run, namespaces, system, without }: ToProve,
  base: BaseCage,
  at: string,
  place: Place,
): Promise<Probe[] | Unproven> {
  const targets = { ...(await lookedFor(at, place, base)), namespaces: await linksOf(namespaces), system };
  const listener = await listen(join(targets.work, 'socket'), 'reached').catch((error: unknown) =>
    // Without somebody to reach, an attempt to reach them would prove nothing.
    error instanceof Error ? error.message : String(error),
  );
  if (typeof listener === 'string')
    return {
      works: false,
      cause: `Commands cannot be confined: the self-test cannot listen on this machine (${listener}).`,
      fix: 'Use a shorter path for the data folder (XDG_DATA_HOME): a socket’s path has at most 107 bytes (unix(7)).',
    };
  const placeholders = new Placeholders(join(at, 'journal'));
  try {
    const rules = {
      isHidden: (path: string) => path.endsWith('.key'),
      isProtected: (path: string) => /\/(\.git|\.vscode)(\/|$)/.test(path),
      isAboveProtected: () => false,
    };
    const found = await survey([targets.work], rules, 'before');
    const {
      placeholders: wanted,
      heldLinks: _none,
      ...workspace
    } = await planWorkspace([targets.work], found, {
      exists: () => false,
      isStandIn: () => false,
      canBeMade: () => true,
      targets: () => Promise.resolve({ readOnly: [], placeholders: [], links: [], absent: [] }),
      outside: [],
    });
    const cover = await placeholders.cover(wanted, []);
    const { argv, environment, names } = attemptsScript({ ...targets, port: listener.port }, without);
    const cage = { ...emptyCage(base), ...workspace, environment, cwd: targets.work };
    const result = await run(cage, testSpec(argv, cage), new AbortController().signal).finally(() => cover.uncover());
    if (result.ending.kind !== 'exited' && REFUSED.test(result.output)) return await explainFailure(result.output);
    return outcomes(names, result);
  } finally {
    listener.close();
  }
}

/** What was tried is told from what was not: a test that breaks off has shown nothing about the rest. */
function outcomes(names: readonly string[], { output, ending }: SandboxResult): Probe[] | Unproven {
  const said = new Set(output.split('\n'));
  const probes = names.flatMap((name, index): Probe[] => {
    if (said.has(`failed ${index}`)) return [{ name, outcome: 'failed' }];
    return said.has(`held ${index}`) ? [{ name, outcome: 'held' }] : [];
  });
  if (probes.length === names.length || probes.some(({ outcome }) => outcome === 'failed')) return probes;
  const last = output.trim().split('\n').at(-1) ?? '';
  return {
    works: false,
    probes,
    cause:
      `Commands cannot be confined: the self-test broke off after ${probes.length} of ${names.length} attempts, all of them held: ${endingWords(ending)} ${last.slice(-200)}`.trim(),
    fix: 'Run `oversign doctor` to try again; on a machine that is short of memory or processor time, make room first.',
  };
}

async function lookedFor(
  place: string,
  { data, home }: Pick<Place, 'data' | 'home'>,
  base: BaseCage,
): Promise<Omit<Targets, 'port' | 'namespaces' | 'system'>> {
  const [work, outside] = [join(place, 'work'), join(place, 'outside')];
  await mkdir(join(work, '.git/hooks'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(work, '.git/config'), '');
  await writeFile(join(work, 'denied.key'), 'secret\n');
  await writeFile(join(outside, 'secret'), 'secret\n');
  // On the way to what is mounted there are empty folders; and the cage has a few of its own, should `/` be the home.
  const mounts = [...base.toolchains, ...base.system, work];
  const isAbove = (path: string): boolean => mounts.some((mount) => isInside(path, mount));
  const names = home === '/' ? [] : await readdir(home).catch(() => []);
  const inHome = names.filter((name) => !isAbove(join(home, name))).slice(0, 1000);
  return { work, outside, data, home, inHome };
}

/** This process's own. */
function linksOf(namespaces: readonly string[]): Promise<string[]> {
  return Promise.all(namespaces.map((name) => readlink(`/proc/self/ns/${name}`).catch(() => name)));
}

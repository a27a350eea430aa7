import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../../../core/sandbox/port.ts';
import { groupName, killAll, numberIn } from './files.ts';
import type { ControlGroup, ControlGroups, GroupUse } from './port.ts';
import { useOf } from './version2.ts';
import type { Hierarchy } from './where.ts';

const PROGRAM = '/usr/bin/systemd-run';

/** What started the cage and its init process are in the scope too. */
const ITS_OWN = 2;

const NOTHING: GroupUse = { cpuSeconds: 0, peakMemoryBytes: undefined, over: undefined };

/**
 * A scope of the account's own systemd, or of the system's for root (systemd-run(1), systemd.resource-control(5)):
 * the account's manager may divide its part of cgroup v2, and takes the command in before it starts. Undefined where
 * systemd does not run; whether a scope can really be had is for the self-test to find out.
 */
export function systemdScope(found: readonly Hierarchy[], uid: number): ControlGroups | undefined {
  const own = found.find(({ version }) => version === 2)?.own;
  const runtime = `/run/user/${uid}`;
  const mount = '/sys/fs/cgroup';
  if (own?.startsWith(mount) !== true || !existsSync(join(mount, 'cgroup.controllers'))) return undefined;
  if (!existsSync('/run/systemd/system') || !existsSync(PROGRAM)) return undefined;
  if (uid !== 0 && !existsSync(join(runtime, 'systemd/private')) && !existsSync(join(runtime, 'bus'))) return undefined;
  return {
    name: 'systemd scope',
    open: (limits) => scope(limits, uid === 0 ? undefined : runtime, mount),
  };
}

function scope(limits: Limits, runtime: string | undefined, mount: string): ControlGroup {
  let folder: string | undefined;
  const properties = [
    `MemoryMax=${limits.memoryBytes}`,
    'MemorySwapMax=0',
    'OOMPolicy=kill',
    `TasksMax=${limits.processes + ITS_OWN}`,
  ];
  return {
    prefix: [
      PROGRAM,
      ...(runtime === undefined ? [] : ['--user']),
      ...['--scope', '--quiet', '--collect', `--unit=${groupName()}`],
      ...properties.flatMap((property) => ['-p', property]),
      '--',
    ],
    environment: runtime === undefined ? {} : { XDG_RUNTIME_DIR: runtime },
    admit: () => Promise.resolve(), // systemd-run sees to it
    confirm(outer) {
      // systemd-run has become the sandbox: its group must be the scope with the limits, or nothing holds.
      const line = readFileSync(`/proc/${outer}/cgroup`, 'latin1')
        .split('\n')
        .find((one) => one.startsWith('0::'));
      folder = join(mount, line?.slice(3) ?? '/');
      const memory = numberIn(folder, 'memory.max') ?? Number.NaN;
      // The kernel rounds down to whole pages; "max" is no number.
      const isHeld = memory <= limits.memoryBytes && memory > limits.memoryBytes - 65_536;
      if (!isHeld || !Number.isInteger(numberIn(folder, 'pids.max')))
        throw new Error(`the scope ${folder} does not hold the limits`);
    },
    use: () => (folder === undefined ? NOTHING : useOf(folder)),
    kill() {
      if (folder !== undefined) killAll(folder);
    },
    close: () => Promise.resolve(), // --collect: systemd takes it away
  };
}

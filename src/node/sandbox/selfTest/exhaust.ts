import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Cage } from '../../../core/sandbox/bubblewrap.ts';
import type { Limits, Probe, SandboxResult, SandboxSpec } from '../../../core/sandbox/port.ts';
import { NO_RULES, sandboxSpec } from '../../../core/sandbox/spec.ts';
import type { InCage } from '../runInCage.ts';

const ROOMY: Limits = { memoryBytes: 512 << 20, cpuSeconds: 20, diskBytes: 64 << 20, processes: 64 };

/** A call of the self-test: no workspace rules, little time. */
export function testSpec(argv: readonly string[], cage: Cage, limits: Limits = ROOMY): SandboxSpec {
  const { cwd, environment } = cage;
  return sandboxSpec({
    launch: { argv: [...argv], cwd, environment, workspace: 'writable', secrets: 'hidden' },
    rules: NO_RULES,
    bounds: { limits, timeoutMs: 10_000 },
    streams: { outputCap: 10_000 },
  });
}

/** Tries to outlive its call, to hold more memory, and to start more processes than it is given. */
export async function exhaust(inCage: InCage, cage: Cage): Promise<Probe[]> {
  const run = (command: string, limits?: Partial<Limits>): Promise<SandboxResult> =>
    inCage(cage, testSpec(['/bin/bash', '-c', command], cage, { ...ROOMY, ...limits }), new AbortController().signal);
  const mark = `oversign-${randomUUID()}`;
  const [memory, processes, survivor] = await Promise.all([
    run('head -c 200M /dev/zero | tail -c 160M | sleep 8', { memoryBytes: 96 << 20 }),
    run('for i in {1..60}; do sleep 8 & done; wait', { processes: 24 }),
    run(`(exec -a ${mark} setsid sleep 60) >/dev/null 2>&1 & (exec -a ${mark} sleep 60) & sleep 0.05`),
  ]);
  const limit = (name: string, wanted: string, { ending }: SandboxResult): Probe =>
    ending.kind === 'limit' && ending.limit === wanted
      ? { name, outcome: 'held' }
      : { name, outcome: 'failed', words: `it ended otherwise: ${ending.kind}` };
  const survived = processesNamed(mark).length;
  return [
    limit('allocate more memory than it may', 'memory', memory),
    limit('start more processes than it may', 'processes', processes),
    survivor.ending.kind === 'exited' && survived === 0
      ? { name: 'outlive its call', outcome: 'held' }
      : { name: 'outlive its call', outcome: 'failed', words: `${survived} processes did` },
  ];
}

function processesNamed(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(mark);
    } catch {
      return false; // it has ended
    }
  });
}

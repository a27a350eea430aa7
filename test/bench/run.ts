/**
 * `npm run bench`: ratios, side by side, on this machine and nowhere else. Each pair runs in turn, A B A B …, and the
 * median of the ratios is printed; single times are noise on a shared machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/node/audit/database.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { startProcess } from '../../src/node/process/spawn.ts';
import { benchDecisions } from './decisions.ts';
import { HostSandbox } from '../../src/node/sandbox/hostSandbox.ts';

const ROUNDS = 30;
const base = await mkdtemp(join(tmpdir(), 'oversign-bench-'));

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function pair(name: string, ours: () => unknown, other: () => unknown, each = 1): Promise<void> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const mine = await timed(ours);
    const theirs = await timed(other);
    if (round < 3) continue; // warm-up
    ratios.push(mine / theirs);
    times.push(mine);
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
  const time = median(times) / each;
  const words = time < 1 ? `${(time * 1000).toFixed(1)} µs` : `${time.toFixed(2)} ms`;
  console.log(`${name}: ${median(ratios).toFixed(2)} x (${words})`);
}

try {
  await benchDecisions(pair);

  const store = new AuditStore(openDatabase(join(base, 'audit.db')), identityOf(process.pid));
  const file = openSync(join(base, 'plain.log'), 'a');
  await pair(
    'durable audit append / bare append + fdatasync',
    () => store.append({ type: 'notice', run: 'bench', data: { text: 'x'.repeat(200) } }),
    () => {
      writeSync(file, `${'x'.repeat(600)}\n`);
      fdatasyncSync(file);
    },
  );
  closeSync(file);
  store.close();

  const workspace = await mkdtemp(join(tmpdir(), 'oversign-bench-ws-'));
  const sandbox = new HostSandbox({ data: base, config: join(base, 'config'), home: base }, process.env, [workspace]);
  const limits = { memoryBytes: 1 << 30, cpuSeconds: 60, diskBytes: 1 << 30, processes: 256 };
  const environment = await sandbox.environment([]);
  const argv = ['/bin/sh', '-c', 'true'];
  const inCage = (mode: 'writable' | 'read-only') => () =>
    sandbox.run(
      {
        launch: { argv, cwd: workspace, environment, workspace: mode, secrets: 'hidden' },
        folders: [workspace],
        isDenied: () => false,
        isProtected: () => false,
        isHidden: () => false,
        deniesInside: false,
        deniedOutside: [],
        limits,
        timeoutMs: 10_000,
        outputCap: 1000,
      },
      new AbortController().signal,
    );
  const plain = async (): Promise<void> => {
    const child = await startProcess({
      file: '/bin/sh',
      args: ['-c', 'true'],
      cwd: workspace,
      environment,
      outputCap: 1000,
    });
    await child.ended;
  };
  await pair('sandboxed command / plain spawn', inCage('writable'), plain);
  await pair('sandboxed command that only looks / plain spawn', inCage('read-only'), plain);
  await rm(workspace, { recursive: true, force: true });
} finally {
  await rm(base, { recursive: true, force: true });
}

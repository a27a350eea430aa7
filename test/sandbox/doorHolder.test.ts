import { readdirSync, readFileSync, readlinkSync, openSync, closeSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { workbench } from '../support/workbench.ts';

/** Holders below this process: node -e with net.createServer in it. */
function holders(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0');
      // The node itself, not bwrap.
      if (!words.includes('-e') || !words.some((one) => one.includes("process.send({ kind: 'all'"))) return [];
      return words[0]?.endsWith('bwrap') ? [] : isMine(Number(name)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
function isMine(pid: number): boolean {
  for (let at = pid; at > 1;) {
    if (at === process.pid) return true;
    const stat = readFileSync(`/proc/${at}/stat`, 'latin1');
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  return false;
}
const output = (events: readonly AuditRecord[]): string =>
  events.flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : [])).join('\n');
const run = (...lines: string[]) =>
  lines.map((line) => ({ calls: [{ name: 'run_command', args: { command: line } }] }));

test.each([
  ['control: it runs', 'none'],
  ['it was killed before', 'SIGKILL'],
] as const)('the holder: %s', async (_name, how) => {
  const before = new Set(holders());
  const bench = await workbench({ files: {} });
  let ours: number[] = [];
  const done = bench.run((_request, turn) => {
    if (turn === 1) {
      ours = holders().filter((pid) => !before.has(pid));
      if (how !== 'none') for (const pid of ours) process.kill(pid, how);
    }
    const line = turn < 2 ? run('readlink /proc/self/ns/net; echo ran; touch a')[0] : undefined;
    return line ?? { text: 'done' };
  });
  const first = await Promise.race([done.then(() => 'ended'), pause(15_000).then(() => 'still waiting')]);
  let stopped = first;
  if (first !== 'ended') {
    void bench.engine.stop('stop it');
    stopped = await Promise.race([done.then(() => 'ended'), pause(5_000).then(() => 'Stop did nothing')]);
    for (const pid of ours) process.kill(pid, 'SIGKILL');
  }
  const events = await done;
  expect(output(events)).not.toContain(readlinkSync('/proc/self/ns/net'));
  expect(stopped).toBe('ended');
  if (how === 'SIGKILL') expect(output(events).match(/ran/g)).toHaveLength(2);
});

test('the holder is killed while a command runs: it goes on where it is, and never in the network of this machine', async () => {
  const before = new Set(holders());
  const server = createServer((socket) => socket.end('reached'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const bench = await workbench({
    files: {
      'x.sh': `for i in 1 2 3 4 5 6; do readlink /proc/self/ns/net; (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && echo OUT; sleep 0.5; done; touch a`,
    },
  });
  const done = bench.run(run('bash x.sh'));
  await pause(2500);
  for (const pid of holders()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
  const events = await done;
  expect(output(events)).not.toContain('OUT');
  expect(new Set(output(events).match(/net:\[\d+\]/g)).size).toBe(1);
  expect(output(events)).not.toContain(readlinkSync('/proc/self/ns/net'));
});

test('a holder that is killed while a command is about to start: it is refused, or runs in a namespace of its own', async () => {
  const before = new Set(holders());
  const bench = await workbench({ files: { 'a.txt': 'a' } });
  const ends: string[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const taken: number[] = [];
    const timer = setTimeout(
      () => {
        for (const pid of holders()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
        // Whatever is opened next has the numbers that it had.
        setTimeout(() => {
          for (let count = 0; count < 6; count += 1)
            taken.push(openSync(`/proc/self/ns/${count % 2 ? 'net' : 'user'}`, 'r'));
        }, 5);
      },
      150 + 60 * turn,
    );
    const events = await bench.run(run('readlink /proc/self/ns/net; touch a'));
    clearTimeout(timer);
    await pause(10);
    for (const fd of taken) closeSync(fd);
    ends.push(output(events).replace(/\s+/g, ' ').slice(0, 120));
    expect(output(events)).not.toContain(readlinkSync('/proc/self/ns/net'));
  }
});

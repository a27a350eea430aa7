import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attributesOf, OtlpWorld } from '../support/otlpReceiver.ts';

let world: OtlpWorld;
let children: ChildProcess[];

beforeEach(async () => {
  world = await OtlpWorld.make();
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map(killed));
  await world[Symbol.asyncDispose]();
});

/** A process of its own that exports the log, with events of its own now and then; it ends when told to. */
function exporting(own = 0): ChildProcess {
  const from = (path: string): string => JSON.stringify(pathToFileURL(join('src', 'node', 'audit', path)).href);
  const code = `
    import { AuditClient } from ${from('auditClient.ts')};
    import { OtlpExporter } from ${from('otlp/exporter.ts')};
    const client = await AuditClient.open(${JSON.stringify(world.data)});
    const permit = async ({ origin, method, path, bytes }) => {
      await client.append({ type: 'egress', run: 'log',
        data: { purpose: 'audit export', origin, method, bytes }, payload: { path, contentOf: [] } });
      return { received() {} };
    };
    const exporter = new OtlpExporter({
      data: ${JSON.stringify(world.data)}, file: client.file, version: '1.2.3', permit,
      target: { endpoint: ${JSON.stringify(world.receiver.endpoint)}, payloads: false },
    });
    exporter.notify();
    for (let number = 0; number < ${own}; number += 1) {
      await client.append({ type: 'notice', run: 'run-' + process.pid, data: { number } });
      exporter.notify();
    }
    process.on('message', async () => {
      await exporter.flush(50_000);
      await exporter.close();
      await client[Symbol.asyncDispose]();
      process.disconnect();
    });
    process.send('ready');
  `;
  const script = join(world.data, 'export.mjs');
  writeFileSync(script, code);
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function told(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.send('end');
  expect(await gone).toEqual([0, null]);
}

/** Every event that counts has arrived; how often each of them. */
function arrivals(): Map<number, number> {
  const times = new Map<number, number>();
  for (const record of world.receiver.records) {
    const seq = Number(attributesOf(record)['oversign.seq']);
    times.set(seq, (times.get(seq) ?? 0) + 1);
  }
  const last = Math.max(...times.keys());
  expect([...times.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  const left = world.rows().filter(({ seq }) => seq > last);
  expect(left.filter(({ body }) => !/"audit export"|"type":"head"/.test(body))).toEqual([]);
  return times;
}

// Killed while the collector has the batch and has not answered, and again right after an answer is on its way.
test('nothing is lost when the exporting process is killed, and the next one goes on', async () => {
  await world.notices(1500);
  let isHeld = true;
  world.receiver.reply = (number) => (number === 2 && isHeld ? new Promise(() => undefined) : 'take');
  const first = exporting();
  await world.receiver.until(() => world.receiver.seen.length === 2);
  const locks = readdirSync(world.data).filter((name) => name.endsWith('.json.lock'));
  expect(locks).toHaveLength(1);
  await killed(first);
  // The lock is still there: its owner was killed over it.
  expect(lstatSync(join(world.data, locks[0] ?? '')).isSymbolicLink()).toBe(true);
  isHeld = false;

  const { length } = world.receiver.taken;
  const second = exporting();
  await world.receiver.until(() => world.receiver.taken.length > length);
  await killed(second);

  const third = exporting(5);
  await once(third, 'message');
  await told(third);
  const times = arrivals();
  // What had been acknowledged and written down was not sent again: the first batch but for the last moment.
  expect(Math.max(...times.values())).toBeLessThanOrEqual(3);
  expect(world.receiver.problems).toEqual([]);
});

test('two processes that export the same log take turns, and send nothing twice', async () => {
  await world.notices(1200);
  const both = [exporting(40), exporting(40)];
  await Promise.all(both.map((child) => once(child, 'message')));
  await Promise.all(both.map(told));
  const times = arrivals();
  expect([...times.values()].filter((count) => count > 1)).toEqual([]);
  expect(world.receiver.mostAtOnce).toBe(1);
  const writers = new Set(
    world.receiver.records.map(({ body }) => (JSON.parse(body.stringValue ?? '') as { run: string }).run),
  );
  expect(writers).toEqual(new Set(['log', 'run-1', ...both.map(({ pid }) => `run-${String(pid)}`)]));
});

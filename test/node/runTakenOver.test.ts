import { chmodSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { RunTakenOver } from '../../src/core/audit/port.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { RequestFiles, type Request } from '../../src/node/runs/requestFiles.ts';
import { temporaryFolder } from '../support/tree.ts';

const GONE = { pid: 999_999_999, start: 'long ago', boot: 'another' };
const STARTED = { type: 'started', run: 'r', action: 'a', data: { tool: 'write_file', effect: 'write' } } as const;
const FINISHED = {
  type: 'finished',
  run: 'r',
  action: 'a',
  data: { status: 'done', durationMs: 1 },
  payload: { output: '' },
} as const;

async function twoStores(): Promise<{ before: AuditStore; now: AuditStore }> {
  const file = join(await temporaryFolder(), 'audit.db');
  const [before, now] = [new AuditStore(file, GONE), new AuditStore(file, identityOf(process.pid))];
  onTestFinished(() => {
    before.close();
    now.close();
  });
  return { before, now };
}

test('whoever comes back after its run was taken over begins nothing more, and has no say in how it ends', async () => {
  const { before, now } = await twoStores();
  expect(before.claim(['/w'], 'r')).toEqual({ ok: true });
  before.append(STARTED);
  expect(now.claim(['/w'], 'r')).toEqual({ ok: true }); // its process is gone, as far as anyone can tell
  now.saveTranscript('r', { said: 'since' });
  const lost = [
    () => before.append({ ...STARTED, action: 'b' }),
    () => before.append({ type: 'turn_started', run: 'r', data: { turn: 2 } }),
    () => before.append({ type: 'answered', run: 'r', action: 'b', data: { choice: 'approve', by: 'person' } }),
    () =>
      before.append({ type: 'run_finished', run: 'r', data: { state: 'finished', turns: 1 }, payload: { reason: '' } }),
    () => before.append({ type: 'interrupted', run: 'r', data: {} }),
    () => {
      before.saveTranscript('r', { said: 'before' });
    },
  ];
  for (const call of lost) expect(call).toThrow(RunTakenOver);
  before.append(FINISHED); // what it had begun is told to its end
  before.release('r');
  expect(now.running()).toMatchObject([{ run: 'r', isHere: true }]);
  now.append({ ...STARTED, action: 'c' });
  expect(now.events('r').map(({ type, action }) => `${type} ${action ?? ''}`.trim())).toEqual([
    'started a',
    'interrupted a',
    'conversation',
    'finished a',
    'started c',
  ]);
});

test('whoever has its run begins what it wants', async () => {
  const { now } = await twoStores();
  now.claim(['/w'], 'r');
  now.append(STARTED);
  now.append(FINISHED);
  now.release('r');
  expect(now.running()).toEqual([]);
});

describe('what is wanted of a run', () => {
  const REQUEST: Request = { version: 1, run: 'r', holder: '7 1 b', want: 'stop', at: 'terminal', place: '/dev/pts/1' };
  let files: RequestFiles;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    const data = await temporaryFolder();
    files = new RequestFiles(data);
    folder = join(data, 'requests');
    file = join(folder, `${sha256('r\n7 1 b').slice(0, 32)}.one.json`);
    await files.write({ ...REQUEST, run: 'another' });
  });
  const taken = (): Request[] => files.take({ run: 'r', holder: '7 1 b' });

  test('is taken once, by its holder', async () => {
    await files.write(REQUEST);
    expect(files.take({ run: 'r', holder: '7 2 b' })).toEqual([]);
    expect(taken()).toEqual([REQUEST]);
    expect(taken()).toEqual([]);
  });

  test('is taken back', async () => {
    (await files.write(REQUEST))();
    expect(taken()).toEqual([]);
  });

  const text = JSON.stringify(REQUEST);
  const refused: [string, () => void][] = [
    [
      'that others may write',
      () => {
        writeFileSync(file, text, { mode: 0o600 });
        chmodSync(file, 0o606);
      },
    ],
    [
      'through a link',
      () => {
        writeFileSync(join(folder, 'elsewhere'), text, { mode: 0o600 });
        symlinkSync(join(folder, 'elsewhere'), file);
      },
    ],
    [
      'that has another name',
      () => {
        writeFileSync(file, text, { mode: 0o600 });
        linkSync(file, join(folder, 'other'));
      },
    ],
    [
      'that is a folder',
      () => {
        mkdirSync(file);
      },
    ],
    [
      'that is too long',
      () => {
        writeFileSync(file, text + ' '.repeat(5000), { mode: 0o600 });
      },
    ],
    [
      'that is half written',
      () => {
        writeFileSync(file, text.slice(0, -5), { mode: 0o600 });
      },
    ],
    [
      'that names another run',
      () => {
        writeFileSync(file, JSON.stringify({ ...REQUEST, run: 'x' }), { mode: 0o600 });
      },
    ],
    [
      'in a folder that others may enter',
      () => {
        writeFileSync(file, text, { mode: 0o600 });
        chmodSync(folder, 0o755);
      },
    ],
  ];
  test.each(refused)('is not taken from a file %s', (_, make) => {
    make();
    expect(taken()).toEqual([]);
  });

  test('is taken from a file as this account writes it (control)', () => {
    writeFileSync(file, text, { mode: 0o600 });
    expect(taken()).toEqual([REQUEST]);
    expect(readdirSync(folder)).toHaveLength(1); // the other run's
  });

  test('is bounded, however many there are', async () => {
    for (let count = 0; count < 30; count += 1) await files.write(REQUEST);
    expect(taken()).toHaveLength(8);
  });
});

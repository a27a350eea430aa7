// macOS' backend, as far as it can be tried on Linux: the same adapter, the same configuration and the real library,
// which then builds its cage with bubblewrap. What Seatbelt makes of the configuration is only read (test/unit).
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test as everywhere } from 'vitest';
import type { SandboxResult, SandboxSpec } from '../../src/core/sandbox/port.ts';
import { startProcess } from '../../src/node/process/spawn.ts';
import { SeatbeltSandbox } from '../../src/node/sandbox/seatbelt/seatbeltSandbox.ts';
import { watchDescendants } from '../../src/node/sandbox/seatbelt/watch.ts';
import { processesWith, within } from '../support/processes.ts';
import { caged, LIMITS, type RunOptions } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** Debian's packages that the library needs on Linux alone. */
const missing = ['bwrap', 'rg'].filter((name) => !existsSync(`/usr/bin/${name}`));
// On CI what is missing is a failure, like everywhere in this repository.
const test = everywhere.skipIf(process.platform !== 'linux' || (missing.length > 0 && process.env['CI'] === undefined));

const library = dirname(dirname(createRequire(import.meta.url).resolve('@anthropic-ai/sandbox-runtime')));

interface Tried {
  folder: string;
  data: string;
  home: string;
  sandbox: SeatbeltSandbox;
  run: (command: string, options?: RunOptions & Pick<SandboxSpec, 'input'>) => Promise<SandboxResult>;
}

async function tried(): Promise<Tried> {
  const base = await temporaryFolder();
  const plain = await caged(base);
  const { folder, data, home } = plain;
  await plant(home, { secret: 'OUTSIDE' });
  await plant(data, { 'audit.db': 'OUTSIDE' });
  const system = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc'].filter((path) => existsSync(path));
  const sandbox = new SeatbeltSandbox(
    { data, config: join(base, 'config'), home },
    { PATH: '/usr/bin:/bin' },
    [folder],
    // The library's own helper on Linux, which macOS does without.
    { system: [...system, join(library, 'vendor')], hidden: [], temporary: realpathSync(base) },
  );
  return {
    folder,
    data,
    home,
    sandbox,
    async run(command, options = {}) {
      const whole = await plain.spec(['/bin/bash', '-c', command], options);
      const environment = { ...(await sandbox.environment([])), ...options.environment };
      return sandbox.run(
        { ...whole, launch: { ...whole.launch, environment }, ...(options.input && { input: options.input }) },
        options.signal ?? new AbortController().signal,
      );
    },
  };
}

test('it proves itself before anything runs in it', async () => {
  const { sandbox } = await tried();
  const status = await sandbox.status(LIMITS);
  expect(status).toMatchObject({ works: true, name: 'Seatbelt' });
  expect(status.probes?.length).toBeGreaterThan(8);
  expect(status.probes?.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
});

test('the workspace is there; home, data and every other folder are not', async () => {
  const { folder, data, home, run } = await tried();
  writeFileSync(join(folder, 'open'), 'open');
  const result = await run(`cat open; echo made > made; cat ${home}/secret ${data}/audit.db; ls ${home} ${data}`);
  expect(result.output).toMatch(/^open/);
  expect(result.output).not.toContain('OUTSIDE');
  expect(readFileSync(join(folder, 'made'), 'utf8')).toBe('made\n');
  await run(`echo changed > ${home}/secret; echo changed > ${data}/audit.db; touch ${home}/new /usr/new /etc/new`);
  expect(readFileSync(join(home, 'secret'), 'utf8')).toBe('OUTSIDE');
  expect(readFileSync(join(data, 'audit.db'), 'utf8')).toBe('OUTSIDE');
  for (const path of [join(home, 'new'), '/usr/new', '/etc/new']) expect(existsSync(path)).toBe(false);
});

test('a command that only looks changes nothing', async () => {
  const { folder, run } = await tried();
  writeFileSync(join(folder, 'open'), 'open');
  const result = await run('cat open; echo changed > open; echo new > new', { workspace: 'read-only' });
  expect(result.output).toMatch(/^open/);
  expect(readFileSync(join(folder, 'open'), 'utf8')).toBe('open');
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

test('denied files and folders can be neither read, changed nor moved', async () => {
  const { folder, run } = await tried();
  await plant(folder, { 'sub/a.key': 'SECRET', 'vault/b': 'SECRET', 'odd [n]*/c.key': 'SECRET' });
  const result = await run(
    `cat sub/a.key vault/b 'odd [n]*/c.key'; ln sub/a.key x; ln -s sub/a.key y; cat x y
     mv sub/a.key z; mv vault v; mv sub s; cat z v/b s/a.key; echo changed > sub/a.key; echo changed > vault/b`,
    { denied: ['*.key', 'vault'] },
  );
  expect(result.output).not.toContain('SECRET');
  for (const name of ['sub/a.key', 'vault/b', 'odd [n]*/c.key'])
    expect(readFileSync(join(folder, name), 'utf8')).toBe('SECRET');
});

test('protected paths can be neither changed, made, nor moved away', async () => {
  const { folder, run } = await tried();
  await plant(folder, { 'sub/.vscode/tasks.json': '{}', '.git/HEAD': 'ref: refs/heads/main\n', '.git/config': '' });
  await mkdir(join(folder, '.git/hooks'));
  const result = await run(
    `echo x > sub/.vscode/tasks.json; mv sub/.vscode away; mv sub other; mkdir .oversign .idea
     echo x > .oversign/policy.yaml; echo x > .git/config; echo x > .git/hooks/pre-commit; echo x > .git/commondir
     mv .git moved; echo x > .git/index; echo done`,
  );
  expect(result.output).toMatch(/done\n$/);
  expect(readFileSync(join(folder, 'sub/.vscode/tasks.json'), 'utf8')).toBe('{}');
  expect(readFileSync(join(folder, '.git/config'), 'utf8')).toBe('');
  expect(await readdir(join(folder, '.git/hooks'))).toEqual([]);
  // What git itself writes stays writable; nothing of the cage is left behind.
  expect((await readdir(join(folder, '.git'))).sort()).toEqual(['HEAD', 'config', 'hooks', 'index']);
  expect((await readdir(folder)).sort()).toEqual(['.git', 'sub']);
  expect(result.quarantined).toEqual([]);
});

test('what appears under a protected name all the same is set aside', async () => {
  const { folder, run } = await tried();
  const result = await run('mkdir -p deep/.git/hooks && echo x > deep/.git/hooks/pre-commit');
  expect(result.quarantined.join()).toContain('deep/.git');
  expect(existsSync(join(folder, 'deep/.git'))).toBe(false);
});

test('there is no network', async () => {
  const { run } = await tried();
  const { output } = await run('grep -c : /proc/net/dev; (exec 3<>/dev/tcp/1.1.1.1/53) && echo connected');
  expect(output).toMatch(/^1\n/);
  expect(output).not.toContain('connected');
});

test('a command has the environment that was announced, and a home that is gone afterwards', async () => {
  const { folder, sandbox, run } = await tried();
  const { output } = await run('env; echo x > "$HOME/a" && echo y > "$TMPDIR/b" && ls "$HOME" "$TMPDIR"');
  const expected = await sandbox.environment([]);
  const shown = output.split('\n').filter((line) => /^\w+=/.test(line) && !/^(PWD|SHLVL|_)=/.test(line));
  expect(shown.sort()).toEqual(
    Object.entries(expected)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  );
  expect(output).toMatch(/\na\n[^]*\nb\n/);
  expect(existsSync(expected['HOME'] ?? '')).toBe(false);
  expect((await readdir(dirname(folder))).filter((name) => name.startsWith('oversign-'))).toEqual([]);
});

test('endings, output and input', async () => {
  const { run } = await tried();
  expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({ ending: { kind: 'exited', code: 3 } });
  const given = [Buffer.from('first '), Buffer.from('second')];
  expect((await run('cat; echo .', { input: Readable.from(given) })).output).toBe('first second.\n');
  const flood = await run('head -c 3000000 /dev/zero', { outputCap: 1000 });
  expect(flood).toMatchObject({ ending: { kind: 'exited', code: 0 }, outputBytes: 3_000_000 });
  expect(flood.output).toHaveLength(1000);
  expect((await run('exec dd if=/dev/zero of=big bs=1M count=4', { limits: { diskBytes: 1 << 20 } })).ending).toEqual({
    kind: 'limit',
    limit: 'file size',
  });
  expect((await run('echo ran', { limits: { cpuSeconds: Number.NaN } })).output).not.toContain('ran\n');
});

test('a stop and the time end everything that was started', async () => {
  const { run } = await tried();
  const mark = `mark-${randomUUID()}`;
  const environment = { MARK: mark };
  const stop = new AbortController();
  const stopped = run('setsid sleep 987 & sleep 987', { environment, signal: stop.signal });
  expect(await within(20_000, () => processesWith(mark).length >= 2)).toBe(true);
  stop.abort();
  expect((await stopped).ending).toEqual({ kind: 'stopped' });
  expect(await within(10_000, () => processesWith(mark).length === 0)).toBe(true);
  const late = await run('sleep 987', { environment, timeoutMs: 1500 });
  expect(late.ending).toEqual({ kind: 'timeout', seconds: 1.5 });
  expect(await within(10_000, () => processesWith(mark).length === 0)).toBe(true);
});

test('memory and processes are watched over everything that was started', async () => {
  const { run } = await tried();
  const hog = `python3 -c 'import time; x = bytearray(90 << 20); time.sleep(20)' & `;
  const result = await run(`${hog.repeat(4)} wait`, { limits: { memoryBytes: 256 << 20 } });
  expect(result.ending).toEqual({ kind: 'limit', limit: 'memory' });
  expect(result.use.memoryBytes).toBeGreaterThan(256 << 20);
  const crowd = await run('for i in $(seq 60); do sleep 20 & done; wait', { limits: { processes: 40 } });
  expect(crowd.ending).toEqual({ kind: 'limit', limit: 'processes' });
});

// The library's cage on Linux ends everything with its first process; macOS has no such thing, only this.
everywhere('what left its process group is found and ended, also when nobody is its parent any more', async () => {
  const mark = `mark-${randomUUID()}`;
  const child = await startProcess({
    file: '/bin/bash',
    args: ['-c', `python3 -c 'import os, time; os.setsid(); time.sleep(987)' & sleep 2`],
    cwd: '/',
    environment: { MARK: mark, PATH: process.env['PATH'] ?? '' },
    outputCap: 1000,
  });
  const watch = watchDescendants(child.pid, LIMITS, () => undefined);
  await child.ended;
  child.kill();
  expect(processesWith(mark).length).toBe(1);
  const { use, survivors } = await watch.end();
  expect(survivors).toBe(0);
  expect(use.processes).toBeGreaterThanOrEqual(2);
  expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
});

test('a library that cannot be loaded, or does not confine, is a refusal with cause and fix', async () => {
  const base = await temporaryFolder();
  const folders = { data: join(base, 'data'), config: join(base, 'config'), home: join(base, 'home') };
  await plant(folders.data, { 'audit.db': '' });
  const machine = { system: ['/usr', '/bin'], hidden: [], temporary: base };
  const broken = new SeatbeltSandbox(folders, {}, [], machine, () => Promise.reject(new Error('no such module')));
  expect(JSON.stringify(await broken.status(LIMITS))).toMatch(/"works":false.*no such module/);
  const open = new SeatbeltSandbox(folders, {}, [], machine, () =>
    Promise.resolve((line) => Promise.resolve({ line, clean: () => undefined })),
  );
  const status = await open.status(LIMITS);
  expect(JSON.stringify(status)).toMatch(/"works":false.*did not hold/);
  expect(status.probes?.find(({ name }) => name.startsWith('the workspace'))?.outcome).toBe('held');
  expect(status.probes?.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(5);
});

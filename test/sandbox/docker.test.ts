import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DockerSandbox } from '../../src/node/sandbox/docker/dockerSandbox.ts';
import { findEngine } from '../../src/node/sandbox/docker/engine.ts';
import { startDockerEngine, type DockerEngine } from '../support/dockerEngine.ts';
import { cagedBy, LIMITS, type Caged } from '../support/sandboxRun.ts';
import { removeWhole } from '../support/tree.ts';

let base: string;
let there: DockerEngine | undefined;
let why = '';
let cage: Caged<DockerSandbox>;

/** Another file's engine may have its turn first; on a fresh machine it is installed. */
const MOST_WAITING_MS = 600_000;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-docker-')));
  const started = await startDockerEngine();
  if (typeof started === 'string') {
    why = started;
    return;
  }
  there = started;
  cage = await cagedIn('a', started);
  for (const [name, text] of [
    ['denied.key', 'SECRET'],
    ['sub/deep/b.key', 'SECRET'],
    ['sub/deep/.oversign/policy.yaml', ''],
  ] as const) {
    mkdirSync(join(cage.folder, name, '..'), { recursive: true });
    writeFileSync(join(cage.folder, name), text);
  }
}, MOST_WAITING_MS);
afterAll(async () => {
  if (there) {
    await cage.sandbox.close();
    await cage.sandbox.recover(); // what the engine that was killed did not confirm
  }
  const left = there && [there.docker('ps', '--all', '--quiet'), there.docker('images', '--quiet')];
  await there?.close();
  await removeWhole(base);
  if (left) expect(left).toEqual(['', '']);
});

function cagedIn(name: string, { environment }: DockerEngine): Promise<Caged<DockerSandbox>> {
  const account = { ...environment, PATH: '/usr/bin:/bin' };
  return cagedBy(join(base, name), 'work', (folders, folder) => new DockerSandbox(folders, account, [folder]));
}

function containers({ docker }: DockerEngine): string[] {
  return docker('ps', '--all', '--quiet').split('\n').filter(Boolean);
}

test('what is missing is said, with what to do about it', async () => {
  const none = await findEngine({}, base, [join(base, 'none')]);
  expect(none).toMatchObject({ works: false, cause: expect.stringContaining('not installed') as string });
  // The client itself is asked which engine it would use.
  const client = join(base, 'docker');
  writeFileSync(client, '#!/bin/sh\necho "$DOCKER_CONTEXT"; echo "$DOCKER_HOST"\n');
  chmodSync(client, 0o755);
  const found = (host: string): ReturnType<typeof findEngine> =>
    findEngine({ DOCKER_HOST: host, DOCKER_CONTEXT: 'mine' }, base, [client]);
  for (const host of ['tcp://10.0.0.1:2376', 'ssh://somebody@elsewhere'])
    expect(await found(host)).toMatchObject({
      works: false,
      cause: expect.stringContaining(`mine points to an engine elsewhere (${host})`) as string,
    });
  const socket = join(base, 'engine.sock');
  expect(await found(`unix://${socket}`)).toMatchObject({ cause: expect.stringContaining('no engine runs') as string });
  // A socket that nobody listens at any more.
  writeFileSync(socket, '');
  expect(await found(`unix://${socket}`)).toMatchObject({
    cause: expect.stringMatching(/the engine does not answer/) as string,
  });
  expect(await found('')).toMatchObject({ cause: expect.stringContaining('does not say which engine') as string });
  // One that takes connections and is none.
  const server = createServer((one) => one.destroy()).listen(join(base, 'other.sock'));
  expect(await found(`unix://${base}/other.sock`)).toMatchObject({ works: false });
  server.close();
});

test('it proves itself, and says which limits are held by what', async ({ skip }) => {
  const engine = there ?? skip(why);
  const status = await cage.sandbox.status(LIMITS);
  expect(status).toMatchObject({ works: true, name: 'Docker' });
  if (!status.works) return;
  expect(status.probes.length).toBeGreaterThan(20);
  expect(status.probes.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
  expect(status.limits.filter(({ by }) => by === 'Docker').map(({ name }) => name)).toEqual(['memory', 'processes']);
  expect(containers(engine)).toEqual([]);
});

test('input, output, exit code and environment are the command’s own; one container serves the commands of a run', async ({
  skip,
}) => {
  const engine = there ?? skip(why);
  const end = await cage.sandbox.begin('r');
  const one = await cage.run('echo out; echo err >&2; echo "$A"; exit 125', { environment: { A: "it's\ntwo" } });
  expect(one).toMatchObject({ ending: { kind: 'exited', code: 125 }, outputBytes: 17 });
  expect(one.output).toContain('out\n');
  expect(one.output).toContain("it's\ntwo\n");
  const [first] = containers(engine);
  const spec = await cage.spec(['/bin/cat']);
  const { output } = await cage.sandbox.run({ ...spec, input: said('hello') }, new AbortController().signal);
  expect(output).toBe('hello');
  expect((await cage.run('echo $HOME; touch /tmp/kept')).output).toBe('/home/agent\n');
  expect(containers(engine)).toEqual([first]);
  expect((await cage.run('tr "\\0" "\\n" < /proc/1/environ', { cwd: cage.folder })).output).not.toMatch(/PATH|DOCKER/);
  // What is left running ends, and with it the container.
  expect((await cage.run('sleep 600 & echo left')).ending).toEqual({ kind: 'exited', code: 0 });
  expect(containers(engine)).not.toContain(first);
  await end();
  expect(containers(engine)).toEqual([]);
});

test('denied files are covered, protected ones held with the folders above them, also as the workspace changes', async ({
  skip,
}) => {
  if (!there) skip(why);
  const denied = ['*.key'];
  const end = await cage.sandbox.begin('r');
  const tried = await cage.run(
    'cat denied.key sub/deep/b.key; rm -f denied.key; echo x > sub/deep/.oversign/policy.yaml; mv sub/deep sub/moved; mv sub moved; mkdir .git/hooks; ls',
    { denied },
  );
  expect(tried.output).not.toContain('SECRET');
  expect(readFileSync(join(cage.folder, 'denied.key'), 'utf8')).toBe('SECRET');
  expect(readdirSync(join(cage.folder, 'sub/deep')).sort()).toEqual(['.oversign', 'b.key']);
  // A file that is denied only now, in a container that is there already.
  writeFileSync(join(cage.folder, 'later.key'), 'SECRET');
  expect((await cage.run('cat later.key', { denied })).output).not.toContain('SECRET');
  expect((await cage.run('cat later.key')).output).toBe('SECRET'); // the control
  expect(
    (
      await cage.run(
        'mkdir -p new/.git/hooks; echo x > new/.git/hooks/post-checkout; chmod +x new/.git/hooks/post-checkout; echo "[core]" > new/.git/config; echo "ref: refs/heads/main" > new/.git/HEAD; mkdir new/.git/objects new/.git/refs',
      )
    ).quarantined,
  ).not.toEqual([]);
  expect((await cage.run('touch x', { workspace: 'read-only' })).output).toContain('Read-only file system');
  await end();
});

test.for([
  ['memory', 'python3 -c "b = bytearray(400 << 20)" ; sleep 1; echo still', { memoryBytes: 128 << 20 }],
  ['processes', 'for i in {1..80}; do sleep 5 & done; wait', { processes: 24 }],
  ['file size', 'head -c 30M /dev/zero > big', { diskBytes: 8 << 20 }],
  ['CPU time', 'timeout 20 sh -c "while :; do :; done" & while :; do :; done', { cpuSeconds: 1 }],
] as const)('over its %s a command ends, and is told so', async ([limit, command, limits], { skip }) => {
  const engine = there ?? skip(why);
  const { ending } = await cage.run(command, { limits });
  expect(ending).toEqual({ kind: 'limit', limit });
  expect(containers(engine)).toEqual([]);
});

test('Stop and the time end what runs inside, and return once the engine has confirmed it', async ({ skip }) => {
  const engine = there ?? skip(why);
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, 2500);
  const work = cage.run('trap "" TERM INT; (setsid sleep 611 &); sleep 611', { signal: stop.signal });
  expect((await work).ending).toEqual({ kind: 'stopped' });
  expect(containers(engine)).toEqual([]);
  expect((await cage.run('sleep 60', { timeoutMs: 1500 })).ending).toEqual({ kind: 'timeout', seconds: 1.5 });
  expect(containers(engine)).toEqual([]);
  expect(running(['sleep', '611'])).toEqual([]);
});

test('killed at random moments, it leaves no container after the next start, and touches none of others', async ({
  skip,
}) => {
  const engine = there ?? skip(why);
  const { docker, environment } = engine;
  docker(
    'import',
    '--change',
    'LABEL dev.oversign.claim=somebody-elses',
    join(process.cwd(), 'test/fixtures/empty.tar'),
    'others:1',
  );
  const others = docker('create', '--label', 'dev.oversign.claim=somebody-elses', 'others:1', '/bin/true');
  const kills = 20;
  for (let turn = 0; turn < kills; turn += 1) {
    const child = spawn(
      process.execPath,
      ['--import', './scripts/begin.mjs', 'test/support/dockerChild.ts', join(base, 'k')],
      {
        env: { ...environment, PATH: '/usr/bin:/bin' },
        stdio: 'ignore',
      },
    );
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await pause(randomInt(400, 2400));
    if (turn % 5 === 4) {
      // The client that a command or a container hangs on.
      const clients = running(['/usr/bin/docker']).filter((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false }));
      const one = clients.at(-1);
      if (one !== undefined) process.kill(one, 'SIGKILL');
      await pause(200);
    }
    child.kill('SIGKILL');
    await gone;
  }
  await engine.kill();
  await pause(300);
  await engine.start();
  const next = await cagedIn('k', engine);
  await next.sandbox.recover();
  expect(containers(engine)).toEqual([others.slice(0, 12)]);
  expect(readdirSync(join(next.data, 'docker/claims'))).toEqual([]);
  docker('rm', others);
  docker('rmi', 'others:1');
});

test('an engine that ends in the middle of a command is told, and nothing weaker runs', async ({ skip }) => {
  const engine = there ?? skip(why);
  const { environment } = engine;
  expect(environment['DOCKER_HOST']).toBeDefined();
  const work = cage.run('echo begun; sleep 30');
  work.catch(() => undefined); // it is waited for below
  await pause(3000);
  await engine.kill();
  const { ending } = await work;
  expect(ending.kind).toBe('violation');
  cage.sandbox.forget();
  expect(await cage.sandbox.status(LIMITS)).toMatchObject({
    works: false,
    cause: expect.stringContaining('does not answer') as string,
  });
  await expect(cage.run('echo ran')).rejects.toThrow('cannot be confined by Docker');
  await engine.start();
  cage.sandbox.forget();
  await cage.sandbox.close();
});

async function* said(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** Processes whose command line begins so. */
function running(words: readonly string[]): number[] {
  const beginning = words.map((word) => `${word}\0`).join('');
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'latin1').startsWith(beginning)
        ? [Number(name)]
        : [];
    } catch {
      return [];
    }
  });
}

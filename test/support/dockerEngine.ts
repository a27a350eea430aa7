import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A Docker engine of the tests' own: nobody else's containers are in it, and nothing of it is left. */
export interface DockerEngine {
  environment: Record<string, string>;
  docker: (...args: string[]) => string;
  /** Ends the engine at once, as a crash would; its containers go on. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const PACKAGES = ['docker.io', 'iptables'];
const MOST_MS = 30_000;
const MOST_TURN_MS = 400_000;
const DAEMONS = ['/usr/sbin/dockerd', '/usr/bin/dockerd'];

/**
 * Starts one, or says why this machine has none. Where tests must find what they need (CI=true), and run as root, it is
 * installed; one that cannot be started at all is a reason to leave the tests out there too.
 */
export async function startDockerEngine(): Promise<DockerEngine | string> {
  if (process.platform !== 'linux') return 'the tests start an engine on Linux alone';
  if (process.getuid?.() !== 0) return 'an engine is started by root';
  const turn = await ownTurn();
  let isStarted = false;
  try {
    const engine = await startedEngine(turn);
    isStarted = typeof engine !== 'string';
    return engine;
  } finally {
    if (!isStarted) turn();
  }
}

/** `over`: called when the engine is closed. */
async function startedEngine(over: () => void): Promise<DockerEngine | string> {
  const daemon = (): string | undefined => DAEMONS.find((path) => existsSync(path));
  if (daemon() === undefined && process.env['CI'] === 'true') install();
  const file = daemon();
  if (file === undefined || !existsSync('/usr/bin/docker')) {
    if (process.env['CI'] === 'true') throw new Error('no Docker engine, and it could not be installed');
    return 'no Docker engine is installed (docker.io)';
  }
  const at = mkdtempSync(join(tmpdir(), 'oversign-engine-'));
  const host = `unix://${at}/docker.sock`;
  const docker = (...args: string[]): string =>
    execFileSync('/usr/bin/docker', ['--host', host, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    for (const name of [
      'docker.pid',
      'exec/containerd/containerd.pid',
      'exec/containerd/containerd.sock',
      'exec/containerd/containerd.sock.ttrpc',
    ])
      rmSync(join(at, name), { force: true });
    const one = spawn(
      file,
      [
        ...['--host', host, '--data-root', join(at, 'data'), '--exec-root', join(at, 'exec')],
        ...['--pidfile', join(at, 'docker.pid'), '--iptables=false', '--ip6tables=false', '--bridge=none'],
        ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--log-level', 'error'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    );
    let said = '';
    one.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
    running = one;
    const until = Date.now() + MOST_MS;
    for (;;) {
      try {
        docker('version');
        return;
      } catch {
        if (one.exitCode !== null || Date.now() > until) throw new Error(`dockerd does not start: ${said.trim()}`);
        await pause(100);
      }
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const one = running;
    running = undefined;
    if (!one || one.exitCode !== null || one.signalCode !== null) return;
    const gone = new Promise((resolve) => one.once('exit', resolve));
    one.kill(signal);
    await gone;
  };
  /** With the program of its own that keeps its containers; those go on. */
  const kill = async (): Promise<void> => {
    await end('SIGKILL');
    const containerd = join(at, 'exec/containerd/containerd.pid');
    if (existsSync(containerd)) tryKill(Number(readFileSync(containerd, 'utf8')));
    await pause(200);
  };
  const close = async (): Promise<void> => {
    await end('SIGTERM');
    await kill();
    // An engine that was killed leaves a program beside each container.
    for (const name of readdirSync('/proc')) if (/^\d+$/.test(name) && isOf(Number(name), at)) tryKill(Number(name));
    await pause(200);
    await pause(200);
    for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n').reverse()) {
      const place = line.split(' ')[4];
      if (place?.startsWith(`${at}/`)) execFileSync('umount', ['-l', place]);
    }
    rmSync(at, { recursive: true, force: true });
    over();
  };
  try {
    await start();
  } catch (error) {
    await close();
    return error instanceof Error ? error.message : String(error);
  }
  return { environment: { DOCKER_HOST: host }, docker, kill, start, close };
}

/** Whether a process was started for this engine: its command line names a place of it. */
function isOf(pid: number, at: string): boolean {
  try {
    return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`${at}/exec/`);
  } catch {
    return false; // it has ended
  }
}

/** One engine at a time: two have one tree of control groups, and twice the load. Returns what lets the next one begin. */
async function ownTurn(): Promise<() => void> {
  const lock = join(tmpdir(), 'oversign-engine.lock');
  const until = Date.now() + MOST_TURN_MS;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => {
        rmSync(lock, { force: true });
      };
    } catch {
      const whose = Number(readOr(lock));
      if (!existsSync(`/proc/${whose}`) || Date.now() > until) rmSync(lock, { force: true });
      await pause(500);
    }
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it was just let go
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

function install(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore', timeout: 120_000 });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], {
      env,
      stdio: 'ignore',
      timeout: 300_000,
    });
  } catch {
    // whoever looks says what is missing
  }
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivacyChild, PrivacyEnd } from './privacyChild.ts';

interface Packets {
  on: string;
  protocol: string;
  from: string;
  to: string;
  count: number;
}

/** A run, and all that was sent while it went on. */
export interface CountedRun {
  end: PrivacyEnd;
  /** Packets between the run and its model's server. */
  toModel: number;
  /** All others, of any kind, on every interface. */
  elsewhere: Packets[];
  /** Packets that were not looked at for want of room. */
  missed: number;
}

const UNSHARE = ['--user', '--map-root-user', '--net', '--mount', '--'];

/** Why packets cannot be counted here; undefined where they can. */
export function countingProblem(): string | undefined {
  if (process.platform !== 'linux') return 'packets are counted on Linux';
  const tried = spawnSync(
    'unshare',
    [
      ...UNSHARE,
      'sh',
      '-c',
      'ip link add out0 type veth peer name out1 && python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)"',
    ],
    { encoding: 'utf8' },
  );
  if (tried.error) return `unshare is not here (${tried.error.message})`;
  return tried.status === 0 ? undefined : `no network of its own can be made: ${tried.stderr.trim().slice(0, 200)}`;
}

/** The run in a network with a way out, each packet counted. */
export function countedRun(of: Omit<PrivacyChild, 'base'>): CountedRun {
  const base = mkdtempSync(join(tmpdir(), 'oversign-packets-'));
  const report = join(base, 'packets.json');
  try {
    mkdirSync(join(base, 'run'));
    const child: PrivacyChild = { ...of, base: join(base, 'run') };
    const program = [join(import.meta.dirname, 'privacyChild.ts'), JSON.stringify(child)];
    const python = [join(import.meta.dirname, 'packets.py'), report, process.execPath, ...program];
    const stdout = execFileSync('unshare', [...UNSHARE, 'python3', ...python], {
      ...{ encoding: 'utf8', maxBuffer: 64 * 1024 ** 2, stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 },
    });
    const end = JSON.parse(stdout) as PrivacyEnd;
    if (!existsSync(report)) throw new Error('nobody counted');
    const { packets, missed } = JSON.parse(readFileSync(report, 'utf8')) as { packets: Packets[]; missed: number };
    const server = `127.0.0.1:${end.port}`;
    const isToModel = ({ on, from, to }: Packets): boolean => on === 'lo' && (from === server || to === server);
    const toModel = packets.filter(isToModel).reduce((sum, { count }) => sum + count, 0);
    return { end, toModel, elsewhere: packets.filter((one) => !isToModel(one)), missed };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

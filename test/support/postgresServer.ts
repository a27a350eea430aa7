import { execFileSync, spawn } from 'node:child_process';
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';

/** A real server of a test's own. */
export interface PostgresServer {
  port: number;
  folder: string;
  /** As its superuser, past everything of Oversign's. */
  sql(text: string, database?: string): Promise<unknown[]>;
  close(): Promise<void>;
}

const SUPERUSER = 'boss';
const SUPERUSER_PASSWORD = 'pw-of-the-boss-1c8e';

/**
 * Starts PostgreSQL in a temporary folder, as the account `postgres` where this is root: it starts as root nowhere. Where
 * none is installed the tests fail: that is what the list of system packages is for.
 */
export async function postgresServer(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'oversign-pg-'));
  const who = ordinary();
  if (who) chownSync(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  const password = join(folder, 'password');
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const as = { ...who, env, cwd: folder };
  execFileSync('/bin/sh', ['-c', `umask 077; printf %s '${SUPERUSER_PASSWORD}' > password`], as);
  execFileSync(
    program('initdb'),
    ['-D', data, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8', '--no-sync'],
    { ...as, stdio: 'ignore' },
  );
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off' };
  const server = spawn(
    program('postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...as, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => {
      resolve();
    });
  });
  const sql = async (text: string, database = 'postgres'): Promise<unknown[]> => {
    const client = new Client({ host: '127.0.0.1', port, user: SUPERUSER, password: SUPERUSER_PASSWORD, database });
    await client.connect();
    try {
      const result: unknown = await client.query(text);
      const last = Array.isArray(result) ? (result.at(-1) as { rows: unknown[] }) : (result as { rows: unknown[] });
      return last.rows;
    } finally {
      await client.end();
    }
  };
  const close = async (): Promise<void> => {
    server.kill('SIGINT'); // fast shutdown (postgres(1))
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries += 1) {
    try {
      await sql('select 1');
      return { port, folder, sql, close };
    } catch (error) {
      if (tries < 150 && server.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      await close();
      throw error;
    }
  }
}

/** The account that it runs as, where this is root. */
function ordinary(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('PostgreSQL is not installed: there is no such account');
  return { uid: Number(uid), gid: Number(gid) };
}

/** On PATH, or where Debian puts what it keeps several versions of. */
function program(name: string): string {
  const versions = '/usr/lib/postgresql';
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...(existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : []),
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  throw new Error(`PostgreSQL is not installed: there is no ${name}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

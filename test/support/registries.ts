import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a server hands out: by path, of its own address. */
type Shelf = (at: string) => Record<string, string | Buffer>;

export interface Registry {
  port: number;
  /** Paths that were asked for, with their methods. */
  got: string[];
}

/** A real server on this machine with these files; what is not there is answered 404. */
export async function registry(host: string, shelf: Shelf, otherwise?: Handler): Promise<Registry> {
  const got: string[] = [];
  const files = new Map<string, string | Buffer>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://here').pathname;
    got.push(`${request.method ?? ''} ${path}`);
    const file = files.get(path);
    if (file !== undefined) response.setHeader('content-type', typeOf(file)).end(file);
    else if (otherwise) otherwise(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  for (const [path, content] of Object.entries(shelf(`http://${host}:${port}`))) files.set(path, content);
  return { port, got };
}

function typeOf(file: string | Buffer): string {
  if (typeof file !== 'string') return 'application/octet-stream';
  return file.startsWith('<') ? 'text/html' : 'application/json';
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry with one package, as npm asks for it (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md). */
export const npmShelf: Shelf = (at) => {
  const tarball = archive('package', {
    'package.json': '{"name":"left-shift","version":"1.0.0"}',
    'index.js': 'module.exports = (n) => n << 1;\n',
  });
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const version = {
    ...{ name: 'left-shift', version: '1.0.0' },
    dist: { tarball: `${at}/left-shift/-/left-shift-1.0.0.tgz`, integrity },
  };
  return {
    '/left-shift': JSON.stringify({
      ...{ name: 'left-shift', 'dist-tags': { latest: '1.0.0' } },
      versions: { '1.0.0': version },
    }),
    '/left-shift/-/left-shift-1.0.0.tgz': tarball,
  };
};

/** A simple index with one wheel (PEP 503, PEP 427). */
export const pipShelf: Shelf = () => {
  const wheel = 'tiny_shift-1.0-py3-none-any.whl';
  return {
    '/simple/tiny-shift/': `<!doctype html><a href="/files/${wheel}">${wheel}</a>`,
    [`/files/${wheel}`]: inFolder({}, (folder) => {
      execFileSync('python3', ['-c', WHEEL, join(folder, wheel)]);
      return readFileSync(join(folder, wheel));
    }),
  };
};

const WHEEL = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('tiny_shift.py', 'def shift(n): return n << 1\\n')
    at = 'tiny_shift-1.0.dist-info/'
    wheel.writestr(at + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny-shift\\nVersion: 1.0\\n')
    wheel.writestr(at + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(at + 'RECORD', '')
`;

/** A sparse index with one crate (https://doc.rust-lang.org/cargo/reference/registry-index.html). */
export const cargoShelf: Shelf = (at) => {
  const crate = archive('tiny-shift-1.0.0', {
    'Cargo.toml': '[package]\nname = "tiny-shift"\nversion = "1.0.0"\nedition = "2021"\n',
    'src/lib.rs': 'pub fn shift(n: u32) -> u32 { n << 1 }\n',
  });
  const cksum = createHash('sha256').update(crate).digest('hex');
  const line = { name: 'tiny-shift', vers: '1.0.0', deps: [], cksum, features: {}, yanked: false };
  return {
    '/index/config.json': JSON.stringify({ dl: `${at}/dl` }),
    '/index/ti/ny/tiny-shift': `${JSON.stringify(line)}\n`,
    '/dl/tiny-shift/1.0.0/download': crate,
  };
};

/** Answers as a server of git repositories does (git-http-backend(1)), with one: `/shift.git`. */
export function gitServer(): Handler {
  const root = mkdtempSync(join(tmpdir(), 'oversign-git-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: root });
  };
  git('init', '--quiet', 'work');
  writeFileSync(join(root, 'work/shift.txt'), 'one to the left\n');
  git('-C', 'work', 'add', '.');
  git('-C', 'work', 'commit', '--quiet', '-m', 'first');
  git('clone', '--quiet', '--bare', 'work', 'shift.git');
  return (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://here');
    const cgi = spawn('git', ['http-backend'], {
      env: {
        ...{ PATH: process.env['PATH'], GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: pathname },
        ...{ QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method, REMOTE_ADDR: '127.0.0.1' },
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    });
    request.pipe(cgi.stdin);
    const chunks: Buffer[] = [];
    cgi.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    cgi.on('close', () => {
      const reply = Buffer.concat(chunks);
      const end = reply.indexOf('\r\n\r\n');
      for (const line of reply.subarray(0, end).toString().split('\r\n')) {
        const [name = '', value = ''] = line.split(/: (.*)/);
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(reply.subarray(end + 4));
    });
  };
}

/** These files below a folder of that name, as a .tar.gz. */
function archive(name: string, files: Record<string, string>): Buffer {
  const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [join(name, path), text]));
  return inFolder(below, (folder) => execFileSync('tar', ['-C', folder, '-czf', '-', name]));
}

function inFolder<T>(files: Record<string, string>, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'oversign-shelf-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

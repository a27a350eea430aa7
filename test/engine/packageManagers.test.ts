import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { cargoShelf, gitServer, npmShelf, pipShelf, registry, type Registry } from '../support/registries.ts';
import { namesOf } from '../support/httpWorld.ts';
import { workbench } from '../support/workbench.ts';

// The programs for which commands need a network, against real servers that speak what the public ones speak.

interface Manager {
  name: string;
  /** The program that the machine must have. */
  program: string;
  serve: (host: string) => Promise<Registry>;
  files: (at: string) => Record<string, string>;
  line: (at: string) => string;
  /** What a command prints that uses what came. */
  use: string;
  gives: string;
  asksFor: string;
  /** It knows of no proxy (Node 20, which is what the machine has), and goes by a name and a port that the policy names. */
  isDeaf?: boolean;
  /** What the program itself says of a host that it was not let through to. */
  says: RegExp;
}

const HOST = 'packages.test';
const PACKAGE = JSON.stringify({ name: 'mine', version: '1.0.0', private: true });

const MANAGERS: Manager[] = [
  {
    ...{ name: 'npm install', program: 'npm', gives: '10', asksFor: 'GET /left-shift/-/left-shift-1.0.0.tgz' },
    serve: (host) => registry(host, npmShelf),
    files: (at) => ({ 'package.json': PACKAGE, '.npmrc': `registry=${at}/\n` }),
    line: () => 'npm install left-shift',
    use: `node -e "console.log(require('left-shift')(5))"`,
    says: /E403|403/,
  },
  {
    ...{ name: 'pip install', program: 'pip3', gives: '10', asksFor: 'GET /files/tiny_shift-1.0-py3-none-any.whl' },
    serve: (host) => registry(host, pipShelf),
    files: () => ({}),
    line: (at) =>
      `pip3 install --target vendor --index-url ${at}/simple --trusted-host ${new URL(at).hostname} tiny-shift`,
    use: `PYTHONPATH=vendor python3 -c "import tiny_shift; print(tiny_shift.shift(5))"`,
    says: /403|No matching distribution/,
  },
  {
    ...{ name: 'git clone', program: 'git', gives: 'one to the left', asksFor: 'POST /shift.git/git-upload-pack' },
    serve: (host) => registry(host, () => ({}), gitServer()),
    files: () => ({}),
    line: (at) => `git clone ${at}/shift.git there`,
    use: 'cat there/shift.txt',
    says: /403/,
  },
  {
    ...{
      name: 'cargo fetch',
      program: 'cargo',
      gives: 'tiny-shift v1.0.0',
      asksFor: 'GET /dl/tiny-shift/1.0.0/download',
    },
    serve: (host) => registry(host, cargoShelf),
    files: (at) => ({
      'Cargo.toml': '[package]\nname = "mine"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ntiny-shift = "1"\n',
      'src/lib.rs': '',
      '.cargo/config.toml': `[source.crates-io]\nreplace-with = "near"\n[source.near]\nregistry = "sparse+${at}/index/"\n`,
    }),
    line: () => 'CARGO_HOME=$PWD/.cargo-home cargo fetch',
    use: 'CARGO_HOME=$PWD/.cargo-home cargo tree --offline',
    says: /403/,
  },
  {
    ...{ name: 'fetch of Node', program: 'node', gives: 'left-shift', asksFor: 'GET /left-shift', isDeaf: true },
    serve: (host) => registry(host, npmShelf),
    files: (at) => ({
      'get.mjs': `import { writeFileSync } from 'node:fs';
const reply = await fetch('${at}/left-shift');
writeFileSync('got.json', await reply.text());\n`,
    }),
    line: () => 'node get.mjs',
    use: 'grep -o left-shift got.json',
    says: /fetch failed/,
  },
];

/** The host, and that it may lead to this machine. */
const allowing = (port: number): string => `allowed_domains: ["${HOST}:${port}", "127.0.0.1:${port}"]\n`;

const run = (...lines: string[]) =>
  lines.map((line) => ({ calls: [{ name: 'run_command', args: { command: line } }] }));

describe.each(MANAGERS)('$name', ({ program, serve, files, line, use, gives, asksFor, says, isDeaf }) => {
  const host = HOST;
  const lookUp = namesOf({ [host]: ['127.0.0.1'] });

  test.skipIf(!isThere(program))('through the door, to an allowed host', async () => {
    const server = await serve(host);
    const at = `http://${host}:${server.port}`;
    const bench = await workbench({
      ...{ files: files(at), lookUp, userPolicy: allowing(server.port) },
    });
    const events = await bench.run(run(line(at), use));
    const output = events.flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : []));
    expect(output.at(-1), output.join('\n')).toContain(gives);
    expect(server.got).toContain(asksFor);
    expect(bench.asked.map(({ tool }) => tool)).not.toContain('connect');
    const origins = events.flatMap(({ type, data }) =>
      type === 'egress' && data['purpose'] === 'connection of a command' ? [String(data['origin'])] : [],
    );
    expect(new Set(origins.map((origin) => origin.replace(/^\w+:/, '')))).toEqual(
      new Set([`//${host}:${server.port}`]),
    );
  });

  test.skipIf(!isThere(program))('a no: asked once, and both the program and the result say why', async () => {
    const server = await serve(host);
    const at = `http://${host}:${server.port}`;
    const bench = await workbench({
      ...{ files: files(at), lookUp },
      userPolicy: isDeaf ? `${allowing(server.port)}denied_domains: ["${host}"]\n` : '',
      answer: ({ tool }) => ({ choice: tool === 'connect' ? 'deny' : 'approve' }),
    });
    const events = await bench.run(run(line(at)));
    const [result] = events.flatMap(({ type, data, payload }) =>
      type === 'finished' && data['status'] !== undefined && String(payload?.['output']).includes('[network:')
        ? [String(payload?.['output'])]
        : [],
    );
    expect(result).toMatch(says);
    expect(result).toContain(`[network: ${host}:${server.port} was not reached: `);
    expect(bench.asked.filter(({ tool }) => tool === 'connect')).toHaveLength(isDeaf ? 0 : 1);
    expect(server.got).toEqual([]);
  });
});

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}

/** A real VS Code, served to a browser on this machine only. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endTreeWithUs, stopTree } from './end-process.ts';
import { descendants } from './process-tree.ts';

/** Pairs the workbench reads from its address, such as `["extensionDevelopmentPath", uri]`. */
export type Payload = readonly (readonly [key: string, value: string])[];

export interface ServerOptions {
  /** What `installServer` returned. */
  readonly libVscode: string;
  /** Holds profile, logs, token and (by default) extensions. A fresh folder means a fresh editor. */
  readonly workDir: string;
  /**
   * User settings, over quiet defaults (no welcome page, no updates, no built-in AI).
   * Left out, those of an earlier start in the same `workDir` stay.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `true` (default): every folder is trusted, nothing asks. `false`: workspace trust as users have it. */
  readonly trust?: boolean;
  /** Holds installed or linked extensions. */
  readonly extensionsDir?: string;
  /**
   * `true`: pages honour a payload, as tests inside the extension host need. VS Code then
   * shows no notification toasts, so leave it out where a person, or a test in their place, looks.
   */
  readonly driver?: boolean;
  /** Over this process's environment; `undefined` removes a variable. Extension hosts inherit it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A command that the server is started by, as `['nice']`: what it starts must become the server. */
  readonly under?: readonly string[];
  /** Default: a free port chosen by the system. */
  readonly port?: number;
}

export interface Server {
  readonly port: number;
  readonly token: string;
  /** The page that shows a folder, or a `.code-workspace` file (absolute path), token included. */
  url(shown: string, payload?: Payload): string;
  /** Loads `extensionPath` as the extension under development and runs `run()` of the module `testsPath` in its host. */
  development(extensionPath: string, testsPath?: string): Payload;
  /** Changes user settings; open windows follow when they are reloaded. `undefined` takes a setting back. */
  changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Extension hosts of this server that are alive now, one per open window. Linux only. */
  extensionHostPids(): number[];
  /** Everything the server has printed. */
  logs(): string;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends the server and every process below it, and returns when all are gone. May be called twice. */
  stop(): Promise<void>;
}

const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const isolation = {
  // No extension gallery: nothing is looked up on the network.
  EXTENSIONS_GALLERY: '{}',
  // The environment of extension hosts is the server's, not what a login shell makes of it.
  VSCODE_CLI: '1',
};

/**
 * Starts a server on 127.0.0.1 behind a random token and waits until it answers
 * (about 1 s). It is ended with this process too, unless that is killed with SIGKILL.
 *
 * @throws when it exits early or does not answer within 60 s; the message holds its output.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { libVscode, workDir } = options;
  const token = randomBytes(24).toString('hex');
  const settingsFile = path.join(workDir, 'user', 'User', 'settings.json');
  await mkdir(path.dirname(settingsFile), { recursive: true });
  if (options.settings !== undefined || !existsSync(settingsFile)) {
    await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
  }
  await writeFile(path.join(workDir, 'token'), token, { mode: 0o600 });

  const [file = '', ...args] = [...(options.under ?? []), process.execPath, ...serverArguments(options)];
  const child = spawn(file, args, {
    cwd: libVscode,
    detached: true,
    env: { ...process.env, ...isolation, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = endTreeWithUs(child);
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    await stopTree(child);
    forget();
  };

  const port = await listeningPort(child, () => output).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${String(port)}${file}`;
  return {
    port,
    token,
    url: (shown, payload = []) => {
      const kind = shown.endsWith('.code-workspace') ? 'workspace' : 'folder';
      const query = new URLSearchParams({ tkn: token, [kind]: shown });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://127.0.0.1:${String(port)}/?${query.toString()}`;
    },
    development: (extensionPath, testsPath) => [
      ['extensionDevelopmentPath', remote(extensionPath)],
      ...(testsPath === undefined ? [] : [['extensionTestsPath', remote(testsPath)] as const]),
    ],
    changeSettings: async (changes) => {
      const settings = JSON.parse(await readFile(settingsFile, 'utf8')) as Record<string, unknown>;
      await writeFile(settingsFile, JSON.stringify({ ...settings, ...changes }, undefined, 2));
    },
    extensionHostPids: () =>
      descendants(child.pid ?? -1)
        .filter((info) => info.command.includes('--type=extensionHost'))
        .map((info) => info.pid),
    logs: () => output,
    ended,
    stop,
  };
}

function serverArguments({ workDir, extensionsDir, port = 0, trust = true, driver = false }: ServerOptions): string[] {
  return [
    path.join('out', 'server-main.js'),
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--connection-token-file', path.join(workDir, 'token')],
    ...['--user-data-dir', path.join(workDir, 'user'), '--server-data-dir', path.join(workDir, 'server')],
    ...['--extensions-dir', extensionsDir ?? path.join(workDir, 'extensions')],
    ...['--accept-server-license-terms', '--disable-telemetry'],
    ...(driver ? ['--enable-smoke-test-driver'] : []),
    ...(trust ? ['--disable-workspace-trust'] : []),
  ];
}

/** The port the server reports once it listens. */
async function listeningPort(child: ChildProcess, output: () => string): Promise<number> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
    if (port !== undefined) return Number(port);
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The VS Code server ended before it listened:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The VS Code server did not listen within 60 s:\n${output()}`);
}

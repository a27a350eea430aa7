import { setTimeout as pause } from 'node:timers/promises';
import { startProcess, type SpawnEnd, type Spawned, type Talk } from '../../process/spawn.ts';

/** What of the account's environment the client goes by (docs.docker.com/reference/cli/docker, environment variables). */
const OF_ACCOUNT = [
  ...['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'],
  ...['DOCKER_API_VERSION', 'XDG_RUNTIME_DIR'],
];
const MOST_MS = 30_000;
const MOST_OUTPUT = 1 << 20;

export interface Said {
  code: number;
  /** Standard output, and standard error after it where the client failed. */
  words: string;
}

/** How the client is called: which one, for which engine, with whose settings. */
export interface Calling {
  file: string;
  options: readonly string[];
  environment: Record<string, string>;
}

/** As the account would call it: with its context, its TLS settings, its DOCKER_HOST. */
export function asAccount(file: string, account: NodeJS.ProcessEnv, home: string): Calling {
  const own = OF_ACCOUNT.flatMap((name) => (account[name] === undefined ? [] : [[name, account[name]] as const]));
  return { file, options: [], environment: { ...BASE, HOME: home, ...Object.fromEntries(own) } };
}

/**
 * For one engine, and with no settings at all: those of the account may hold proxies with passwords, which the client
 * would put into every container. `config`: a folder with nothing in it.
 */
export function forEngine(file: string, host: string, config: string): Calling {
  return { file, options: ['--config', config, '--host', host], environment: { ...BASE, HOME: config } };
}

const BASE = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', DOCKER_CLI_HINTS: 'false' };

/** The `docker` client: the one way to an engine. */
export class DockerClient {
  readonly #calling: Calling;

  constructor(calling: Calling) {
    this.#calling = calling;
  }

  /** A call that says something and ends. One that takes too long is ended, and has failed. */
  async ask(
    args: readonly string[],
    { input, mostMs = MOST_MS }: { input?: Uint8Array; mostMs?: number } = {},
  ): Promise<Said> {
    const child = await this.start(args, {
      outputCap: MOST_OUTPUT,
      ...(input && { input: once(input) }),
    });
    const timer = new AbortController();
    const late = pause(mostMs, 'late' as const, { signal: timer.signal }).catch(() => 'over' as const);
    const first = await Promise.race([child.ended, late]);
    timer.abort();
    if (first === 'late') {
      child.kill();
      return { code: -1, words: `the Docker client gave no answer in ${mostMs / 1000} s` };
    }
    const ended: SpawnEnd = first === 'over' ? await child.ended : first;
    return { code: ended.code ?? -1, words: ended.output.toString('utf8').trim() };
  }

  /** A call that goes on. */
  start(args: readonly string[], talk: Talk): Promise<Spawned> {
    const { file, options, environment } = this.#calling;
    return startProcess({ file, args: [...options, ...args], cwd: '/', environment, ...talk });
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

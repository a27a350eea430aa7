import { closeSync, existsSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import { Server } from 'node:net';
import { ToolFailure } from '../../../core/outcome.ts';
import { startHelper, type Helper } from '../../process/spawn.ts';

const NSENTER = '/usr/bin/nsenter';
const MOST_START_MS = 20_000;

/**
 * What holds the namespace: it opens a listener in there and hands it over, closed here at once, or a program that connects
 * could be taken by it and get no answer. It ends with the channel. Given as text: no file that it is read from.
 */
const HOLDER = `
const server = require('node:net').createServer();
server.on('connection', (socket) => socket.on('error', () => 0).destroy());
server.on('error', () => process.exit(1));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.send({ pid: process.pid, port }, server, () => server.close());
});
`;

/** What a holder says once. */
interface Opened {
  pid: number;
  port: number;
  server: Server;
}

/**
 * A network namespace of one command, in which there is nothing but a loopback of its own, and on it one listener, whose
 * other end is in this process. The command's cage is started in it.
 *
 * It is kept by descriptors, never by the number of a process: another one may have that by the time it is used.
 */
export class DoorNamespace {
  readonly port: number;
  readonly server: Server;
  readonly #helper: Helper;
  readonly #descriptors: readonly number[];
  /** How /proc names it: `net:[4026532008]`. */
  readonly #name: string;
  #isOver = false;

  private constructor(helper: Helper, { port, server }: Opened, descriptors: readonly number[]) {
    this.port = port;
    this.server = server;
    this.#helper = helper;
    this.#descriptors = descriptors;
    this.#name = `net:[${fstatSync(descriptors[1] ?? -1).ino}]`;
  }

  /** Why there can be none on this machine; undefined where there can. */
  static whyNot(): string | undefined {
    return existsSync(NSENTER) ? undefined : 'nsenter (util-linux) is not installed';
  }

  /** Throws `ToolFailure` where it cannot be had: a command is then not run at all. */
  static async open(bubblewrap: string): Promise<DoorNamespace> {
    const helper = await startHelper({
      file: bubblewrap,
      args: [
        ...['--unshare-user', '--unshare-net', '--die-with-parent', '--cap-drop', 'ALL'],
        ...['--ro-bind', '/', '/', '--dev', '/dev', '--chdir', '/', '--', process.execPath, '-e', HOLDER],
      ],
      cwd: '/',
      environment: { ELECTRON_RUN_AS_NODE: '1' },
    });
    const descriptors: number[] = [];
    try {
      const opened = await firstWord(helper);
      for (const kind of ['user', 'net']) descriptors.push(openSync(`/proc/${opened.pid}/ns/${kind}`, 'r'));
      const namespace = new DoorNamespace(helper, opened, descriptors);
      if (namespace.#name === readlinkSync('/proc/self/ns/net')) throw new Error('it is no namespace of its own');
      return namespace;
    } catch (error) {
      helper.kill();
      for (const descriptor of descriptors) closeSync(descriptor);
      throw new ToolFailure(
        `commands cannot be given a network: ${error instanceof Error ? error.message : 'unknown'}`,
      );
    }
  }

  /** What starts a program in there. */
  get around(): readonly string[] {
    const [user, net] = this.#descriptors.map((descriptor) => `/proc/${process.pid}/fd/${descriptor}`);
    return [NSENTER, `--user=${user}`, `--net=${net}`, '--preserve-credentials', '--'];
  }

  /** Whether a process is in there and nowhere else. */
  holds(pid: number): boolean {
    try {
      return !this.#isOver && readlinkSync(`/proc/${pid}/ns/net`) === this.#name;
    } catch {
      return false; // nobody can say so
    }
  }

  /** Once no program is to be started in there any more. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.server.close();
    this.#helper.kill();
    for (const descriptor of this.#descriptors) closeSync(descriptor);
  }
}

function firstWord(helper: Helper): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('its namespace did not come to be in time'));
    }, MOST_START_MS);
    helper.onMessage((message, server) => {
      clearTimeout(timer);
      const { pid, port } = message as { pid?: unknown; port?: unknown };
      if (typeof pid === 'number' && typeof port === 'number' && server instanceof Server)
        resolve({ pid, port, server });
      else reject(new Error('no listener came of its namespace'));
    });
    void helper.ended.then(() => {
      clearTimeout(timer);
      reject(new Error('its namespace could not be made'));
    });
  });
}

import { closeSync, existsSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import { Socket as Datagrams } from 'node:dgram';
import { Server } from 'node:net';
import { ToolFailure } from '../../../core/outcome.ts';
import type { WantedConnection } from '../../../core/egress/connecting.ts';
import { MadeUpNames } from '../../egress/commandDoor/madeUpNames.ts';
import { closed } from '../../egress/commandDoor/nameServer.ts';
import type { StraightWays } from '../../egress/commandDoor/serveDoor.ts';
import { startHelper, type Helper } from '../../process/spawn.ts';

const NSENTER = '/usr/bin/nsenter';
const MOST_START_MS = 20_000;

/**
 * What holds the namespace: it opens a listener in there and hands it over, closed here at once, or a program that connects
 * could be taken by it and get no answer. It ends with the channel. Given as text: no file that it is read from.
 */
const HOLDER = `
const { createServer } = require('node:net');
process.on('disconnect', () => process.exit());
const given = (what, opened) => process.send(what, opened, () => opened.close());
const listener = (port, address, failed, then) => {
  const server = createServer();
  server.on('connection', (socket) => socket.on('error', () => 0).destroy());
  server.on('error', failed);
  server.listen(port, address, () => then(server));
};
const straight = (ways) => {
  const [way, ...others] = ways;
  if (way === undefined) { process.send({ kind: 'all', pid: process.pid }); return; }
  const { address, port } = way;
  listener(port, address, () => straight(others), (server) => {
    given({ kind: 'straight', port }, server);
    straight(others);
  });
};
listener(0, '127.0.0.1', () => process.exit(1), (server) => {
  given({ kind: 'proxy', port: server.address().port }, server);
  const names = require('node:dgram').createSocket('udp4');
  const ways = JSON.parse(process.argv[1]);
  names.on('error', () => straight([]));
  names.bind(53, '127.0.0.1', () => { given({ kind: 'names' }, names); straight(ways); });
});
`;
/** What a program that knows of no proxy speaks mostly, to whatever name: no command can listen there itself. */
const USUAL_WAYS = [80, 443].map((port) => ({ address: '0.0.0.0', port }));

/** What a holder opens. `straight`: undefined where its system leaves it no name server. */
interface Opened {
  pid: number;
  port: number;
  server: Server;
  straight: StraightWays | undefined;
}

/**
 * A network namespace of one command, in which there is nothing but a loopback of its own, and on it one proxy, whose
 * other end is in this process, as those of a name server and a few ports for programs that know of no proxy. The
 * command's cage is started in it.
 *
 * It is kept by descriptors, never by the number of a process: another one may have that by the time it is used.
 */
export class DoorNamespace {
  readonly port: number;
  readonly server: Server;
  readonly straight: StraightWays | undefined;
  readonly #helper: Helper;
  readonly #descriptors: readonly number[];
  /** How /proc names it: `net:[4026532008]`. */
  readonly #name: string;
  #isOver = false;

  private constructor(helper: Helper, { port, server, straight }: Opened, descriptors: readonly number[]) {
    this.port = port;
    this.server = server;
    this.straight = straight;
    this.#helper = helper;
    this.#descriptors = descriptors;
    this.#name = `net:[${fstatSync(descriptors[1] ?? -1).ino}]`;
  }

  /** Why there can be none on this machine; undefined where there can. */
  static whyNot(): string | undefined {
    return existsSync(NSENTER) ? undefined : 'nsenter (util-linux) is not installed';
  }

  /** Throws `ToolFailure` where it cannot be had: a command is then not run at all. */
  static async open(bubblewrap: string, ways: readonly WantedConnection[]): Promise<DoorNamespace> {
    const names = new MadeUpNames();
    const straight = ways.flatMap(({ host, port }) => {
      const address = names.addressOf(host)?.join('.');
      return address === undefined ? [] : [{ address, port }];
    });
    const helper = await startHelper({
      file: bubblewrap,
      args: [
        ...['--unshare-user', '--unshare-net', '--die-with-parent', '--cap-drop', 'ALL'],
        ...['--cap-add', 'CAP_NET_BIND_SERVICE'], // the ports of names and of HTTP, in a network of its own
        ...['--ro-bind', '/', '/', '--dev', '/dev', '--chdir', '/', '--', process.execPath, '-e', HOLDER],
        JSON.stringify([...USUAL_WAYS, ...straight]),
      ],
      cwd: '/',
      environment: { ELECTRON_RUN_AS_NODE: '1' },
    });
    const descriptors: number[] = [];
    let opened: Opened | undefined;
    try {
      opened = await openedBy(helper, names);
      for (const kind of ['user', 'net']) descriptors.push(openSync(`/proc/${opened.pid}/ns/${kind}`, 'r'));
      const namespace = new DoorNamespace(helper, opened, descriptors);
      if (namespace.#name === readlinkSync('/proc/self/ns/net')) throw new Error('it is no namespace of its own');
      return namespace;
    } catch (error) {
      helper.kill();
      if (opened) closeAll(opened);
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
    closeAll(this);
    this.#helper.kill();
    for (const descriptor of this.#descriptors) closeSync(descriptor);
  }
}

function closeAll({ server, straight }: Pick<Opened, 'server' | 'straight'>): void {
  for (const one of [server, ...(straight?.servers ?? []).map((way) => way.server)]) one.close();
  if (straight) closed(straight.questions);
}

function openedBy(helper: Helper, names: MadeUpNames): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const came: (Server | Datagrams)[] = [];
    let isSettled = false;
    const failed = (why: string): void => {
      if (isSettled) return; // it ended when it was there, or has failed
      isSettled = true;
      clearTimeout(timer);
      for (const one of came) closed(one); // nobody else will
      reject(new Error(why));
    };
    const timer = setTimeout(() => {
      failed('its namespace did not come to be in time');
    }, MOST_START_MS);
    let proxy: Pick<Opened, 'port' | 'server'> | undefined;
    let questions: Datagrams | undefined;
    const servers: { port: number; server: Server }[] = [];
    helper.onMessage((message, handle) => {
      if (handle instanceof Server || handle instanceof Datagrams) came.push(handle);
      const { kind, pid, port } = message as { kind?: unknown; pid?: unknown; port?: unknown };
      if (kind === 'proxy' && typeof port === 'number' && handle instanceof Server) proxy = { port, server: handle };
      else if (kind === 'names' && handle instanceof Datagrams) questions = handle;
      else if (kind === 'straight' && typeof port === 'number' && handle instanceof Server)
        servers.push({ port, server: handle });
      else {
        if (kind !== 'all' || typeof pid !== 'number' || !proxy) {
          failed('no listener came of its namespace');
          return;
        }
        isSettled = true;
        clearTimeout(timer);
        resolve({ pid, ...proxy, straight: questions && { names, questions, servers } });
      }
    });
    void helper.ended.then(() => {
      failed('its namespace could not be made');
    });
  });
}

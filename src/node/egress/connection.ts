import { lookup as lookUp } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { checkedTls, hostAndPort } from './checkedTls.ts';
import { loopbackAddresses } from './loopback.ts';
import { isNearAddress } from './nearAddresses.ts';
import { openThrough, socketTo } from './proxied.ts';
import type { Route } from './route.ts';

const MOST_MS = 30_000;

/**
 * A connection to exactly the host of this address: through no proxy but the one that the route names, whatever the
 * environment says; to this machine where the name means it, without a look-up; and with the certificate checked,
 * whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 */
export function connection(url: URL, route: Route, signal: AbortSignal): Promise<Socket> {
  const isEncrypted = url.protocol === 'https:';
  const { host, port } = hostAndPort(url);
  return withinTime(signal, async (open) => {
    if (!route.proxy) {
      const where = { host, port, autoSelectFamily: true, ...lookups(url.hostname, route) };
      if (!isEncrypted) return open(connect(where), 'connect');
      return open(connectTls({ ...where, ...checkedTls(host, route.trusted) }), 'secureConnect');
    }
    const proxy = socketTo(route.proxy, route.trusted);
    const socket = await open(proxy.socket, proxy.connected);
    await openThrough(socket, route.proxy, { host, port });
    return isEncrypted
      ? open(connectTls({ socket, host, ...checkedTls(host, route.trusted) }), 'secureConnect')
      : socket;
  });
}

/** Resolves when the socket says that it is connected. */
type Open = (socket: Socket, connected: string) => Promise<Socket>;

/** Opens sockets until there is one to use; one that takes too long, or is not wanted any more, is gone. */
async function withinTime(signal: AbortSignal, connecting: (open: Open) => Promise<Socket>): Promise<Socket> {
  signal.throwIfAborted();
  const sockets: Socket[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`no connection in ${MOST_MS / 1000} s`), { code: 'ETIMEDOUT' }));
    }, MOST_MS);
    stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  const open: Open = (socket, connected) => {
    sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once(connected, () => {
        socket.off('error', reject);
        resolve(socket);
      });
    });
  };
  try {
    return await Promise.race([connecting(open), stopped]);
  } catch (error) {
    for (const socket of sockets) socket.on('error', () => undefined).destroy();
    // Several addresses were tried: what the first one said is what people can do something about.
    throw error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  } finally {
    clearTimeout(timer);
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Who says where a name leads: nobody for this machine's own, and of a host that is near only what is near. */
function lookups(hostname: string, { isNearby, to }: Route): { host?: string; lookup?: LookupFunction } {
  if (to) return { host: to.address, lookup: answering([to]) };
  const own = loopbackAddresses(hostname);
  const address = hostname.replace(/^\[|\]$/g, '');
  // An address is never looked up; a name that means this machine is answered here.
  if (own) return { ...(isIP(address) !== 0 && own[0] && { host: own[0].address }), lookup: answering(own) };
  if (isNearby !== true) return {};
  if (isIP(address) !== 0 && !isNearAddress(address)) throw far(hostname, address);
  return {
    lookup: (name, options, callback) => {
      lookUp(name, { ...options, all: true }, (error, found) => {
        const strange = error ? undefined : found.find(({ address: one }) => !isNearAddress(one));
        const failed = error ?? (strange && far(name, strange.address));
        if (failed) callback(failed, []);
        else
          answering(found.map(({ address: one, family }) => ({ address: one, family: family === 6 ? 6 : 4 })))(
            name,
            options,
            callback,
          );
      });
    },
  };
}

function far(name: string, address: string): Error {
  return Object.assign(
    new Error(`${name} leads to ${address}, which is not of a local network; nothing goes there unencrypted`),
    { code: 'EFAR' },
  );
}

function answering(addresses: { address: string; family: 4 | 6 }[]): LookupFunction {
  return (_name, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}

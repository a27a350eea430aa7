import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { authorities } from './authorities.ts';
import { loopbackAddresses } from './loopback.ts';

const MOST_MS = 30_000;

/**
 * A connection to exactly the host of this address: through no proxy, whatever the environment or an editor's
 * settings say; to this machine where the name means it, without a look-up; and with the certificate checked, whatever
 * NODE_TLS_REJECT_UNAUTHORIZED says.
 */
export function connection(url: URL, signal: AbortSignal): Promise<Socket> {
  const isEncrypted = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const own = loopbackAddresses(url.hostname);
  const where = {
    host,
    port: url.port === '' ? (isEncrypted ? 443 : 80) : Number(url.port),
    autoSelectFamily: true,
    // An address is never looked up; a name that means this machine is answered here.
    ...(own && { host: isIP(host) === 0 ? host : (own[0]?.address ?? host), lookup: answering(own) }),
  };
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = isEncrypted
      ? connectTls({
          ...where,
          ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
          ca: authorities(),
          rejectUnauthorized: true,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['http/1.1'],
        })
      : connect(where);
    const timer = setTimeout(() => {
      fail(Object.assign(new Error(`no connection in ${MOST_MS / 1000} s`), { code: 'ETIMEDOUT' }));
    }, MOST_MS);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.off('error', fail);
    };
    const fail = (error: Error): void => {
      settle();
      socket.on('error', () => undefined).destroy();
      // Several addresses were tried: what the first one said is what people can do something about.
      reject(error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error);
    };
    const stop = (): void => {
      fail(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', fail);
    socket.once(isEncrypted ? 'secureConnect' : 'connect', () => {
      settle();
      resolve(socket);
    });
  });
}

function answering(addresses: { address: string; family: 4 | 6 }[]): LookupFunction {
  return (_name, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}

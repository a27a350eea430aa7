import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { checkedTls, hostAndPort } from './checkedTls.ts';
import type { Proxy, Trusted } from './route.ts';

const MOST_IN_HEAD = 16_384;

/** A socket to the proxy itself; it is connected when it says so. */
export function socketTo({ url }: Proxy, trusted: Trusted | undefined): { socket: Socket; connected: string } {
  const where = { ...hostAndPort(url), autoSelectFamily: true };
  if (url.protocol !== 'https:') return { socket: connect(where), connected: 'connect' };
  const socket = connectTls({ ...where, ...checkedTls(where.host, trusted) });
  return { socket, connected: 'secureConnect' };
}

/** Has the proxy open a way to a host (RFC 9110, 9.3.6): what then goes through the socket is between us and that host. */
export async function openThrough(
  socket: Socket,
  { url }: Proxy,
  target: { host: string; port: number },
): Promise<void> {
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (url.username !== '' || url.password !== '') {
    const credential = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(credential).toString('base64')}`);
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const head = await headOf(socket);
  const status = /^HTTP\/1\.[01] (\d{3})\b[^\r\n]{0,100}/.exec(head);
  if (status?.[1]?.startsWith('2') !== true)
    throw Object.assign(new Error(`the proxy ${url.host} did not open the way: ${status?.[0] ?? 'no HTTP answer'}`), {
      code: 'EPROXY',
    });
}

/** The head of the proxy's answer; the host says nothing by itself before it is spoken to, so nothing comes behind it. */
function headOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = '';
    const settle = (): void => {
      socket.off('data', take).off('error', reject).off('close', gone);
      socket.pause();
    };
    const gone = (): void => {
      settle();
      reject(Object.assign(new Error('the proxy closed the connection'), { code: 'EPROXY' }));
    };
    const take = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (head.length > MOST_IN_HEAD) socket.destroy();
      else if (head.includes('\r\n\r\n')) {
        settle();
        resolve(head);
      }
    };
    socket.on('data', take).once('error', reject).once('close', gone);
  });
}

/**
 * For `node --import 'file:…/watchConnections.ts?log=FILE'`: writes a line to FILE for each connection or look-up
 * that the process or one of its workers tries. The file exists from the start, so that an empty one means something.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const log = new URL(import.meta.url).searchParams.get('log') ?? '';
appendFileSync(log, '');

function watched(owner: object, name: string): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') throw new Error(`there is no ${name}`);
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]): unknown {
    // An address is no name: a server that listens on one goes through here too.
    if (name === 'lookup' && net.isIP(String(args[0])) !== 0)
      return (original as (...given: unknown[]) => unknown).apply(this, args);
    appendFileSync(log, `${name} ${JSON.stringify(args[0])}\n`);
    return (original as (...given: unknown[]) => unknown).apply(this, args);
  });
}

watched(net.Socket.prototype, 'connect');
watched(dgram.Socket.prototype, 'send');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  watched(dns, name);
  watched(dns.promises, name);
}
syncBuiltinESMExports();

/**
 * `node egressChild.ts fetch|door URL`: one POST of a telling text, with the environment as it was given. Prints the
 * answer's text, or `refused: ` and why. EGRESS_DNS: that name leads to 127.0.0.2, or to EGRESS_ADDRESS, for whoever
 * looks up. EGRESS_PROXY, EGRESS_CA: as a person sets them; EGRESS_NEARBY: the host is one that a policy names as nearby.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import type { Passage, Sending } from '../../src/core/egress/port.ts';
import { doorTo } from '../../src/node/egress/door.ts';
import { routeTo } from '../../src/node/egress/route.ts';

const [, , how, url = ''] = process.argv;
const lie = process.env['EGRESS_DNS'];
if (lie !== undefined) {
  const lookup = dns.lookup as (...args: unknown[]) => void;
  Reflect.set(dns, 'lookup', (name: string, options: unknown, callback: unknown) => {
    lookup(name === lie ? (process.env['EGRESS_ADDRESS'] ?? '127.0.0.2') : name, options, callback);
  });
  syncBuiltinESMExports();
}
const wayOut = {
  proxy: process.env['EGRESS_PROXY'] ?? '',
  proxyFrom: 'a test',
  caFile: process.env['EGRESS_CA'] ?? '',
};
const found = routeTo(url, wayOut, process.env['EGRESS_NEARBY'] !== undefined);
if (!found.ok) throw new Error(found.problem);
const permit = (sending: Sending): Promise<Passage> => {
  if (sending.proxy !== undefined) console.log(`by ${sending.proxy}`);
  return Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) });
};
const send = how === 'door' ? doorTo(url, permit, found.route) : fetch;
try {
  const response = await send(url, { method: 'POST', body: 'the prompt' });
  console.log(await response.text());
} catch (error) {
  const { cause } = error as Error;
  console.log(
    `refused: ${cause instanceof Error ? `${String(Reflect.get(cause, 'code'))} ${cause.message}` : String(error)}`,
  );
}

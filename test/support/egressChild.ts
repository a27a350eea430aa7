/**
 * `node egressChild.ts fetch|door URL`: one POST of a telling text, with the environment as it was given. Prints the
 * answer's text, or `refused: ` and why. `dns=NAME` in EGRESS_DNS: that name leads to 127.0.0.1 for whoever looks up.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { doorTo } from '../../src/node/egress/door.ts';

const [, , how, url = ''] = process.argv;
const lie = process.env['EGRESS_DNS'];
if (lie !== undefined) {
  const lookup = dns.lookup as (...args: unknown[]) => void;
  Reflect.set(dns, 'lookup', (name: string, options: unknown, callback: unknown) => {
    lookup(name === lie ? '127.0.0.2' : name, options, callback);
  });
  syncBuiltinESMExports();
}
const send = how === 'door' ? doorTo(url, () => Promise.resolve({ received: () => undefined })) : fetch;
try {
  const response = await send(url, { method: 'POST', body: 'the prompt' });
  console.log(await response.text());
} catch (error) {
  const { cause } = error as Error;
  console.log(
    `refused: ${cause instanceof Error ? `${String(Reflect.get(cause, 'code'))} ${cause.message}` : String(error)}`,
  );
}

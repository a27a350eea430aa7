import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import type { Decision } from '../../shared/decision.ts';
import { hostOf, meansThisMachine } from '../../core/egress/hostName.ts';
import { Failure, ToolFailure } from '../../core/outcome.ts';
import { Forbidden } from '../../core/scope/guard.ts';
import { causeOf } from './causeOf.ts';

/** All that a name leads to, as addresses. */
export type LookUp = (name: string) => Promise<readonly string[]>;

/** The denial of an address that a host leads to; `own`: those of this machine. */
export type JudgeAddress = (address: string, own: readonly string[]) => Decision | undefined;

const OWN_MACHINE = ['127.0.0.1', '::1'];

export const bySystem: LookUp = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * One address of those that a host leads to, which is then the one to dial: whoever asked again could be led elsewhere.
 * Throws `Forbidden` where any of them is denied, `ToolFailure` where there is none.
 */
export async function judgedAddress(
  host: string,
  { judge, lookUp, signal }: { judge: JudgeAddress; lookUp: LookUp; signal: AbortSignal },
): Promise<{ address: string; family: 4 | 6 }> {
  const found = await addressesOf(host, lookUp, signal);
  const own = ownAddresses();
  for (const address of found) {
    const denial = judge(address, own);
    if (denial) throw new Forbidden(denial);
  }
  // Without a way to try several, the one that works in more networks.
  const address = found.find((one) => !isIPv6(one)) ?? found[0];
  if (address === undefined) throw new ToolFailure(`${host} leads nowhere: it has no address`);
  return { address, family: isIPv6(address) ? 6 : 4 };
}

async function addressesOf(host: string, lookUp: LookUp, signal: AbortSignal): Promise<readonly string[]> {
  const { address } = hostOf(host) ?? {};
  if (address !== undefined) return [address];
  if (meansThisMachine(host)) return OWN_MACHINE;
  try {
    return await stoppable(lookUp(host), signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ToolFailure(`${host} cannot be found: ${causeOf(error)}`);
  }
}

/** A look-up cannot be stopped; nobody waits for it any more. */
function stoppable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Failure('stopped'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address.replace(/%.*$/, '')),
  );
}

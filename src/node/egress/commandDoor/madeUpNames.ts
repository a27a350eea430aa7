import { hostOf, meansThisMachine } from '../../../core/egress/hostName.ts';

/** More hosts than this a command is not let through to either (core/tools/connect/connections.ts), many times over. */
const MOST_NAMES = 1000;

/**
 * The addresses that names have for the programs of one command which know of no proxy: each name one of its loopback,
 * made up when it is looked up, so that a connection there says which name is meant. No name service outside is asked.
 */
export class MadeUpNames {
  readonly #addresses = new Map<string, readonly [number, number, number, number]>();
  readonly #names = new Map<string, string>();

  /** Undefined for what no name service knows, and beyond the bound. */
  addressOf(written: string): readonly [number, number, number, number] | undefined {
    const host = hostOf(written);
    if (!host || host.address !== undefined || !host.name.includes('.') || meansThisMachine(host.name))
      return undefined;
    const known = this.#addresses.get(host.name);
    if (known || this.#addresses.size >= MOST_NAMES) return known;
    const number = this.#addresses.size + 1;
    const address = [127, 7, number >> 8, number & 255] as const;
    this.#addresses.set(host.name, address);
    this.#names.set(address.join('.'), host.name);
    return address;
  }

  /** The name that this address was made up for. */
  nameOf(address: string): string | undefined {
    return this.#names.get(address);
  }
}

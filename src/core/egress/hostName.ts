import { addressText, bytesOf } from './address.ts';

/** A host in the one spelling that rules, cards and connections go by. */
export interface Host {
  /** `api.example.com`, `192.0.2.1`, `[2001:db8::1]`: small letters, those of the network (`xn--…`), no dot at the end. */
  name: string;
  /** Set where it is an address: the same without brackets. */
  address?: string;
}

/** What no host has, though parsers of addresses make something of it: `%31`, zones, a path, a user's name. */
const STRANGE = /[\s\p{Cc}%/\\?#@<>^|"'`{}]/u;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MOST_NAME = 253; // RFC 1035, 2.3.4

/**
 * THE one place where hosts are spelled: `API.Example.COM.`, `bücher.example`, `0x7f.1`, `2130706433`, `0177.0.0.1`,
 * `[::FFFF:127.0.0.1]`, `１２７.0.0.1` become what a connection would be made to. Undefined where it is no host: what
 * cannot be understood is never compared with a rule.
 */
export function hostOf(written: string): Host | undefined {
  if (written === '' || written.length > 1000 || STRANGE.test(written)) return undefined;
  const isBare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(written);
  if (!isBare && /:/.test(written.replace(/^\[[^\]]*\]$/, ''))) return undefined; // a port is no part of a host
  const text = `http://${isBare ? `[${written}]` : written}/`;
  if (!URL.canParse(text)) return undefined;
  return asParsed(new URL(text).hostname);
}

/** The same of a host as the URL standard's parser gives it. */
export function asParsed(hostname: string): Host | undefined {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  const bytes = bytesOf(name.replace(/^\[|\]$/g, ''));
  if (bytes) {
    const address = addressText(bytes);
    return { name: address.includes(':') ? `[${address}]` : address, address };
  }
  return name.length <= MOST_NAME && name.split('.').every((label) => LABEL.test(label)) ? { name } : undefined;
}

/** Names that mean this machine whatever any name service says (RFC 6761, 6.3). */
export function meansThisMachine(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

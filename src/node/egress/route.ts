import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { isLoopback } from './loopback.ts';

/** A proxy that a person chose, and where they did. */
export interface Proxy {
  url: URL;
  from: string;
}

/** A file with certificates of those who vouch for a server, besides Node's and the system's. */
export interface Trusted {
  file: string;
  certificates: string[];
}

/** How connections to one server get there: straight where nothing is said. Nothing of it comes from the environment. */
export interface Route {
  proxy?: Proxy | undefined;
  trusted?: Trusted | undefined;
  /** A host of the local network by a name that the policy allows: what it leads to must be near. */
  isNearby?: boolean | undefined;
  /** The address that was judged: this one is dialled, and the name is not looked up again. */
  to?: { address: string; family: 4 | 6 } | undefined;
}

/** Proxy and certificates as they are set; empty texts mean: none. */
export interface WayOut {
  proxy: string;
  /** The setting that says it, for people. */
  proxyFrom: string;
  /** Hosts that are asked without it. */
  proxyNotFor?: readonly string[];
  caFile: string;
}

export const STRAIGHT: WayOut = { proxy: '', proxyFrom: '', caFile: '' };

export type FoundRoute = { ok: true; route: Route } | { ok: false; problem: string };

/** The route to a server. What is near is never asked through a proxy: that would tell it what stays here. */
export function routeTo(baseUrl: string, wayOut: WayOut, isNearby: boolean): FoundRoute {
  const trusted = trustedIn(wayOut.caFile);
  if (typeof trusted === 'string') return { ok: false, problem: trusted };
  const { hostname } = new URL(baseUrl);
  if (isLoopback(hostname) || isNearby || isExcepted(hostname, wayOut.proxyNotFor ?? []))
    return { ok: true, route: { trusted, isNearby } };
  const proxy = proxyAt(wayOut);
  if (typeof proxy === 'string') return { ok: false, problem: proxy };
  return { ok: true, route: { trusted, proxy } };
}

function proxyAt({ proxy, proxyFrom }: WayOut): Proxy | string | undefined {
  if (proxy === '') return undefined;
  const url = URL.parse(proxy);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname))
    return `the proxy of ${proxyFrom} is no address such as http://proxy.example:3128`;
  return { url, from: proxyFrom };
}

/** `.example.com` and `*.example.com` are good for every name below, `example.com` for itself and those below. */
function isExcepted(host: string, entries: readonly string[]): boolean {
  const name = host.toLowerCase();
  return entries.some((entry) => {
    const own = entry
      .trim()
      .toLowerCase()
      .replace(/^\*?\./, '');
    return own !== '' && (name === own || name.endsWith(`.${own}`));
  });
}

function trustedIn(file: string): Trusted | string | undefined {
  if (file === '') return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return `the file with certificates, ${file}, cannot be read (${code})`;
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate))
    return `${file} holds no certificates (PEM) that can be read`;
  return { file, certificates };
}

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}

/** A proxy for people: never the password that may stand in its address. */
export function proxyName({ url, from }: Proxy): string {
  return `${url.host} (${from})`;
}

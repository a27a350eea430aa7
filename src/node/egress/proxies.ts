import { basename } from 'node:path';

/** Variables by which programs are told of a proxy; Oversign goes by none of them (connection.ts). */
const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];

/** Libraries that carry every connection of a program elsewhere, by the beginning of their file's name. */
const CARRIERS = /^lib(proxychains|torsocks|tsocks|redsocks|dsocks|proxybound|graftcp|socksify|dl_?socks)/i;

/** Of the proxies that the environment names, that nobody asks them; nothing where it names none. A sentence to add. */
export function unusedProxyWords(environment: NodeJS.ProcessEnv = process.env): string {
  const named = NAMES.flatMap((name) => [name, name.toLowerCase()]).filter((name) => (environment[name] ?? '') !== '');
  if (named.length === 0) return '';
  return ` No proxy is used: ${named.join(' and ')} ${named.length === 1 ? 'does' : 'do'} not count here.`;
}

/** The first library that was put under this program and sees to its connections before Oversign does. */
export function carrierOf(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return carriersIn(environment)[0];
}

function carriersIn(environment: NodeJS.ProcessEnv): string[] {
  return ['LD_PRELOAD', 'DYLD_INSERT_LIBRARIES'].flatMap((name) =>
    (environment[name] ?? '')
      .split(/[\s:]+/)
      .map((file) => basename(file))
      .filter((file) => CARRIERS.test(file))
      .map((file) => `${file} (${name})`),
  );
}

/** Of all such libraries. A sentence to add. */
export function carrierWords(environment: NodeJS.ProcessEnv = process.env): string {
  const words = carriersIn(environment);
  if (words.length === 0) return '';
  return ` All of it goes through ${words.join(' and ')}, which carries every connection of this program to a proxy; where that is, and what it forwards, is its own affair.`;
}

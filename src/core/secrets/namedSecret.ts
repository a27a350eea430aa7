import type { HttpRequest } from '../../shared/action.ts';
import { named } from '../../shared/named.ts';
import { allows, hostPattern, type Target } from '../egress/hostPattern.ts';
import { isThisMachine } from '../egress/thisMachine.ts';

/** A secret that a policy names, without its value: that is kept elsewhere, and put in at the door alone. */
export interface NamedSecret {
  /** What the agent and the cards call it: `{{secret:NAME}}`. */
  name: string;
  /** Where it may be sent to and nowhere else, as exact entries of `allowed_domains`. */
  hosts: readonly string[];
  /** The environment variable that holds it, where secret storage has none; empty where none is named. */
  variable: string;
}

/** Where a person keeps their values. */
export interface SecretValues {
  /** Undefined where none is kept. */
  valueOf(secret: NamedSecret): Promise<string | undefined>;
}

export const SECRET_NAME = '[a-z][a-z0-9_-]{0,40}';
const REFERENCE = new RegExp(`\\{\\{secret:(${SECRET_NAME})\\}\\}`, 'g');
/** What looks like a reference, and may not be one. */
const MEANT = /\{\{\s*secret\b/i;

/** The secrets that header lines name, each once. */
export function secretsIn(headers: readonly string[]): string[] {
  return [...new Set(headers.flatMap((line) => [...line.matchAll(REFERENCE)].flatMap(([, name = '']) => name)))];
}

/** Whether a text speaks of a secret where none is put in, or in no way that counts. */
export function speaksOfSecret(text: string): boolean {
  return MEANT.test(text.replace(REFERENCE, ''));
}

export function isReference(text: string): boolean {
  return text.search(REFERENCE) !== -1;
}

/** Header lines with the values in place of the references; what has none stays as it stands. */
export function withValues(headers: readonly string[], values: ReadonlyMap<string, string>): string[] {
  return headers.map((line) => line.replace(REFERENCE, (whole, name: string) => values.get(name) ?? whole));
}

/** Why a request may not carry the secrets that it names, as a sentence; undefined where it may. */
export function secretRefused(
  { headers, url, host, port }: Pick<HttpRequest, 'headers' | 'url' | 'host' | 'port'>,
  secrets: readonly NamedSecret[],
): string | undefined {
  for (const name of secretsIn(headers)) {
    const secret = secrets.find((one) => one.name === name);
    if (!secret) return `Your policy names no secret ${named(name)}.`;
    if (!isBoundTo(secret, { host, port }))
      return `The secret ${named(name)} belongs to ${secret.hosts.map(named).join(', ')}, and goes nowhere else.`;
    if (!url.startsWith('https:') && !isThisMachine(host))
      return `The secret ${named(name)} is sent encrypted alone (https).`;
  }
  return undefined;
}

function isBoundTo({ hosts }: NamedSecret, target: Target): boolean {
  return hosts.some((entry) => {
    const pattern = hostPattern(entry);
    return pattern?.of === 'itself' && allows(pattern, target);
  });
}

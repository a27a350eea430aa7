import type { AuditEvent } from '../../shared/auditEvent.ts';
import { canonicalJson } from '../../shared/json.ts';
import { sha256 } from '../files/hash.ts';

/** What the first event names as its predecessor. */
export const GENESIS = sha256('oversign audit log v1');

/** The hash of an event: SHA-256 over its canonical JSON (RFC 8785) without `hash`; `prev` is part of it. */
export function eventHash(event: Omit<AuditEvent, 'hash'>): string {
  return sha256(canonicalJson(event));
}

/** Binds a payload to its event without telling it: SHA-256 over a random salt and the payload's canonical text. */
export function commitment(salt: string, payload: string): string {
  return sha256(`${salt}\n${payload}`);
}

import { hash } from 'node:crypto';

/** SHA-256 (FIPS 180-4) in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data);
}

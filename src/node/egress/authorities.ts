import { getCACertificates, rootCertificates } from 'node:tls';
import type { Trusted } from './route.ts';

let known: string[] | undefined;

/**
 * Whose certificates are believed: those that come with Node and with the system, and those of a file that a person
 * named. Nothing of the environment adds any: not NODE_EXTRA_CA_CERTS, and not a variable that says which the system's are.
 */
export function authorities(trusted?: Trusted): string[] {
  known ??= [...new Set([...certificatesOf('bundled'), ...(isSystemNamed() ? [] : certificatesOf('system'))])];
  return trusted ? [...known, ...trusted.certificates] : known;
}

function isSystemNamed(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment['SSL_CERT_FILE'] ?? environment['SSL_CERT_DIR']) !== undefined;
}

function certificatesOf(kind: 'bundled' | 'system'): readonly string[] {
  try {
    return getCACertificates(kind);
  } catch {
    return kind === 'bundled' ? rootCertificates : []; // a store that cannot be read vouches for nobody
  }
}

/** Who else is believed, and who is not though the environment names them: an addition to the sentence about the destination. */
export function believedToo(trusted?: Trusted, environment: NodeJS.ProcessEnv = process.env): string {
  const extra = environment['NODE_EXTRA_CA_CERTS'] ?? '';
  const words = trusted ? ` Certificates that ${trusted.file} vouches for are believed too.` : '';
  return extra === '' || trusted?.file === extra
    ? words
    : `${words} NODE_EXTRA_CA_CERTS does not count here; name its file in oversign.model.caFile (--ca-file) where it should.`;
}

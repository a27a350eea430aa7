import { getCACertificates, rootCertificates } from 'node:tls';

let known: string[] | undefined;

/**
 * Whose certificates are believed: those that come with Node and with the system, and those that NODE_EXTRA_CA_CERTS
 * names, which `believedToo` says. The system's are left out where a variable would say which these are.
 */
export function authorities(environment: NodeJS.ProcessEnv = process.env): string[] {
  if (known) return known;
  const isSystemNamed = (environment['SSL_CERT_FILE'] ?? environment['SSL_CERT_DIR']) !== undefined;
  const kinds = ['bundled', 'extra', ...(isSystemNamed ? [] : ['system'])] as ('bundled' | 'extra' | 'system')[];
  known = [...new Set(kinds.flatMap(certificatesOf))];
  return known;
}

function certificatesOf(kind: 'bundled' | 'extra' | 'system'): readonly string[] {
  try {
    return getCACertificates(kind);
  } catch {
    return kind === 'bundled' ? rootCertificates : []; // a store that cannot be read vouches for nobody
  }
}

/** Who else is believed because of the environment, as an addition to the sentence about where prompts go. */
export function believedToo(environment: NodeJS.ProcessEnv = process.env): string {
  const file = environment['NODE_EXTRA_CA_CERTS'] ?? '';
  return file === '' ? '' : ` Certificates from ${file} (NODE_EXTRA_CA_CERTS) are believed too.`;
}

import { existsSync, readdirSync } from 'node:fs';

/** Where a system keeps authorities that its administrator added, and the file that it makes of all that are believed. */
interface Store {
  added: string;
  bundle: string;
}

const STORES: readonly Store[] = [
  // update-ca-certificates(8): Debian and its kind.
  { added: '/usr/local/share/ca-certificates', bundle: '/etc/ssl/certs/ca-certificates.crt' },
  // update-ca-trust(8): Fedora and its kind.
  { added: '/etc/pki/ca-trust/source/anchors', bundle: '/etc/pki/tls/certs/ca-bundle.crt' },
];

/** Variables by which programs that bring authorities of their own are told of others. */
const VARIABLES = [
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'GIT_SSL_CAINFO'],
  ...['CARGO_HTTP_CAINFO', 'npm_config_cafile'],
];

/**
 * On a machine whose administrator added authorities (a company's, that of a proxy which opens what is encrypted): the
 * system's file of all of them, for programs that would not look there. None elsewhere: it costs each start of Node some
 * milliseconds.
 */
export function authorityVariables(stores: readonly Store[] = STORES): Record<string, string> {
  const store = stores.find(({ added, bundle }) => hasAny(added) && existsSync(bundle));
  return store ? Object.fromEntries(VARIABLES.map((name) => [name, store.bundle])) : {};
}

function hasAny(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => /\.(crt|pem|cer)$/.test(name));
  } catch {
    return false; // none, or none that can be seen
  }
}

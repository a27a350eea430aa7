import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import { holdsCredential } from './credentialFiles.ts';

/** Parts of /etc without which programs do not start or name the wrong zone; none tells about this machine. */
const NEEDED = [
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/ld-musl-x86_64.path',
  '/etc/ld-musl-aarch64.path',
  '/etc/ssl/certs',
  '/etc/ssl/cert.pem',
  '/etc/ca-certificates',
  '/etc/pki/tls/certs',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/ca-trust/extracted',
  '/etc/localtime',
  '/etc/timezone',
  '/etc/mime.types',
  '/etc/magic',
  '/etc/magic.mime',
  '/etc/fonts',
  '/etc/services',
  '/etc/protocols',
  '/etc/networks',
  '/etc/rpc',
  '/etc/ssl/openssl.cnf',
  '/etc/pki/tls/openssl.cnf',
  '/etc/pki/tls/openssl.d',
  '/etc/crypto-policies',
  '/etc/os-release',
  '/etc/debian_version',
  '/etc/alpine-release',
  '/etc/fedora-release',
  '/etc/redhat-release',
  '/etc/system-release',
  '/etc/lsb-release',
  '/etc/shells',
  '/etc/inputrc',
  '/etc/perl',
  '/etc/terminfo',
];

/** Whether programs do without a path of /etc: what they do without is left out where a rule denies all of /etc. */
export function isNeededInEtc(path: string): boolean {
  return NEEDED.includes(path) || !existsSync(path) || !OF_PROGRAMS.test(path.slice('/etc/'.length));
}

/**
 * What the launchers and runtimes of Debian, Fedora and Alpine read there, as their packages deliver it: Java, Maven and
 * their kind, browsers, interpreters, typesetting, man. Never what names accounts, hosts, networks, mail or services.
 */
const OF_PROGRAMS =
  /^(?:java|java-[\w.-]+|\.java|jvm|mavenrc|maven|maven-metadata|m2\.conf|ant|ant\.conf|ant\.d|gradle|sbt|scala|chromium|chromium\.d|chromium-browser|chrome|firefox|firefox-esr|python|python[\d.]+|pypy[\d.]*|ruby[\d.]*|php[\d.]*|php\.d|php\.ini|R|julia|octave|octaverc|lua|erlang|elixir|ghc|mono|dotnet|nodejs|groff|manpath\.config|man_db\.conf|man\.conf|texmf|tex|ghostscript|papersize|paperspecs|ImageMagick-\d|gtk-[\d.]+|glvnd|vulkan|OpenCL|egl|drirc|xml|sgml|dictionaries-common|vim|emacs|nanorc|gdb|gdbinit|valgrind|debuginfod|pkgconfig)$/;
/** In /etc/opt only browsers. */
const BELOW = ['/etc/opt/chrome', '/etc/opt/edge'];
const MOST_ENTRIES = 5_000;

/** What commands see of the real /etc, and what of that is kept from them: what not everybody on this machine may read, and credentials. */
export function publicEtc(etc = '/etc'): { shown: Cage['etc']; withheld: string[] } {
  const named = namesIn(etc)
    .filter((name) => OF_PROGRAMS.test(name))
    .map((name) => join(etc, name));
  const further = [...named, ...BELOW].filter((path) => existsSync(path));
  const shown: { path: string; source: string }[] = [];
  const withheld: string[] = [];
  for (const path of further) {
    const source = publicSource(path, etc);
    const closed = source === undefined ? undefined : notPublic(source);
    if (source === undefined || closed === undefined) continue;
    shown.push({ path, source });
    withheld.push(...closed.map((one) => path + one.slice(source.length)));
  }
  const needed = NEEDED.filter((path) => existsSync(path)).map((path) => ({ path, source: realpathSync(path) }));
  return { shown: [...needed, ...shown], withheld };
}

/** The real place: of the system, and open to everybody, so that a link of an administrator's brings nothing private. */
function publicSource(path: string, etc: string): string | undefined {
  try {
    const source = realpathSync(path);
    if (![etc, '/usr', '/opt', '/var/lib'].some((folder) => source.startsWith(`${folder}/`))) return undefined;
    return isPublic(source) ? source : undefined;
  } catch {
    return undefined;
  }
}

function isPublic(path: string): boolean {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (!info) return false;
  if (info.isDirectory()) return info.uid === 0 && (info.mode & 0o005) === 0o005;
  return info.isFile() && info.uid === 0 && (info.mode & 0o004) !== 0 && !holdsCredential(path);
}

/** What below a folder is not for everybody; undefined where there is too much to be settings. Links lead on inside a cage only. */
function notPublic(source: string): string[] | undefined {
  const closed: string[] = [];
  const pending = [source];
  let seen = 0;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (!info || info.isSymbolicLink()) continue;
    seen += 1;
    if (seen > MOST_ENTRIES) return undefined;
    if (!isPublic(path)) closed.push(path);
    else if (info.isDirectory()) pending.push(...namesIn(path).map((name) => join(path, name)));
  }
  return closed;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

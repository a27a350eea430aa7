import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { carriesCredential, scriptCarriesCredential } from '../../core/redaction/carriesCredential.ts';
import { isInside } from '../../core/scope/spelling.ts';

/** Folders that hold keys and nothing that a program needs to run. */
const FOLDERS = ['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.password-store'];

/** Files that are there for their credentials: git-credential-store(1), netrc(5), PyPI, cargo, gem, Vault, PostgreSQL, MySQL, s3cmd, boto. */
const KEPT = [
  ...['.git-credentials', '.netrc', '_netrc', '.pypirc', 'credentials', 'credentials.toml', 'credentials.json'],
  ...['.vault-token', '.pgpass', 'pgpass.conf', '.my.cnf', '.mylogin.cnf', '.s3cfg', '.boto', '.dockercfg'],
  ...['.htpasswd', 'id_rsa', 'id_ecdsa', 'id_ed25519', '.env', '.terraformrc', 'credentials.tfrc.json'],
];

/**
 * Files that programs need and that may hold a credential: npm, yarn, pip, conda, Maven, Gradle, NuGet, composer,
 * bundler, docker, git, uv, poetry, rclone, GitHub's and GitLab's programs, curl, wget. Hidden only if there is one in it.
 */
const LOOKED_INTO = [
  ...['npmrc', '.npmrc', '.yarnrc', '.yarnrc.yml', 'pip.conf', '.condarc', 'condarc', 'settings.xml'],
  ...['settings-security.xml', 'gradle.properties', 'init.gradle', 'nuget.config', 'NuGet.Config', 'auth.json'],
  ...['auth.toml', '.wgetrc', '.curlrc', 'wgetrc', 'curlrc', 'gitconfig', '.gitconfig', 'uv.toml', 'pydistutils.cfg'],
  ...['hosts.yml', 'rclone.conf', 'application_default_credentials.json'],
];
/** Of a name that everything has, by the folder that it is in. */
const PATHS = ['*/.docker/config.json', '*/.bundle/config', '*/.cargo/config.toml', '*/.cargo/config', '*/.git/config'];

const anyOf = (test: string, names: readonly string[]): string[] =>
  names.flatMap((name, index) => (index === 0 ? [test, name] : ['-o', test, name]));

/** For find(1): folders of keys are printed and not entered; then whatever else `others` finds, and these files. */
export function credentialSearch(others: readonly string[]): string[] {
  const folders = ['(', '-type', 'd', '(', ...anyOf('-name', FOLDERS), ')', '-print0', '-prune', ')'];
  const names = ['(', ...anyOf('-name', [...KEPT, ...LOOKED_INTO]), '-o', ...anyOf('-path', PATHS), ')'];
  const files = ['(', '-type', 'f', '-o', '-type', 'l', ')', ...names];
  return [...folders, '-o', '(', '(', ...others, ')', '-o', '(', ...files, ')', ')', '-print0'];
}

/** Of what was found in a folder that is mounted, what commands must not see. A link is followed as far as the folder goes. */
export function heldBack(found: readonly string[], mount: string): string[] {
  return found.flatMap((path) => {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info === undefined) return [];
    const real = info.isSymbolicLink() ? targetOf(path) : path;
    if (real === undefined || !isInside(mount, real)) return [];
    const isFile = lstatSync(real, { throwIfNoEntry: false })?.isFile() === true;
    if (isFile && !KEPT.includes(basename(path)) && !holdsOne(real, carriesCredential)) return [];
    // A link to a folder is no folder of keys, whatever it is called.
    return info.isSymbolicLink() && !isFile ? [] : [real];
  });
}

/** Whether a file is one of those by its name, and holds one. */
export function holdsCredential(path: string): boolean {
  const name = basename(path);
  return KEPT.includes(name) || (LOOKED_INTO.includes(name) && holdsOne(path, carriesCredential));
}

const MOST_SCRIPTS = 500;
const LARGEST_SCRIPT = 64 * 1024;
const LARGEST = 1024 * 1024;

/** Files in a folder of programs that may be scripts of the user's own. */
export function scriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .slice(0, MOST_SCRIPTS)
      .map(({ name }) => join(folder, name))
      .filter((path) => (lstatSync(path, { throwIfNoEntry: false })?.size ?? Infinity) <= LARGEST_SCRIPT);
  } catch {
    return []; // no such folder
  }
}

/** Whether a script has a token in it. */
export function isScriptWithCredential(path: string): boolean {
  return holdsOne(path, scriptCarriesCredential);
}

/** What cannot be looked into, or is too large to be a setting, is taken to hold one. */
function holdsOne(path: string, judge: (text: string) => boolean): boolean {
  try {
    return lstatSync(path).size > LARGEST || judge(readFileSync(path, 'utf8'));
  } catch {
    return true;
  }
}

/** What a link leads to; undefined for nothing. */
export function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined; // a link to nothing
  }
}

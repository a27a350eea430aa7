import { nameOf } from '../../../core/scope/spelling.ts';
import { entriesBelow } from '../entriesBelow.ts';

/** What is in a package's folder and not part of the package: repositories, and files that are usually secrets. */
const NOT_OF_IT =
  /^(?:\.git|\.hg|\.svn|\.ssh|\.aws|\.gnupg|\.env|\.env\..+|\.envrc|.+\.(?:pem|key|p12|pfx|jks|keystore|kdbx|tfstate)|id_(?:rsa|ecdsa|ed25519|dsa).*|\.npmrc|\.netrc|\.pypirc|credentials(?:\.json|\.toml)?|secrets?\.(?:ya?ml|json|toml))$/;
const EXAMPLE = /(?:^|[.\-_])(?:example|sample|template)(?:[.\-_]|$)/i;
/** A package with more than this beside its own `node_modules` is none. */
const MOST_ENTRIES = 20_000;

/**
 * What commands are not to see of packages of the person's own, looked for at each command: they are worked on. A package
 * that holds too much to be looked through is not in the answer.
 */
export async function notOfPackages(
  packages: readonly string[],
  isDenied: (path: string) => boolean,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const one of packages) {
    const hidden: string[] = [];
    let seen = 0;
    const without = { has: (path: string) => nameOf(path) === 'node_modules' || nameOf(path) === '.git' };
    for await (const { path, kind } of entriesBelow({ folders: [one], without: without as ReadonlySet<string> })) {
      seen += 1;
      if (seen > MOST_ENTRIES) break;
      const name = nameOf(path);
      if (isDenied(path) || (NOT_OF_IT.test(name) && (kind === 'folder' || !EXAMPLE.test(name)))) hidden.push(path);
    }
    if (seen <= MOST_ENTRIES) found.set(one, hidden);
  }
  return found;
}

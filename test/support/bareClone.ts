import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { debianWithNode, rootProblem } from './bareRoot.ts';

// How npm is to reach its registry on this machine: only the certificates and npm's settings for the whole machine.
const OF_THE_MACHINE = ['/etc/ssl/certs/ca-certificates.crt', '/usr/etc/npmrc'];

/** The line that clones the repository there, into `oversign`. */
export const CLONE = 'git clone --quiet file:///srv/oversign.git oversign';

/**
 * Does something with a bare Debian that has Node, npm and git and nothing else, and the last commit of the repository
 * that `within` is in as something to clone; `inRoot(base, …)` enters it. It is gone afterwards.
 *
 * @throws where no root can be made here, and why.
 */
export async function withBareClone(within: string, work: (base: string) => Promise<void>): Promise<void> {
  const problem = rootProblem();
  if (problem !== undefined) throw new Error(problem);
  const base = mkdtempSync(join(tmpdir(), 'oversign-bare-'));
  try {
    const root = debianWithNode(base, ['git']);
    for (const path of OF_THE_MACHINE.filter((each) => existsSync(each))) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      cpSync(path, join(root, path), { dereference: true });
    }
    const repository = spawnSync('git', ['rev-parse', '--show-toplevel'], { cwd: within, encoding: 'utf8' });
    spawnSync('git', ['clone', '--quiet', '--bare', repository.stdout.trim(), join(root, 'srv/oversign.git')], {
      stdio: 'inherit',
    });
    await work(base);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

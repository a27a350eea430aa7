// The README's command on a machine that has Node and npm and nothing else, with the real apt.
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installServer } from '../../scripts/install-server.ts';
import { bareRoot, rootProblem, TERMINAL, type BareRoot } from '../support/bareRoot.ts';
import { removeWhole } from '../support/tree.ts';

/** Starts, waits for the address and asks it; what was started ends with the shell. */
function started(output: string, streams: string): string {
  return `rm -f /tmp/out; npm start ${streams} & pid=$!
for i in $(seq 900); do grep -qs 'Press Ctrl' ${output} && break; kill -0 $pid 2>/dev/null || break; sleep 0.1; done
address=$(grep -ao 'http://127[^[:space:]]*' ${output}); [ ${output} = ${TERMINAL} ] || cat ${output}
[ -n "$address" ] || { wait $pid; exit $?; }
node -e "fetch(process.argv[1], { redirect: 'manual' }).then((r) => console.log('page', r.status))" "$address"; exit 0`;
}
const START = started('/tmp/out', '> /tmp/out 2>&1');
const IN_TERMINAL = started(TERMINAL, '< /dev/tty');

let base: string | undefined;
let root: BareRoot | undefined;
let problem = rootProblem();

beforeAll(async () => {
  if (problem !== undefined) return;
  await installServer(); // once for the repository; the bare machine takes it from here
  base = await mkdtemp(join(tmpdir(), 'oversign-bare-'));
  try {
    root = bareRoot(base, join(import.meta.dirname, '../..'));
  } catch (error) {
    problem = String(error);
  }
}, 300_000);

afterAll(async () => {
  if (base !== undefined) await removeWhole(base);
});

test(
  'a bare machine: told what to type, started without, installed, and started again offline',
  { timeout: 400_000 },
  ({ skip }) => {
    if (root === undefined) return skip(problem);
    for (const program of ['bwrap', 'git', 'sudo', 'python3'])
      expect(root.has(`usr/bin/${program}`), program).toBe(false);

    // An ordinary account without sudo and without a terminal: the line, code 3, nothing half done.
    const told = root.run('npm start', { user: 'guest' });
    expect(told.output).toContain(
      "su -c 'apt-get update && apt-get install -y --no-install-recommends bubblewrap git'",
    );
    expect(told.code).toBe(3);
    const tested = root.run('npm test', { user: 'guest' });
    expect(tested.output).toMatch(/Chromium +729 MB[^]*su -c 'apt-get update && .* chromium .* ripgrep'/);
    expect(tested.code).toBe(3);
    for (const path of ['dist', 'test-results', '.vscode-test/sample'])
      expect(root.has(`home/guest/oversign/${path}`), path).toBe(false);

    // Nothing may be installed: it comes up, and says what it cannot do and the line that helps.
    const without = root.run(`export OVERSIGN_NO_INSTALL=1; ${START}`, { user: 'guest' });
    expect(without.output).toMatch(
      /bubblewrap is not installed[^]*Install it: su -c 'apt-get update && apt-get install[^]*page 302/,
    );
    expect(root.has('usr/bin/bwrap')).toBe(false);

    // The same account with sudo and a terminal: one question, and Enter is yes.
    root.run(
      'apt-get update -qq; apt-get install -y -qq --no-install-recommends sudo; echo "guest ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/guest; rm -rf /var/lib/apt/lists/*',
    );
    const asked = root.run(IN_TERMINAL, { user: 'guest', types: 'n\n' });
    expect(asked.output).toMatch(/Install it now, with sudo\? \[Y\/n\][^]*sudo apt-get update && sudo apt-get install/);
    expect(asked.output).toContain('code 3');
    expect(root.has('usr/bin/bwrap')).toBe(false);
    const yes = root.run(IN_TERMINAL, { user: 'guest', types: '\n' });
    expect(yes.output).toMatch(/\[Y\/n\][^]*Installing bubblewrap, git with apt-get[^]*\(done\)[^]*page 302/);
    expect(yes.output).not.toContain('Commands cannot be confined');
    expect(root.has('usr/bin/bwrap') && root.has('usr/bin/git')).toBe(true);

    // Root: at once, from lists that are not there.
    // And after an installing that was killed, which dpkg remembers by such a file.
    root.run('dpkg --purge bubblewrap; rm -rf /var/lib/apt/lists/*; touch /var/lib/dpkg/updates/0001');
    expect(root.run('apt-get install -y make').output).toContain('dpkg was interrupted');
    expect(root.has('usr/bin/bwrap')).toBe(false);
    const atOnce = root.run(START);
    expect(atOnce.output).toMatch(/bubblewrap .*sandbox[^]*Installing bubblewrap with apt-get[^]*\(done\)[^]*page 302/);
    expect(atOnce.output).not.toContain('Commands cannot be confined');

    // What root made is root's: the account is told the line that gives it back; what is not its own, it leaves alone.
    root.run('rm -f /tmp/out');
    const closed = root.run('npm start', { user: 'guest' });
    expect(closed.output).toMatch(/This account cannot write [^]*dist[^]*To have it back:/);
    const [, typed = ''] = /^ {2}sudo (chown .*)$/m.exec(closed.output) ?? [];
    expect(typed, closed.output).toMatch(/^chown -R guest: \/home\/guest\/oversign\/dist /);
    expect(closed.code).toBe(3);
    root.run('chown root: .');
    expect(root.run('npm start', { user: 'guest' }).output).toContain(
      'Clone the repository to a place of this account',
    );
    root.run(`chown guest: .; ${typed}`);

    // Where the kernel refuses what the sandbox needs: it comes up, and says the cause and what to do.
    const refused = root.run(START, { user: 'guest', noNamespaces: true });
    expect(refused.output).toMatch(/the kernel refused new namespaces[^]*Start the container with[^]*page 302/);

    // And once more, without a network: nothing is asked, fetched or missing.
    const registry = `node -e "fetch('https://registry.npmjs.org').then(() => console.log('reached'), () => console.log('offline'))"`;
    expect(root.run(registry, { offline: true }).output).toContain('offline');
    const again = root.run(START, { offline: true });
    expect(again.output).toMatch(/^(?![^]*lacks)[^]*page 302/);
    expect(existsSync(join(root.folder, 'home/guest/oversign/dist/extension.js'))).toBe(true);
  },
);

import { SandboxManager, SandboxRuntimeConfigSchema } from '@anthropic-ai/sandbox-runtime';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cagedCommand } from '../../src/node/sandbox/seatbelt/commandLine.ts';
import { inAnyCase, seatbeltConfig, type SeatbeltCage } from '../../src/node/sandbox/seatbelt/config.ts';
import { macOS } from '../../src/node/sandbox/seatbelt/places.ts';
import { Descendants, parseProcesses, type ProcessLine } from '../../src/node/sandbox/seatbelt/processes.ts';
import { explainFailure } from '../../src/node/sandbox/seatbelt/selfTest.ts';
import { loadWrap } from '../../src/node/sandbox/seatbelt/wrap.ts';
import { readProfile, wordsOnMacOS, type Profile } from '../support/seatbeltProfile.ts';

const HOME = '/Users/somebody';
const WORK = `${HOME}/work [draft]*`;
const DATA = `${HOME}/Library/Application Support/oversign/data`;

const cage: SeatbeltCage = {
  roots: [WORK],
  workspace: 'writable',
  network: { kind: 'none' },
  view: { kind: 'in-place' },
  system: macOS().system,
  toolchains: [`${HOME}/.nvm/versions/node/v24`],
  scratch: '/private/var/folders/ab/T/oversign-1234',
  hidden: [...macOS().hidden, DATA, `${WORK}/deep/.env`, `${WORK}/vault`],
  readOnly: [`${WORK}/sub/.vscode`, `${WORK}/.oversign`],
};

async function profileOf(changes: Partial<SeatbeltCage> = {}): Promise<Profile> {
  const words = await wordsOnMacOS('true', seatbeltConfig({ ...cage, ...changes }));
  return readProfile(words[words.indexOf('-p') + 1] ?? '');
}

const read = (profile: Profile, path: string): boolean => profile.allows('file-read-data', path);
const write = (profile: Profile, path: string): boolean =>
  ['file-write-data', 'file-write-create'].every((operation) => profile.allows(operation, path));
const move = (profile: Profile, path: string): boolean => profile.allows('file-write-unlink', path);

test('the configuration is one that the library takes', () => {
  const config = seatbeltConfig(cage);
  expect(SandboxRuntimeConfigSchema.parse(config)).toEqual(config);
  expect(config.network).toEqual({ allowedDomains: [], deniedDomains: [] });
});

test('reading: the workspace, the toolchains, the system, and nothing else', async () => {
  const profile = await profileOf();
  for (const path of [`${WORK}/src/a.ts`, `${HOME}/.nvm/versions/node/v24/bin/node`, '/usr/bin/git', '/bin/bash'])
    expect(read(profile, path), path).toBe(true);
  for (const path of ['/dev/null', '/System/Library/CoreServices/SystemVersion.plist', `${cage.scratch}/tmp/a`])
    expect(read(profile, path), path).toBe(true);
  for (const path of [
    ...[`${HOME}/.ssh/id_rsa`, `${HOME}/work`, `${HOME}/work [draft]x/a`, `${HOME}/.nvm/alias`, `${DATA}/audit.db`],
    ...['/Users/other/a', '/Volumes/Backup/a', `/System/Volumes/Data${HOME}/.ssh/id_rsa`, '/private/var/db/secret'],
    ...['/dev/ttys001', '/private/tmp/a', '/private/var/folders/ab/T/other', '/opt/homebrew/var/postgres/a'],
    ...['/Library/Keychains/System.keychain', '/Applications/Mail.app/Contents/Info.plist'],
  ])
    expect(read(profile, path), path).toBe(false);
});

test('writing: the workspace and the private folder', async () => {
  const profile = await profileOf();
  for (const path of [`${WORK}/src/a.ts`, `${cage.scratch}/home/.cache/a`]) {
    expect(write(profile, path), path).toBe(true);
    expect(move(profile, path), path).toBe(true);
  }
  for (const path of [
    ...[`${HOME}/.zshrc`, `${HOME}/.npm/_logs/a`, `${HOME}/.claude/debug/a`, '/usr/local/bin/a', '/private/etc/hosts'],
    ...['/tmp/claude/a', '/private/tmp/claude/a', '/private/tmp/a', `${HOME}/.nvm/versions/node/v24/bin/node`],
  ])
    expect(write(profile, path), path).toBe(false);
});

test('a command that only looks can write nothing but its private folder', async () => {
  const profile = await profileOf({ workspace: 'read-only', readOnly: [] });
  expect(read(profile, `${WORK}/src/a.ts`)).toBe(true);
  expect(write(profile, `${WORK}/src/a.ts`)).toBe(false);
  expect(move(profile, `${WORK}/src/a.ts`)).toBe(false);
  expect(read(profile, `${WORK}/vault/a`)).toBe(false);
  expect(write(profile, `${cage.scratch}/tmp/a`)).toBe(true);
});

test('a denied path in the workspace can be neither read, written nor moved, nor can what holds it', async () => {
  const profile = await profileOf();
  for (const path of [`${WORK}/deep/.env`, `${WORK}/vault`, `${WORK}/vault/a/b`]) {
    expect(read(profile, path), path).toBe(false);
    expect(write(profile, path), path).toBe(false);
    expect(move(profile, path), path).toBe(false);
  }
  expect(move(profile, `${WORK}/deep`)).toBe(false);
  expect(move(profile, WORK)).toBe(false);
  expect(read(profile, `${WORK}/deep/.env.example`)).toBe(true);
  expect(read(profile, `${WORK}/vaults`)).toBe(true);
});

test('a denied path that equals or holds an allowed one wins', async () => {
  const profile = await profileOf({ hidden: [`${HOME}/.nvm`, WORK] });
  expect(read(profile, `${HOME}/.nvm/versions/node/v24/bin/node`)).toBe(false);
  expect(read(profile, `${WORK}/src/a.ts`)).toBe(false);
  expect(write(profile, `${WORK}/src/a.ts`)).toBe(false);
});

test('protected paths cannot be changed, made or moved: named ones, and protected names anywhere below', async () => {
  const profile = await profileOf();
  for (const path of [
    ...[`${WORK}/sub/.vscode/tasks.json`, `${WORK}/.oversign`, `${WORK}/.oversign/policy.yaml`],
    ...[`${WORK}/a/b/.vscode/tasks.json`, `${WORK}/.idea`, `${WORK}/a/.DevContainer/x`, `${WORK}/a.code-workspace`],
    ...[`${WORK}/.gitmodules`, `${WORK}/.VSCODE/settings.json`, `${WORK}/a/.OverSign/policy.yaml`],
    ...[`${WORK}/.git/hooks/pre-commit`, `${WORK}/a/.git/config`, `${WORK}/a/.GIT/Config`, `${WORK}/.git/commondir`],
  ]) {
    expect(write(profile, path), path).toBe(false);
    expect(move(profile, path), path).toBe(false);
  }
  expect(move(profile, `${WORK}/sub`)).toBe(false);
  expect(read(profile, `${WORK}/sub/.vscode/tasks.json`)).toBe(true);
  for (const path of [`${WORK}/.git/index`, `${WORK}/.git/refs/heads/main`, `${WORK}/a/vscode/b`, `${WORK}/.vscodex`])
    expect(write(profile, path), path).toBe(true);
});

test('no network: not to other machines, not to this one, not through sockets in the file system', async () => {
  const { rules, allows } = await profileOf();
  const heads = rules.map((rule) => JSON.stringify(rule)).filter((rule) => rule.includes('network'));
  expect(heads).toEqual([]);
  expect(JSON.stringify(rules)).not.toMatch(/AF_UNIX|AF_INET|appleevent|lsopen|trustd/);
  for (const operation of ['network-outbound', 'network-bind', 'network-inbound', 'appleevent-send'])
    expect(allows(operation, '/private/var/run/mDNSResponder')).toBe(false);
});

test('neither the profile nor the system’s log names the command', async () => {
  const words = await wordsOnMacOS('echo PASSWORD', seatbeltConfig(cage));
  const profile = words[words.indexOf('-p') + 1] ?? '';
  expect(words.at(-1)).toBe('echo PASSWORD');
  expect(profile).not.toContain(Buffer.from('echo PASSWORD').toString('base64').slice(0, 12));
  expect(words.slice(0, words.indexOf('/usr/bin/sandbox-exec')).join(' ')).not.toMatch(/proxy/i);
});

test('the library is never initialized: nothing listens', async () => {
  await profileOf();
  expect(SandboxManager.getConfig()).toBeUndefined();
  expect(SandboxManager.getProxyPort()).toBeUndefined();
});

test('a name that cannot be written into a profile, and too many names, are refused', async () => {
  for (const name of ['a\nb', 'a\u0001', 'a\udc80'])
    expect(() => seatbeltConfig({ ...cage, hidden: [`${WORK}/${name}`] })).toThrow('rename it');
  const hidden = Array.from({ length: 5000 }, (_, index) => `${WORK}/folder-${index}/${'long'.repeat(20)}.key`);
  await expect(wordsOnMacOS('true', seatbeltConfig({ ...cage, hidden }))).rejects.toThrow('too many files');
});

test('the command line: exactly the environment, exactly the words, under limits', async () => {
  expect(inAnyCase('.git/Hooks-1')).toBe('.[gG][iI][tT]/H[oO][oO][kK][sS]-1');
  const odd = ["it's", '$HOME `x` "y" \\', '', 'a\nb', '!x'];
  const line = cagedCommand({ cpuSeconds: 7, diskBytes: 4096 }, ['/usr/bin/printf', '<%s>', ...odd], { A: "1'2" });
  const run = (command: string): string =>
    spawnSync('/bin/bash', ['-c', `exec 4>/dev/null; ${command}`], { encoding: 'utf8', env: { B: 'no' } }).stdout;
  expect(run(line)).toBe(odd.map((word) => `<${word}>`).join(''));
  const look = 'env; ulimit -t; ulimit -H -t; ulimit -f; ls /proc/self/fd | wc -l';
  const shown = run(cagedCommand({ cpuSeconds: 7, diskBytes: 4096 }, ['/bin/bash', '-c', look], { A: "1'2" }));
  expect(shown).toMatch(/^A=1'2$/m);
  expect(shown).not.toMatch(/^B=/m);
  // Standard input, output, error, and the one that ls opened.
  expect(shown).toMatch(/\n7\n8\n4\n4\n$/);
  await expect(loadWrap()).resolves.toBeTypeOf('function');
});

const process = (pid: number, parent: number, began = 'Mon'): ProcessLine => ({
  ...{ pid, parent, began },
  memoryBytes: 1000,
  cpuSeconds: 2,
});

test('processes as ps shows them on macOS and Linux', () => {
  const output = `
    1     0  12345   0:09.52 Ss   Sun Nov 22 19:48:28 2026
  412     1   2048  61:05.00 S+   Sun Nov 22 19:50:01 2026
  413   412      0   0:00.00 Z    Sun Nov 22 19:50:02 2026
  414   412    512 1-02:03:04 R    Sun Nov 22 19:50:03 2026
`;
  expect(parseProcesses(output)).toEqual([
    { pid: 1, parent: 0, memoryBytes: 12345 * 1024, cpuSeconds: 9.52, began: 'Sun Nov 22 19:48:28 2026' },
    { pid: 412, parent: 1, memoryBytes: 2048 * 1024, cpuSeconds: 3665, began: 'Sun Nov 22 19:50:01 2026' },
    { pid: 414, parent: 412, memoryBytes: 512 * 1024, cpuSeconds: 93784, began: 'Sun Nov 22 19:50:03 2026' },
  ]);
});

test('who was once seen below the command stays known when its parent ends, and no later process with its number', () => {
  const descendants = new Descendants(10);
  const pids = (lines: ProcessLine[]): number[] => lines.map(({ pid }) => pid).sort();
  expect(pids(descendants.look([process(10, 1), process(11, 10), process(12, 11), process(20, 1)]))).toEqual([11, 12]);
  expect(descendants.use).toMatchObject({ processes: 2, memoryBytes: 3000, cpuSeconds: 6 });
  // 11 ended; 12 belongs to process 1 now and has started 13.
  expect(pids(descendants.look([process(10, 1), process(12, 1), process(13, 12), process(20, 1)]))).toEqual([12, 13]);
  // All ended; another program has the number 12.
  expect(pids(descendants.look([process(12, 1, 'Tue'), process(20, 1)]))).toEqual([]);
  expect(descendants.use).toMatchObject({ processes: 2, cpuSeconds: 8 });
});

test('what sandbox-exec says becomes cause and fix', () => {
  expect(explainFailure('sandbox-exec: sandbox_apply: Operation not permitted').cause).toContain('runs in a sandbox');
  expect(explainFailure('bash: /usr/bin/sandbox-exec: No such file or directory').cause).toContain('is missing');
  for (const said of ['sandbox-exec: profile: unbound variable: x', '']) {
    const { cause, fix } = explainFailure(said);
    expect(cause).toContain(said === '' ? 'said nothing' : 'unbound variable');
    expect(fix).not.toBe('');
  }
});

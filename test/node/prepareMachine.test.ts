import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { prepareMachine, thisMachine } from '../../scripts/machine/prepare.ts';
import { reasonIn } from '../../scripts/machine/words.ts';
import { MANAGERS, packagesOf, programsFor, SYSTEM_PROGRAMS } from '../../src/shared/systemPackages.ts';
import { fakeMachine, INSTALLS } from '../support/fakeMachine.ts';
import { temporaryFolder } from '../support/tree.ts';

const APT_LINE = 'apt-get install -y --no-install-recommends bubblewrap git';

test('a machine that has all of it is left alone, and nothing is said', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true });
  fake.put('bwrap', '0.8.0');
  fake.put('git', '2.39.5');
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  expect(fake.asked()).toEqual([]);
  expect(fake.said()).toBe('');
});

test('root: one list, then the installing at once, and no question', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true, isTerminal: true });
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  expect(fake.asked()).toEqual(['apt-get update', APT_LINE]);
  expect(fake.questions).toEqual([]);
  expect(fake.said()).toMatch(/lacks what npm start needs:[^]*bubblewrap .*sandbox[^]*git .*109 MB[^]*About 22 MB/);
});

test('to start, only what running needs; to test, all of it', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true });
  await prepareMachine('test', fake.machine);
  const asked = fake.asked().at(-1) ?? '';
  expect(asked).toContain(' bubblewrap chromium debootstrap gcc git ');
  expect(programsFor('start').map(({ name }) => name)).toEqual(['bubblewrap', 'git']);
  expect(programsFor('test')).toEqual(SYSTEM_PROGRAMS);
});

test('at a terminal: one question, Enter is yes, and sudo does it', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isTerminal: true });
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  expect(fake.questions).toEqual(['Install it now, with sudo? [Y/n] ']);
  const through = 'env DEBIAN_FRONTEND=noninteractive LC_ALL=C';
  expect(fake.asked()).toEqual([
    'sudo -v',
    'sudo -n true',
    `sudo ${through} apt-get update`,
    'apt-get update',
    `sudo ${through} ${APT_LINE}`,
    APT_LINE,
  ]);
});

test.each(['n', 'no', 'N', 'what', '^C'])(
  'at a terminal, "%s" is no: the line to type, and nothing is done',
  async (word) => {
    const fake = fakeMachine(await temporaryFolder(), { isTerminal: true, ask: () => Promise.resolve(word) });
    expect(await prepareMachine('start', fake.machine)).toBe('stop');
    expect(fake.asked()).toEqual([]);
    expect(fake.said()).toContain(`  sudo apt-get update && sudo ${APT_LINE}\n`);
  },
);

test('sudo that lets nobody in ends the same way', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isTerminal: true, sudo: '/bin/false' });
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
  expect(fake.asked()).toEqual([]);
  expect(fake.said()).toContain('sudo did not let you in');
});

test('without a terminal sudo is not even tried: the line to type, and how to go on without', async () => {
  const base = await temporaryFolder();
  const fake = fakeMachine(base);
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
  expect(fake.asked()).toEqual([]);
  expect(fake.said()).toContain(`  sudo apt-get update && sudo ${APT_LINE}\n`);
  expect(fake.said()).toContain('npm start -- --no-install');
  expect(readdirSync(join(base, 'bin')).sort()).toEqual(['apt-get', 'sudo']);
});

test('where there is no sudo, the line is one for su', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isTerminal: true, sudo: undefined });
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
  expect(fake.questions).toEqual([]);
  expect(fake.said()).toContain(`  su -c 'apt-get update && ${APT_LINE}'\n`);
});

test('where nothing may be installed, nothing is, root or not, and it goes on with what there is', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true, isTerminal: true, mayInstall: false });
  const left = await prepareMachine('start', fake.machine);
  expect(left).toMatchObject([{ program: { name: 'bubblewrap' } }, { program: { name: 'git' } }]);
  expect(fake.asked()).toEqual([]);
  expect(fake.said()).toContain(`  apt-get update && ${APT_LINE}\n`);
});

test('the word and the variable that forbid it', () => {
  expect(thisMachine([], {}).mayInstall).toBe(true);
  expect(thisMachine([], { OVERSIGN_NO_INSTALL: '0' }).mayInstall).toBe(true);
  expect(thisMachine(['--no-install'], {}).mayInstall).toBe(false);
  expect(thisMachine([], { OVERSIGN_NO_INSTALL: '1' }).mayInstall).toBe(false);
  expect(thisMachine(['--browser', '--no-install'], {}).mayInstall).toBe(false);
});

test('a version that is too old is said, and asked for like a missing one', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true });
  fake.put('bwrap', '0.4.1');
  fake.put('git', '2.39.5');
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  expect(fake.said()).toContain('0.4.1 is here, 0.8 or later is needed');
  expect(fake.asked().at(-1)).toBe('apt-get install -y --no-install-recommends bubblewrap');
});

test('what the package manager does not know keeps nothing else away', async () => {
  const behaviour = `case "$*" in *chromium*) echo "E: Package 'chromium' has no installation candidate"; exit 100 ;; esac\n${INSTALLS}`;
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true }, behaviour);
  const left = await prepareMachine('test', fake.machine);
  expect(left).toMatchObject([{ program: { name: 'Chromium' } }]);
  expect(fake.said()).toContain('Chromium could not be installed: E: Package');
  expect(fake.said()).toContain('Goes on without Chromium.');
});

test('a lock that another program holds is waited for; one that stays is said', async () => {
  const base = await temporaryFolder();
  const busy = `echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)'; exit 100`;
  const behaviour = `[ "$(wc -l < '${join(base, 'asked')}')" -gt 2 ] || { ${busy}; }\n${INSTALLS}`;
  const patient = fakeMachine(base, { isRoot: true }, behaviour);
  expect(await prepareMachine('start', patient.machine)).toEqual([]);
  expect(patient.asked()).toEqual([...Array<string>(3).fill('apt-get update'), APT_LINE]);
  const stuck = fakeMachine(await temporaryFolder(), { isRoot: true }, busy);
  expect(await prepareMachine('start', stuck.machine)).toBe('stop');
  expect(stuck.said()).toMatch(/Another program is installing packages[^]*To install it:/);
  expect(stuck.asked().some((line) => line.includes('install'))).toBe(false);
});

test('lists that cannot be fetched do not matter where the installing works, and are named where it does not', async () => {
  const noLists = `[ "$1" = update ] && { echo 'E: Failed to fetch the list'; exit 100; }`;
  const good = fakeMachine(await temporaryFolder(), { isRoot: true }, `${noLists}\n${INSTALLS}`);
  expect(await prepareMachine('start', good.machine)).toEqual([]);
  const bad = fakeMachine(await temporaryFolder(), { isRoot: true }, `${noLists}\necho 'E: no space'; exit 7`);
  expect(await prepareMachine('start', bad.machine)).toBe('stop');
  expect(bad.said()).toMatch(/code 7[^]*no space[^]*lists could not be fetched[^]*Failed to fetch/);
});

test('an installing that was broken off is ended first, and what cannot be ended is said', async () => {
  const base = await temporaryFolder();
  const broken = `[ -e "$BIN/ended" ] || [ "$1" = update ] || { echo "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."; exit 100; }`;
  const fake = fakeMachine(base, { isRoot: true }, `${broken}\n${INSTALLS}`);
  fake.program('dpkg', 'touch "$BIN/ended"');
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  const repair = 'dpkg --force-confdef --force-confold --configure -a';
  expect(fake.asked()).toEqual(['apt-get update', APT_LINE, repair, APT_LINE]);
  const stuck = fakeMachine(await temporaryFolder(), { isRoot: true }, broken);
  stuck.program('dpkg', 'exit 1');
  expect(await prepareMachine('start', stuck.machine)).toBe('stop');
  expect(stuck.said()).toMatch(/dpkg --configure -a[^]*To install it:/);
  expect(stuck.asked().filter((line) => line === repair)).toHaveLength(1);
});

test('packages whose dependencies an interruption left out are completed', async () => {
  const broken = `case "$*" in *--fix-broken*) touch "$BIN/ended"; exit ;; esac
[ -e "$BIN/ended" ] || [ "$1" = update ] || { echo "E: Unmet dependencies. Try 'apt --fix-broken install' with no packages"; exit 100; }`;
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true }, `${broken}\n${INSTALLS}`);
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  expect(fake.asked()[2]).toBe('apt-get install -y --no-install-recommends --fix-broken');
});

test.each([
  ['E: You don’t have enough… write (28: No space left on device)', /The disk is full: make room/],
  ["Err:1 x\n  Temporary failure resolving 'deb.example.com'", /cannot be reached: is there a network/],
])('%s is said in plain words too, with the line to type, and is not called done', async (said, words) => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true }, `printf '%s\\n' "${said}"; exit 100`);
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
  const shown = log.mock.calls.join('\n');
  expect(shown).toContain('(failed)');
  expect(shown).not.toContain('(done)');
  expect(fake.said()).toMatch(words);
  expect(fake.said()).toContain('To install it:');
});

test.each([
  ['npm error code EAI_AGAIN\nnpm error syscall getaddrinfo', /cannot be reached/],
  ['npm error nospc ENOSPC: no space left on device, write', /The disk is full/],
  ['npm error code E404', /^$/],
])('of what npm says (%s) people are told what they can do about it', (said, words) => {
  expect(reasonIn(said)).toMatch(words);
});

test('the proxy reaches the package manager through sudo, and nothing else does', async () => {
  vi.stubEnv('https_proxy', 'http://user:word@127.0.0.1:9');
  onTestFinished(() => void vi.unstubAllEnvs());
  const fake = fakeMachine(await temporaryFolder(), { isTerminal: true });
  await prepareMachine('start', fake.machine);
  const through = fake.asked().filter((line) => line.startsWith('sudo ') && !/ -[vn]/.test(line));
  expect(through).toHaveLength(2);
  for (const line of through) expect(line).toContain('sudo --preserve-env=https_proxy env ');
  expect(fake.asked().join()).not.toContain('word');
});

test('where sudo asks each time, no line that changes hides its question', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isTerminal: true });
  fake.program('sudo', '[ "$1" = -v ] && exit; [ "$1" = -n ] && exit 1; exec "$@"');
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
  expect(await prepareMachine('start', fake.machine)).toEqual([]);
  expect(log.mock.calls.join('\n')).toBe('Installing bubblewrap, git with apt-get (about 22 MB) ...');
  expect(written.mock.calls.join('')).not.toContain('\r');
});

test('a package manager that says yes and installs nothing is not believed', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true }, 'true');
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
});

test('one that was interrupted, says yes and installed a part is not gone on with', async () => {
  const part = INSTALLS.replaceAll('"$@"', 'git');
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true }, part);
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
  expect(fake.said()).toContain('To install it:');
});

test('without a package manager that is known, the list and what to do', async () => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true, manager: undefined });
  expect(await prepareMachine('start', fake.machine)).toBe('stop');
  expect(fake.said()).toMatch(/bubblewrap[^]*in your system’s way/);
});

test.each(MANAGERS)('%s is asked by its own words, and says so where that is not tried', async (manager) => {
  const fake = fakeMachine(await temporaryFolder(), { isRoot: true, manager });
  vi.stubEnv('OVERSIGN_CHROMIUM', undefined);
  await prepareMachine('test', fake.machine);
  const last = fake.asked().at(-1)?.split(' ') ?? [];
  const hasHeaders = fake.said().includes('headers of the C library');
  const programs = SYSTEM_PROGRAMS.filter(({ name }) => hasHeaders || name !== 'headers of the C library');
  expect(last).toEqual(expect.arrayContaining(packagesOf(programs, manager)));
  expect(fake.asked().length).toBe({ apt: 2, dnf: 1, pacman: 1, zypper: 2, apk: 2 }[manager]);
  expect(fake.said().includes('not tried')).toBe(manager !== 'apt');
});

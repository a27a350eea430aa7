import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isEnough } from '../../scripts/machine/look.ts';
import { explainFailure } from '../../src/node/sandbox/probe.ts';
import { managerOf, PACKAGE_MANAGERS } from '../../src/shared/packageManagers.ts';
import { MANAGERS, packagesOf, SYSTEM_PROGRAMS } from '../../src/shared/systemPackages.ts';

test.each([
  ['0.8', '0.8', true],
  ['0.8.0', '0.8', true],
  ['0.10.0', '0.8', true],
  ['1.0', '0.8', true],
  ['0.7.9', '0.8', false],
  ['2', '2.20', false],
  ['3.11.2', '3.9', true],
  ['', '0.8', false],
])('version %s is enough for %s: %s', (version, enough, is) => {
  expect(isEnough(version, enough)).toBe(is);
});

test.each([
  ['ID=debian\nVERSION_ID="12"', 'apt'],
  ['NAME=x\nID=linuxmint\nID_LIKE="ubuntu debian"', 'apt'],
  ['ID=fedora', 'dnf'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'dnf'],
  ['ID=manjaro\nID_LIKE=arch', 'pacman'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', 'zypper'],
  ['ID=alpine', 'apk'],
  ['ID=nixos', undefined],
  ['PRETTY_NAME="debian"\nVARIANT_ID=debian', undefined],
  ['', undefined],
])('of %j the package manager is %s', (osRelease, manager) => {
  expect(managerOf(osRelease)).toBe(manager);
});

test('every program has packages for every manager, a reason, a consequence and a size', () => {
  for (const { name, packages, purpose, without, size, neededFor } of SYSTEM_PROGRAMS) {
    for (const manager of MANAGERS) expect(packages[manager].length, `${name}, ${manager}`).toBeGreaterThan(0);
    for (const each of MANAGERS.flatMap((manager) => packages[manager])) expect(each).toMatch(/^[a-z0-9][a-z0-9+.-]*$/);
    expect(purpose.length * without.length * size.installed * neededFor.length).toBeGreaterThan(0);
    expect(neededFor).toContain('test');
  }
  expect(MANAGERS.filter((name) => PACKAGE_MANAGERS[name].tried)).toEqual(['apt']);
});

test('no second list of system packages stands anywhere', async () => {
  const ci = readFileSync('.ci/run', 'utf8');
  expect(ci.trim().split('\n').at(-1)).toBe('npm install && npm test');
  expect(readFileSync('README.md', 'utf8')).toContain('```\nnpm install && npm test\n```');
  for (const name of packagesOf(SYSTEM_PROGRAMS, 'apt')) expect(ci).not.toContain(name);
  const { cause } = await explainFailure('bwrap: Unknown option --disable-userns');
  expect(cause).toContain('version 0.8 or later');
});

test('the lock says nothing that one npm or Node warns of or takes out, and the manifest what Node starts it', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, Record<string, unknown>>;
  };
  const { '': project, ...others } = packages;
  expect(Object.keys(others).length).toBeGreaterThan(300);
  for (const key of ['engines', 'libc', 'resolved'])
    expect(
      Object.keys(others).filter((path) => key in (others[path] ?? {})),
      key,
    ).toEqual([]);
  expect(project?.['engines']).toMatchObject({ node: '>=20' });
  // What another system's npm needs is in it too: or npm adds it there, and git sees a change.
  for (const system of ['darwin-arm64', 'win32-x64', 'linux-x64', 'linux-arm64'])
    expect(Object.keys(others), system).toContain(`node_modules/@esbuild/${system}`);
});

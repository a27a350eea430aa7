import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publicEtc } from '../../src/node/sandbox/publicEtc.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

test('of /etc commands see what launchers read, and of that nothing that is not for everybody', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'what is in /etc belongs to root');
  const base = await temporaryFolder();
  const etc = join(base, 'etc');
  await plant(etc, {
    'maven/m2.conf': 'x',
    'maven/settings.xml': '<settings><server><password>Kq81x02mVb77LrTTe5</password></server></settings>',
    'java-99-openjdk/security/java.security': 'x',
    'java-99-openjdk/management/jmxremote.password': 'x',
    'chromium.d/flags': 'x',
    shadow: 'x',
    'ssh/ssh_host_rsa_key': 'x',
    'NetworkManager/x': 'x',
    'profile.d/token.sh': 'x',
    environment: 'x',
    'private/x': 'x',
  });
  chmodSync(join(etc, 'java-99-openjdk/management/jmxremote.password'), 0o600);
  symlinkSync(join(base, 'etc/private'), join(etc, 'php'));
  chmodSync(join(etc, 'private'), 0o700);
  symlinkSync('/root', join(etc, 'gdb'));
  const { shown, withheld } = publicEtc(etc);
  const own = shown.map(({ path }) => path).filter((path) => path.startsWith(etc));
  expect(own.map((path) => path.slice(etc.length + 1)).sort()).toEqual(['chromium.d', 'java-99-openjdk', 'maven']);
  expect(withheld.map((path) => path.slice(etc.length + 1)).sort()).toEqual([
    'java-99-openjdk/management/jmxremote.password',
    'maven/settings.xml',
  ]);
});

test('accounts, keys and settings of services are not in the cage’s /etc, nor what a rule denies', async () => {
  const base = await temporaryFolder();
  const cage = await caged(base, '/usr/bin:/bin');
  const { output } = await cage.run('ls /etc; cat /etc/shadow /etc/environment /etc/hosts');
  expect(output).not.toMatch(/^(shadow|sudoers|ssh|environment|profile\.d|pam\.d|cron\.d|NetworkManager|apt)$/m);
  expect(output).toContain('127.0.0.1 localhost sandbox');
  const denied = await cage.run('ls /etc/fonts /etc/ssl/certs | head -3', { denied: ['/etc/fonts'] });
  expect(denied.output).not.toMatch(/conf\.d|fonts\.conf/);
  expect((await cage.run('true', { denied: ['/etc'] })).ending).toEqual({ kind: 'exited', code: 0 });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { authorityVariables } from '../../src/node/sandbox/network/authorityVariables.ts';
import { proxyVariables } from '../../src/node/sandbox/network/proxyVariables.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

test('programs are told of the door, whatever proxy they had', () => {
  const variables = proxyVariables(4321, { https_proxy: 'http://elsewhere:1', NO_PROXY: '*' });
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])
    expect(variables[name]).toBe('http://127.0.0.1:4321');
  expect(variables['NO_PROXY']).not.toContain('*');
});

test('what a person lets commands see stays as it is, and options are added to', () => {
  const variables = proxyVariables(4321, { MAVEN_OPTS: '-Xmx2g', DO_NOT_TRACK: '0', LANG: 'de' });
  expect(variables).toMatchObject({ DO_NOT_TRACK: '0', LANG: 'de', NO_UPDATE_NOTIFIER: '1' });
  expect(variables['MAVEN_OPTS']).toMatch(/^-Xmx2g -Dhttp\.proxyHost=127\.0\.0\.1 -Dhttp\.proxyPort=4321 /);
});

test.each([
  ['an authority that was added', { 'added/company.crt': 'x', bundle: 'x' }, true],
  ['one in a folder', { 'added/ours/root.pem': 'x', bundle: 'x' }, true],
  ['none', { 'added/README': 'x', bundle: 'x' }, false],
  ['no file of all', { 'added/company.crt': 'x' }, false],
])('a company’s authorities: %s', async (_name, files, isTold) => {
  const base = await temporaryFolder();
  await plant(base, files);
  const bundle = join(base, 'bundle');
  const authorities = authorityVariables([
    { added: join(base, 'none'), bundle },
    { added: join(base, 'added'), bundle },
  ]);
  const variables = proxyVariables(1, { PIP_CERT: '/mine' }, authorities);
  expect(variables['NODE_EXTRA_CA_CERTS']).toBe(isTold ? bundle : undefined);
  expect(variables['PIP_CERT']).toBe('/mine');
});

import { expect, test } from 'vitest';
import { proxyVariables } from '../../src/node/sandbox/network/proxyVariables.ts';

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

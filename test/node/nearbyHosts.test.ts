import { describe, expect, test } from 'vitest';
import { cloudRule } from '../../src/core/agent/cloudRule.ts';
import { isNearby } from '../../src/core/egress/nearby.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import type { Layer, ParsedLayer } from '../../src/core/policy/layer.ts';
import { wayTo } from '../../src/node/models/chooseModel.ts';
import { destinationWords } from '../../src/node/models/destination.ts';
import { isNearAddress } from '../../src/node/egress/nearAddresses.ts';
import { STRAIGHT } from '../../src/node/egress/route.ts';

// Model servers on a container's host and on the local network: by name, and only as user or organization say.

function layer(text: string, which: Layer, isAccepted = false): ParsedLayer {
  const result = parsePolicy(text, `/${which}.yaml`, which);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return { ...result.parsed, ...(which === 'workspace' && { base: '/w', isAccepted }) };
}

const NAMED = 'model: {nearby_hosts: [host.docker.internal, "ollama:11434", 192.168.1.5, "[fd00::1]"]}';
const GOOD = [
  'http://host.docker.internal:11434',
  'http://HOST.docker.internal.:1234/v1',
  'http://ollama:11434',
  'http://192.168.1.5:8080/v1',
  'http://[fd00::1]/v1',
];
const BAD = [
  'http://ollama:11435',
  'http://ollama',
  'http://xollama:11434',
  'http://ollama.evil.example:11434',
  'http://192.168.1.55',
  'http://1.host.docker.internal',
];

test('a host that is named may be asked without encryption, and who says so stands in the sentence', () => {
  const { nearbyHosts } = mergePolicies([layer(NAMED, 'user')]);
  for (const baseUrl of GOOD) {
    const way = wayTo({ provider: 'ollama', baseUrl, wayOut: STRAIGHT }, nearbyHosts);
    expect(way, baseUrl).toMatchObject({ ok: true, way: { route: { isNearby: true } } });
    if (!way.ok) continue;
    expect(destinationWords(way.url, {}, way.way)).toMatch(
      /on your network, unencrypted, as user policy, \/user\.yaml:1:23 allows by name .* what that program forwards is its own affair\.$/,
    );
  }
  for (const baseUrl of BAD)
    expect(wayTo({ provider: 'ollama', baseUrl, wayOut: STRAIGHT }, nearbyHosts), baseUrl).toMatchObject({ ok: false });
});

test('control: nothing is named by itself, and the refusal says how to name it', () => {
  for (const baseUrl of [...GOOD, ...BAD])
    expect(wayTo({ provider: 'ollama', baseUrl, wayOut: STRAIGHT }, mergePolicies([]).nearbyHosts)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/in your own policy \(model: \{nearby_hosts: \[/) as string,
    });
});

test('no workspace names one, accepted or not; the organization’s list binds the user', () => {
  const own = layer(NAMED, 'workspace', true);
  expect(mergePolicies([own]).nearbyHosts.value).toEqual([]);
  expect(
    mergePolicies([own])
      .notes.map(({ message }) => message)
      .join(),
  ).toMatch(/looser here than a workspace policy can ever/);
  const organization = layer('model: {nearby_hosts: [llm.corp]}', 'organization');
  expect(mergePolicies([organization, layer(NAMED, 'user')]).nearbyHosts.value).toEqual([]);
});

describe('asked at each sending', () => {
  const permitted = async (origin: string, ...layers: ParsedLayer[]): Promise<boolean> =>
    cloudRule(() => Promise.resolve(mergePolicies(layers)))({
      origin,
      method: 'POST',
      path: '/',
      bytes: 1,
      isLocal: false,
    }).then(
      () => true,
      () => false,
    );
  const NO_CLOUD = 'model: {allow_cloud: false}';
  const both = 'model: {allow_cloud: false, nearby_hosts: [ollama]}';

  test.each<[string, ParsedLayer[], boolean]>([
    ['named by the user', [layer('model: {nearby_hosts: [ollama]}', 'user')], true],
    ['named by nobody', [], false],
    ['the user forbids the cloud and names it', [layer(both, 'user')], true],
    ['the organization forbids the cloud and names it', [layer(both, 'organization')], true],
    [
      'the organization names it, the user forbids the cloud',
      [layer('model: {nearby_hosts: [ollama]}', 'organization'), layer(NO_CLOUD, 'user')],
      true,
    ],
    [
      'the organization forbids the cloud, the user names it',
      [layer(NO_CLOUD, 'organization'), layer('model: {nearby_hosts: [ollama]}', 'user')],
      false,
    ],
    [
      'the workspace forbids the cloud, the user names it',
      [layer('model: {nearby_hosts: [ollama]}', 'user'), layer(NO_CLOUD, 'workspace')],
      false,
    ],
  ])('%s: %s', async (_, layers, expected) => {
    expect(await permitted('http://ollama', ...layers)).toBe(expected);
  });

  test('a program on this machine that sends on to a service is no local model', async () => {
    const sending = { origin: 'http://127.0.0.1:11434', method: 'POST', path: '/', bytes: 1, isLocal: true };
    const rule = cloudRule(() => Promise.resolve(mergePolicies([layer(NO_CLOUD, 'user')])));
    await rule(sending); // the control
    await expect(rule({ ...sending, forwardedTo: 'ollama.com' })).rejects.toThrow(/and this one runs at ollama\.com/);
  });
});

test('what a host leads to is of a private network, or it is not near', () => {
  for (const near of [
    '10.1.2.3',
    '172.17.0.1',
    '172.31.255.255',
    '192.168.65.254',
    '100.64.0.1',
    '127.0.0.1',
    '::1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ])
    expect(isNearAddress(near), near).toBe(true);
  for (const far of [
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '169.254.169.254',
    '100.128.0.1',
    '0.0.0.0',
    '2001:db8::1',
    '::',
    '::ffff:8.8.8.8',
    'fe80::1',
    'x',
  ])
    expect(isNearAddress(far), far).toBe(false);
});

test('a name is compared as it is, with its port where one is said', () => {
  expect(isNearby('https://llm.corp', ['llm.corp:443'])).toBe(true);
  expect(isNearby('http://llm.corp', ['llm.corp:443'])).toBe(false);
  expect(isNearby('vscode-lm:copilot', ['copilot'])).toBe(false);
  expect(isNearby(new URL('http://llm.corp@evil.example').origin, ['llm.corp'])).toBe(false);
});

import { describe, expect, test } from 'vitest';
import { EgressLedger } from '../../src/core/egress/ledger.ts';
import type { EgressPurpose, Sending } from '../../src/core/egress/port.ts';
import { mergePolicies, type EffectivePolicy } from '../../src/core/policy/merge.ts';
import { offered } from '../../src/core/policy/decide.ts';
import { stricterOf } from '../../src/core/policy/restrict.ts';
import { connectionDecision } from '../../src/core/kinds/connect.ts';
import { acceptedLayer, layerOf, organizationLayers } from '../support/policies.ts';

// privacy: maximum, from the files to the ledger's last word.

const LOOSE = `
sandbox: false
allowed_domains: [api.example.com]
model: {allow_cloud: true, nearby_hosts: [ollama.lan]}
tools: {api_calls: {enabled: true, require_confirmation: false}, web_browsing: {enabled: true}}
audit: {otlp: {endpoint: "https://collector.example"}}
`;
const ON = 'privacy: maximum\n';

const of = (...texts: [layer: 'organization' | 'user' | 'workspace' | 'run', text: string][]): EffectivePolicy =>
  mergePolicies(
    texts.flatMap(([layer, text]) =>
      layer === 'organization'
        ? organizationLayers(text)
        : [layerOf(text, layer, layer === 'workspace' ? '/w/one' : undefined)],
    ),
  );

/** All that it takes away. */
const held = ({ sandbox, network, allowCloud, nearbyHosts, apiCalls, audit }: EffectivePolicy) => [
  ...[sandbox.value, network.value, allowCloud.value, nearbyHosts.value, apiCalls.value, audit.otlp.value],
];
const MAXIMUM = [true, 'none', false, [], false, null];

describe('what it makes of the other keys', () => {
  test('whatever they say; and without it they say what they say', () => {
    expect(held(of(['user', LOOSE + ON]))).toEqual(MAXIMUM);
    expect(held(of(['user', `${LOOSE}privacy: usual\n`]))).toEqual(held(of(['user', LOOSE])));
    expect(held(of(['user', LOOSE]))).toEqual([
      ...[false, 'unsaid', true, ['ollama.lan'], true],
      { endpoint: 'https://collector.example', payloads: false },
    ]);
  });

  test('any layer turns it on, and none below turns it off', () => {
    for (const policy of [
      of(['organization', ON], ['user', LOOSE], ['workspace', 'privacy: usual\n']),
      of(['user', LOOSE], ['workspace', ON]),
      of(['user', LOOSE], ['run', ON]),
    ])
      expect(held(policy)).toEqual(MAXIMUM);
    expect(of(['user', LOOSE], ['workspace', ON]).sandbox.origin.layer).toBe('workspace');
    expect(held(of(['organization', ON], ['user', `${LOOSE}privacy: usual\n`]))).toEqual(MAXIMUM);
    const accepted = acceptedLayer('privacy: usual\n', '/w/one');
    expect(mergePolicies([layerOf(ON, 'user'), accepted]).privacy.value).toBe('maximum');
  });

  test('a key that is as strict already keeps the place that says so', () => {
    const policy = of(['organization', 'sandbox: {network: none}\n'], ['user', ON]);
    expect(policy.network.origin.layer).toBe('organization');
    expect(policy.allowCloud.origin.layer).toBe('user');
  });

  test('while a run goes on it counts at once where it is turned on, and stays where it is turned off', () => {
    const [on, off] = [of(['user', LOOSE + ON]), of(['user', LOOSE])];
    for (const policy of [stricterOf(off, on), stricterOf(on, off)]) {
      expect(held(policy)).toEqual(MAXIMUM);
      expect(policy.privacy.value).toBe('maximum');
    }
    expect(held(stricterOf(off, off))).toEqual(held(off));
  });

  test('what the organization has sent cannot be kept back by others: nothing runs with both', () => {
    const sent = 'audit: {otlp: {endpoint: "https://collector.example"}}\n';
    const errors = (policy: EffectivePolicy) => policy.notes.filter(({ severity }) => severity === 'error');
    expect(errors(of(['organization', sent], ['user', ON]))).toEqual([
      expect.objectContaining({
        file: 'user.yaml',
        line: 1,
        message: expect.stringContaining('collector.example') as string,
      }),
    ]);
    expect(errors(of(['organization', sent + ON]))).toEqual([]);
    expect(errors(of(['organization', sent], ['user', LOOSE]))).toEqual([]);
  });
});

describe('what it denies', () => {
  test('every family of tools that reaches something elsewhere, by its own name', () => {
    const on = of(['user', LOOSE + ON]);
    expect(offered(on, 'api_calls')).toMatchObject({
      ...{ verdict: 'deny', rule: 'privacy: maximum', origin: { layer: 'user' } },
      reason: 'Maximum privacy is on (user policy): nothing is sent to other hosts.',
    });
    expect(offered(of(['user', LOOSE]), 'api_calls').verdict).toBe('allow');
    for (const family of ['file_system', 'code_execution', 'bash', 'database', 'conversation'] as const)
      expect(offered(on, family).verdict).toBe('allow');
    // What is to come is denied until somebody says that it stays here.
    expect(offered(on, 'to_come' as 'api_calls').verdict).toBe('deny');
    expect([offered(on, 'web_browsing').verdict, on.webBrowsing.value]).toEqual(['deny', false]);
    expect(offered(of(['user', LOOSE]), 'web_browsing').verdict).toBe('allow');
  });

  test('connections of commands, to allowed hosts too', () => {
    const to = { host: 'api.example.com', port: 443 };
    expect(connectionDecision(to, of(['user', LOOSE]))).toMatchObject({ verdict: 'allow' });
    expect(connectionDecision(to, of(['user', LOOSE + ON]))).toMatchObject({
      ...{ verdict: 'deny', rule: 'privacy: maximum' },
      reason: 'Maximum privacy is on (user policy): commands have no network.',
    });
  });
});

const LOCAL: Sending = { origin: 'http://127.0.0.1:11434', method: 'POST', path: '/api/chat', bytes: 9, isLocal: true };
const AWAY: Sending = { ...LOCAL, origin: 'https://api.example.com', isLocal: false };

/** What becomes of a sending whose caller has no rule of its own. */
async function sent(purpose: EgressPurpose, sending: Sending, text = ON): Promise<string> {
  const recorded: unknown[] = [];
  const ledger = new EgressLedger(
    (record) => Promise.resolve(recorded.push(record)),
    () => Promise.resolve(of(['user', text])),
  );
  try {
    await ledger.permit({ purpose, rules: [], contentOf: () => [] })(sending);
    return recorded.length === 1 ? 'sent' : 'unrecorded';
  } catch (error) {
    return recorded.length > 0 ? 'recorded and refused' : (error as Error).message;
  }
}

describe('the last word at the ledger, whoever forgot to ask', () => {
  test('nothing but a model of this machine is asked', async () => {
    expect(await sent('model', LOCAL)).toBe('sent');
    expect(await sent('models', LOCAL)).toBe('sent');
    expect(await sent('model', AWAY)).toBe(
      'Maximum privacy is on (user policy): no prompt goes to `https://api.example.com`. Choose a model that runs on this machine. (privacy: user policy, user.yaml:1:10)',
    );
    for (const purpose of ['models', 'telemetry', 'request', 'connection'] as const) {
      expect(await sent(purpose, AWAY)).toMatch(/^Maximum privacy is on \(user policy\): n/);
      expect(await sent(purpose, AWAY, LOOSE), 'control').toBe('sent');
    }
  });

  test('not even this machine, for anything else', async () => {
    for (const purpose of ['telemetry', 'request', 'connection'] as const)
      expect(await sent(purpose, LOCAL)).toContain('nothing goes to `http://127.0.0.1:11434`');
  });

  test.each<[string, Partial<Sending>, RegExp]>([
    ['through a proxy', { proxy: 'http://127.0.0.1:3128' }, /through the proxy `http:\/\/127/],
    ['carried by a library', { carriedBy: 'libproxychains4.so (LD_PRELOAD)' }, /carries every connection/],
    ['passed on', { forwardedTo: 'ollama.com' }, /this model runs at `ollama.com`/],
    ['passed on, as it says when asked', { runsAt: () => Promise.resolve({ host: 'a.test' }) }, /runs at `a.test`/],
    ['not said where', { runsAt: () => Promise.resolve('unsaid') }, /does not say where this model runs/],
  ])('a server here is no way out: %s', async (_name, how, words) => {
    expect(await sent('model', { ...LOCAL, ...how })).toMatch(words);
    expect(await sent('model', { ...LOCAL, ...how }, 'privacy: usual\n'), 'control').toBe('sent');
  });

  test('a server that cannot be asked where its model runs is not sent a prompt', async () => {
    const runsAt = () => Promise.reject(new Error('nobody answers'));
    expect(await sent('model', { ...LOCAL, runsAt })).toBe('nobody answers');
  });

  test('what is under way ends when it is turned on, and not before', async () => {
    let text = LOOSE;
    const ledger = new EgressLedger(
      () => Promise.resolve(),
      () => Promise.resolve(of(['user', text])),
    );
    const permit = ledger.permit({ purpose: 'model', rules: [], contentOf: () => [] });
    const [away, local] = [await permit(AWAY), await permit({ ...LOCAL, runsAt: () => Promise.resolve('unsaid') })];
    expect(await away.endedBy()).toBeUndefined();
    text = ON;
    expect((await away.endedBy())?.message).toMatch(/^Maximum privacy is on/);
    expect(await local.endedBy()).toBeUndefined();
  });
});

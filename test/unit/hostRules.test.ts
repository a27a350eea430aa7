import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloudRule } from '../../src/core/agent/cloudRule.ts';
import { hostDecision, targetOf } from '../../src/core/egress/hostDecision.ts';
import {
  allows,
  covers,
  forbids,
  hostPattern,
  patternText,
  type HostPattern,
} from '../../src/core/egress/hostPattern.ts';
import { narrowed } from '../../src/core/egress/narrowed.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { stricterOf } from '../../src/core/policy/restrict.ts';
import type { Verdict } from '../../src/shared/decision.ts';
import { layerOf, organizationLayers, ROOTS } from '../support/policies.ts';

const policyOf = (text: string) => mergePolicies([layerOf(text, 'user')]);

function verdictOf(text: string, url: string): Verdict {
  const target = targetOf(new URL(url));
  return target ? hostDecision(target, policyOf(text)).verdict : 'deny';
}

describe('what hosts come to', () => {
  test.each<[policy: string, url: string, verdict: Verdict]>([
    ['{}', 'https://example.com', 'ask'],
    ['other_domains: deny', 'https://example.com', 'deny'],
    ['allowed_domains: [example.com]', 'https://example.com', 'allow'],
    ['allowed_domains: [example.com]', 'https://EXAMPLE.com.', 'allow'],
    ['allowed_domains: [Example.COM.]', 'https://example.com', 'allow'],
    ['allowed_domains: [bücher.example]', 'https://xn--bcher-kva.example', 'allow'],
    ['allowed_domains: [example.com]', 'http://example.com', 'ask'], // not encrypted
    ['allowed_domains: ["example.com:80"]', 'http://example.com', 'allow'],
    ['allowed_domains: ["example.com:80"]', 'https://example.com', 'ask'],
    ['allowed_domains: ["example.com:*"]', 'https://example.com:8443', 'allow'],
    ['allowed_domains: [example.com]', 'https://example.com:8443', 'ask'],
    ['allowed_domains: [example.com]', 'https://a.example.com', 'ask'],
    ['allowed_domains: [example.com]', 'https://example.com.evil.test', 'ask'],
    ['allowed_domains: [example.com]', 'https://evilexample.com', 'ask'],
    ['allowed_domains: [example.com]', 'https://example.com@evil.test', 'ask'],
    ['allowed_domains: ["*.example.com"]', 'https://a.b.example.com', 'allow'],
    ['allowed_domains: ["*.example.com"]', 'https://example.com', 'ask'],
    ['allowed_domains: ["*.example.com"]', 'https://evilexample.com', 'ask'],
    ['allowed_domains: [10.0.0.1]', 'https://0xa.1', 'allow'],
    ['allowed_domains: [10.0.0.1]', 'https://[::ffff:10.0.0.1]', 'allow'],
    ['allowed_domains: [10.0.0.1]', 'https://10.0.0.2', 'deny'],
    ['allowed_domains: [localhost]', 'https://localhost', 'allow'],
    ['{}', 'https://localhost', 'deny'],
    ['{}', 'https://a.localhost', 'deny'],
    ['denied_domains: [example.com]', 'https://example.com', 'deny'],
    ['denied_domains: [example.com]', 'http://example.com:81', 'deny'],
    ['denied_domains: [example.com]', 'https://a.example.com', 'deny'],
    ['denied_domains: [example.com]', 'https://evilexample.com', 'ask'],
    ['denied_domains: ["*.example.com"]', 'https://example.com', 'ask'],
    ['denied_domains: ["example.com:80"]', 'https://example.com', 'ask'],
    ['denied_domains: ["*"]\nallowed_domains: [example.com]', 'https://example.com', 'deny'],
    ['denied_domains: [example.com]\nallowed_domains: [a.example.com]', 'https://a.example.com', 'deny'],
    ['denied_domains: [8.8.8.8]', 'https://0x8080808', 'deny'],
  ])('%s and %s: %s', (policy, url, verdict) => {
    expect(verdictOf(policy, url)).toBe(verdict);
  });

  test('a decision names its entry, its layer and its line', () => {
    const decision = hostDecision(
      { host: 'a.evil.test', port: 443 },
      policyOf('# words\ndenied_domains: [evil.test]\n'),
    );
    expect(decision).toMatchObject({ verdict: 'deny', rule: 'denied_domains', origin: { layer: 'user', line: 2 } });
    expect(decision.reason).toContain('evil.test');
  });

  test('a host that is not in its one spelling, or with a port that is none, is denied: nothing compares what it cannot read', () => {
    const rules = policyOf('allowed_domains: ["example.com:*"]');
    expect(hostDecision({ host: 'example.com', port: 1 }, rules).verdict).toBe('allow'); // the control
    for (const host of ['Example.com', 'example.com.', '', 'exa mple.com', '0x7f.1', '[::FFFF:1.1.1.1]'])
      expect(hostDecision({ host, port: 1 }, rules)).toMatchObject({ verdict: 'deny', rule: 'host' });
    for (const port of [0, -1, 65_536, NaN])
      expect(hostDecision({ host: 'example.com', port }, rules).verdict).toBe('deny');
  });

  test('an entry that cannot be read denies everything in the one list, and allows nothing in the other', () => {
    const { allowedDomains, deniedDomains, otherDomains } = policyOf('allowed_domains: [example.com]');
    const broken = { value: 'exa mple', origin: { layer: 'user' } as const };
    const target = { host: 'example.com', port: 443 };
    expect(hostDecision(target, { allowedDomains, deniedDomains, otherDomains }).verdict).toBe('allow'); // the control
    expect(hostDecision(target, { allowedDomains, deniedDomains: [broken], otherDomains }).verdict).toBe('deny');
    const allowed = { ...allowedDomains, value: ['exa mple'] };
    expect(hostDecision(target, { allowedDomains: allowed, deniedDomains, otherDomains }).verdict).toBe('ask');
  });
});

test('entries that are no hosts, or would allow everybody, are errors with their place', () => {
  const errorOf = (text: string): string => {
    const result = parsePolicy(text, 'p.yaml', 'user');
    return result.ok ? 'fine' : (result.diagnostics[0]?.message ?? '');
  };
  for (const entry of [
    'https://example.com',
    'example.com/x',
    'a b',
    '*.*.com',
    'a.*.com',
    '*.1.2.3.4',
    'x:0',
    'x:99999',
    '',
  ])
    for (const key of ['allowed_domains', 'denied_domains'])
      expect(errorOf(`${key}: [${JSON.stringify(entry)}]`), entry).toMatch(/is not a host such as/);
  for (const entry of ['*', '*.com', '*:443']) {
    expect(errorOf(`allowed_domains: [${JSON.stringify(entry)}]`)).toMatch(/hosts of anybody/);
    expect(errorOf(`denied_domains: [${JSON.stringify(entry)}]`)).toBe('fine');
  }
  expect(errorOf('allowed_domains: ["*.example.com", "[::1]:80", "::1", "10.0.0.1:*"]')).toBe('fine');
});

describe('layers', () => {
  test('what two layers allow is what both do, also where one says it more narrowly', () => {
    const org = organizationLayers('allowed_domains: ["*.example.com", other.test]');
    const both = mergePolicies([...org, layerOf('allowed_domains: [api.example.com, evil.test]', 'user')]);
    expect(both.allowedDomains.value).toEqual(['api.example.com']);
    expect(both.notes.map(({ message }) => message).join()).toMatch(/allowed_domains is looser/);
  });

  test('a workspace that nobody accepted allows no host, and denies what it likes', () => {
    const text = 'allowed_domains: [evil.test]\ndenied_domains: [example.com]\nother_domains: ask';
    const policy = mergePolicies([
      layerOf('other_domains: deny\nallowed_domains: [example.com]', 'user'),
      layerOf(text, 'workspace', ROOTS[0]),
    ]);
    expect(hostDecision({ host: 'evil.test', port: 443 }, policy)).toMatchObject({ rule: 'other_domains' });
    expect(hostDecision({ host: 'example.com', port: 443 }, policy)).toMatchObject({ rule: 'denied_domains' });
  });

  test('a run that goes on is denied from now on, and allowed from the next run', () => {
    const [before, after] = [policyOf('allowed_domains: [a.test]'), policyOf('allowed_domains: [a.test, b.test]')];
    expect(stricterOf(before, after).allowedDomains.value).toEqual(['a.test']);
    const denied = policyOf('denied_domains: [a.test]');
    expect(hostDecision({ host: 'a.test', port: 443 }, stricterOf(before, denied)).verdict).toBe('deny');
  });
});

describe('a denied host gets no prompt either', () => {
  const send = (policy: string, origin: string, isLocal = false): Promise<void> =>
    cloudRule(() => Promise.resolve(policyOf(policy)))({ origin, method: 'POST', path: '/', bytes: 1, isLocal });

  test.each(['https://api.example.com', 'https://API.example.com.', 'https://api.example.com:8443'])(
    '%s',
    async (origin) => {
      await send('denied_domains: [other.test]', origin); // the control
      await expect(send('denied_domains: [example.com]', origin)).rejects.toThrow(
        /denied_domains.*Choose another model/,
      );
    },
  );

  test('not on this machine, and not in another spelling', async () => {
    await send('{}', 'http://127.0.0.1:11434', true);
    await expect(send('denied_domains: ["127.0.0.1:11434"]', 'http://127.0.0.1:11434', true)).rejects.toThrow();
    await expect(send('denied_domains: [127.0.0.1]', 'http://0x7f.1:11434', true)).rejects.toThrow();
  });

  test('a service of the editor has no host: an entry for every host denies it, one for another does not', async () => {
    await send('denied_domains: [example.com]', 'vscode-lm:copilot');
    for (const every of ['*', '*:443'])
      await expect(send(`denied_domains: ["${every}"]`, 'vscode-lm:copilot')).rejects.toThrow(/denied_domains/);
    await expect(send('model: {allow_cloud: false}', 'vscode-lm:copilot')).rejects.toThrow(/model.allow_cloud/);
    await expect(send('{}', 'https://exa$mple.test')).rejects.toThrow();
  });
});

const host = fc.constantFrom('a.test', 'b.a.test', 'c.b.a.test', 'b.test', 'xa.test');
const entry = fc
  .tuple(fc.constantFrom('', '*.'), host, fc.constantFrom('', ':*', ':443', ':80'))
  .map(([star, name, port]) => `${star}${name}${port}`);
const target = fc.record({ host, port: fc.constantFrom(443, 80, 8080) });
const read = (text: string): HostPattern => hostPattern(text) ?? { host: '', of: 'itself', port: 1 };

describe('properties', () => {
  test('what is covered allows nothing more, and what allows a host denies it where it stands in the other list', () => {
    let covered = 0;
    fc.assert(
      fc.property(entry, entry, target, (one, other, where) => {
        const [wide, narrow] = [read(one), read(other)];
        if (covers(wide, narrow)) {
          covered += 1;
          expect(!allows(narrow, where) || allows(wide, where)).toBe(true);
        }
        if (allows(narrow, where)) expect(forbids(narrow, where)).toBe(true);
        expect(patternText(read(patternText(narrow)))).toBe(patternText(narrow));
      }),
      { numRuns: 3000 },
    );
    expect(covered).toBeGreaterThan(20); // or it would have shown nothing
  });

  test('what two lists have in common allows what both allow, and nothing else', () => {
    const list = fc.array(entry, { maxLength: 4 });
    let common = 0;
    fc.assert(
      fc.property(list, list, target, (first, second, where) => {
        const by = (entries: readonly string[]): boolean => entries.some((one) => allows(read(one), where));
        const isBoth = by(first) && by(second);
        if (by(narrowed(first, second))) {
          common += 1;
          expect(isBoth).toBe(true);
        }
        if (isBoth) expect(by(narrowed(first, second))).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(common).toBeGreaterThan(20);
  });
});

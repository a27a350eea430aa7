import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kindOfAddress } from '../../src/core/egress/addressKinds.ts';
import { hostDecision } from '../../src/core/egress/hostDecision.ts';
import { hostOf } from '../../src/core/egress/hostName.ts';
import { addressDenial } from '../../src/core/egress/judgeAddress.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { layerOf } from '../support/policies.ts';

// The table of spellings, addresses and rebinding: each row with its reason. `none`: is no host, or no address.

interface Row {
  what: string;
  given: string;
  expected: string;
  why: string;
}

const ROWS: Row[] = readFileSync('test/fixtures/addresses.tsv', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [what = '', given = '', expected = '', why = ''] = line.split('\t').map(unescaped);
    return { what, given, expected, why };
  });

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|\\)/g, (_, code?: string) =>
    code === undefined ? '\\' : String.fromCharCode(parseInt(code, 16)),
  );
}

const rowsOf = (what: string): Row[] => ROWS.filter((row) => row.what === what);

const POLICIES: Record<string, string> = {
  asked: '{}',
  named: 'allowed_domains: [intranet.test]',
  star: 'allowed_domains: ["*.wild.test"]',
  both: 'allowed_domains: [local.test, 127.0.0.1]',
  denied: 'denied_domains: [8.8.4.4]',
  local: 'allowed_domains: [localhost]',
};
const OWN = ['203.0.114.77', '127.0.0.1', '::1'];

const rulesOf = (text: string) => mergePolicies([layerOf(text, 'user')]);

test('the table has more than 300 rows, of every kind, each with its reason and each once', () => {
  expect(ROWS.length).toBeGreaterThan(300);
  expect(ROWS.filter(({ why }) => why.length < 4)).toEqual([]);
  expect(new Set(ROWS.map(({ what, given }) => `${what} ${given}`)).size).toBe(ROWS.length);
  expect([...new Set(ROWS.map(({ what }) => what))].sort()).toEqual(['address', 'leads', 'spelling']);
  // Controls: it has both outcomes of each, or nothing could be told from it.
  expect(rowsOf('leads').filter(({ expected }) => expected === 'dialled').length).toBeGreaterThan(10);
  expect(rowsOf('leads').filter(({ expected }) => expected === 'refused').length).toBeGreaterThan(30);
  expect(rowsOf('spelling').filter(({ expected }) => expected === 'none').length).toBeGreaterThan(30);
  expect(rowsOf('address').filter(({ expected }) => expected === 'public').length).toBeGreaterThan(30);
});

describe('a host has one spelling', () => {
  test.each(rowsOf('spelling'))('$given: $expected ($why)', ({ given, expected }) => {
    expect(hostOf(given)?.name ?? 'none').toBe(expected);
    // What has been spelled once stays so.
    if (expected !== 'none') expect(hostOf(expected)?.name).toBe(expected);
  });
});

describe('an address is for', () => {
  test.each(rowsOf('address'))('$given: $expected ($why)', ({ given, expected }) => {
    expect(kindOfAddress(given) ?? 'none').toBe(expected);
  });

  test.each(rowsOf('address'))(
    '$given as a host is asked about where it is public, and else denied',
    ({ given, expected }) => {
      const host = hostOf(given);
      // As a host, short forms and names mean something; those are rows of their own.
      if (expected === 'none' || !host) {
        expect(expected).toBe('none');
        return;
      }
      const { verdict } = hostDecision({ host: host.name, port: 443 }, rulesOf('{}'));
      expect(verdict).toBe(expected === 'public' ? 'ask' : 'deny');
    },
  );
});

describe('a host may lead to', () => {
  test.each(rowsOf('leads'))('$given: $expected ($why)', ({ given, expected }) => {
    const [policy = '', host = '', address = ''] = given.split(' | ');
    const denial = addressDenial({ host, port: 443 }, address, { rules: rulesOf(POLICIES[policy] ?? ''), own: OWN });
    expect(denial === undefined ? 'dialled' : 'refused').toBe(expected);
    if (denial) expect(denial).toMatchObject({ verdict: 'deny' });
  });
});

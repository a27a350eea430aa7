import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import table from '../../src/core/redaction/secretRules.json' with { type: 'json' };
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { likelySecrets } from '../../src/core/redaction/secretRules.ts';
import { GrowingMask } from '../../src/core/tools/outputs/growingMask.ts';
import { CONTEXTS, PLANTED, tellingEnd } from '../support/plantedSecrets.ts';

/** One that has loaded its rules, as a run's has. */
async function ready(): Promise<Redactor> {
  const redactor = new Redactor();
  await redactor.loadRules();
  return redactor;
}

describe('the rules', () => {
  test('say which version of whose they are, with the licence, and every one of them runs', () => {
    expect(table.from).toMatch(
      /^https:\/\/github\.com\/gitleaks\/gitleaks\/blob\/[0-9a-f]{40}\/config\/gitleaks\.toml$/,
    );
    expect(readFileSync('src/core/redaction/secretRules.LICENSE', 'utf8')).toMatch(/^MIT License/);
    expect(table.rules.length).toBeGreaterThan(200);
    for (const { id, regex, keywords, allowed } of table.rules) {
      expect(keywords.length, id).toBeGreaterThan(0);
      for (const one of [regex, ...allowed.flatMap(({ regexes }) => regexes)]) RE2JS.compile(one);
    }
  });
});

describe('planted', () => {
  test.each(PLANTED)('$kind', async ({ kind, secret }) => {
    for (const { name, around } of CONTEXTS) {
      if (kind === 'Telegram bot token' && name === 'JSON') continue; // escaped quotes: not found
      const text = around(secret);
      const { text: shown, masked } = (await ready()).mask(text);
      expect(shown, name).not.toContain(tellingEnd(secret));
      expect(masked, name).toBeGreaterThan(0);
      expect(shown, name).toMatch(/\[redacted(:[a-z0-9-]+)?\]/);
      // What is around it stays.
      expect(shown.slice(0, 3), name).toBe(text.slice(0, 3));
      expect(shown.slice(-4), name).toBe(text.slice(-4));
    }
  });

  test('the same secret has the same mask, and another one of its kind another', async () => {
    const redactor = await ready();
    const tokens = ['1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R', '9z8Y7x6W5v4U3t2S1r0Q9p8O7n6M5l4K3j2I'].map(
      (end) => `ghp_${end}`,
    );
    const masks = [tokens[0], tokens[1], tokens[0]].map((token) => redactor.text(`token ${token ?? ''}`));
    expect(masks).toEqual([
      'token [redacted:github-pat]',
      'token [redacted:github-pat 2]',
      'token [redacted:github-pat]',
    ]);
    expect(redactor.hasShown('[redacted:github-pat 2]')).toBe(true);
  });

  test('what is masked is masked once: a second look changes nothing, wherever they stand', async () => {
    const piece = fc.oneof(
      fc.constantFrom(...PLANTED.map(({ secret }) => secret)),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(' ', '\n', '"', '😀'),
    );
    const redactor = await ready();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const once = redactor.text(pieces.join(' '));
        expect(redactor.text(once)).toBe(once);
      }),
      { numRuns: 200 },
    );
  });

  test('a card, which shows what is done, is left as it is: a mask could hide a command', async () => {
    const { secret = '' } = PLANTED[0] ?? {};
    expect((await ready()).json({ command: `echo ${secret}; rm x` })).toEqual({ command: `echo ${secret}; rm x` });
  });

  test('in an output that comes in pieces, cut anywhere', async () => {
    const redactor = await ready();
    const text = PLANTED.map(({ kind, secret }) => `${kind}\nexport X=${secret}\n`).join('and so on\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const growing = new GrowingMask({
          mask: (one) => redactor.mask(one),
          heldBack: (one) => redactor.heldBack(one),
        });
        let shown = '';
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          shown += growing.take(text.slice(at, at + size));
          at += size;
        }
        shown += growing.rest();
        for (const { kind, secret } of PLANTED) expect(shown, kind).not.toContain(tellingEnd(secret));
      }),
      { numRuns: 30 },
    );
  });
});

describe('ordinary text stays', () => {
  test.each([
    [
      'digests',
      'sha512-Xk3ZQb0vP5J8p8mYd0Y3gZJ4l8l5dQ1m0c2o7b6n9v4x1z3a5s7d9f1g3h5j7k9l1q3w5e7r9t1y3u5i7o9p1A== 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    ],
    ['identifiers', '3f2504e0-4f89-11d3-9a0c-0305e82c3301 commit 09242ce9c8a60d9b051fc2d166f9e849b88c7ac0'],
    ['names', 'AKIA is a prefix; sk_live_ is one; ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; AKIAIOSFODNN7EXAMPLE'],
    ['what is filled in later', 'GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }} SLACK_BOT_TOKEN=$SLACK_BOT_TOKEN'],
    ['a mask', '[redacted:aws-access-token] [redacted:github-pat 2] [redacted]'],
  ])('%s', async (_name, text) => {
    expect((await ready()).text(text)).toBe(text);
  });

  test('this repository’s own sources', () => {
    for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' }))
      if (/\.tsx?$/.test(name)) expect(likelySecrets(readFileSync(join('src', name), 'utf8')), name).toEqual([]);
  });
});

test.each([
  ['one letter', 'a'.repeat(2_000_000)],
  ['one run without end', 'aB3'.repeat(700_000)],
  ['beginnings of keys', '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(60_000)],
  [
    'every word of every rule, and something long',
    `${table.rules.flatMap(({ keywords }) => keywords).join(' ')} = aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1v\n`.repeat(600),
  ],
  ['no line ends', 'linear facebook sk ey s. = aB3dE5fG7hI9jK1lM3nO5p '.repeat(40_000)],
])('a hostile text costs no more than its length: %s', (_name, text) => {
  const at = performance.now();
  likelySecrets(text);
  expect(performance.now() - at).toBeLessThan(10_000);
});

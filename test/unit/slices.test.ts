import { describe, expect, test } from 'vitest';
import { withoutSlices } from '../../src/core/redaction/slices.ts';

const TOKEN = 'ghx_8Kq2mZ0vLrT5wYb7NcPd3sQeUa91';
const masked = (text: string, value = TOKEN): string => withoutSlices(text, [{ name: 'T', value }]).text;

describe('a piece of a secret', () => {
  test.each([8, 9, 12, 20, TOKEN.length - 1])('of %i characters is masked wherever it begins', (length) => {
    for (let from = 4; from + length <= TOKEN.length; from += 1) {
      const piece = TOKEN.slice(from, from + length);
      expect(masked(`a ${piece} b`)).toBe('a [redacted:T] b');
    }
  });

  test('is masked as often as it stands there, and counted', () => {
    const text = `${TOKEN.slice(0, 10)}\n${TOKEN.slice(10, 20)}\n${TOKEN.slice(20)}`;
    const { text: shown, masked: count } = withoutSlices(text, [{ name: 'T', value: TOKEN }]);
    expect(shown).toBe('[redacted:T]\n[redacted:T]\n[redacted:T]');
    expect(count).toBe(3);
  });

  test('of a password in an address is masked, and the rest of the address is not', () => {
    const value = 'postgres://someuser:p4ssW0rdXy19Q@db.internal.example:5432/production';
    expect(masked('ssW0rdXy', value)).toBe('[redacted:T]');
    for (const text of ['postgres://someuser', 'db.internal.example:5432/production'])
      expect(masked(text, value)).toBe(text);
  });

  test('that is shorter is left: this is said, not caught', () => {
    expect(masked(TOKEN.slice(4, 11))).toBe(TOKEN.slice(4, 11));
  });
});

test.each([
  ['/usr/lib/jvm/java-17-openjdk-amd64', 'java-17-openjdk-amd64 is in /usr/lib/jvm'],
  ['production-environment', 'the production environment: production-environment'],
  ['https://registry.example.org/packages', 'GET https://registry.example.org/packages/x'],
  ['en_US.UTF-8', 'LANG=en_US.UTF-8'],
  ['202611281200', '2026112812'],
  ['node-version-manager', 'node-version'],
  ['short1A', 'short1A'],
])('what looks like words, folders or numbers is left: %s', (value, text) => {
  expect(masked(text, value)).toBe(text);
});

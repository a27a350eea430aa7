import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOrdinary } from '../../src/core/redaction/ordinary.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';

const VALUE = 'sk-Zk9/qL+7=vT 3&x?Y"2\\w';

function redactor(value = VALUE): Redactor {
  const made = new Redactor();
  made.add({ name: 'KEY', value });
  return made;
}

test.each([
  ['plain', VALUE],
  ['URL', encodeURIComponent(VALUE)],
  ['URL in small letters', encodeURIComponent(VALUE).replace(/%../g, (code) => code.toLowerCase())],
  ['JSON', JSON.stringify({ key: VALUE })],
  ['hex', Buffer.from(VALUE).toString('hex')],
  ['HEX', Buffer.from(VALUE).toString('hex').toUpperCase()],
  ['base64', Buffer.from(VALUE).toString('base64')],
  ['base64url', Buffer.from(VALUE).toString('base64url')],
])('%s is masked, and what stands around it is kept', (_, form) => {
  const shown = redactor().text(`before ${form} after ${form}.`);
  expect(shown).toMatch(/^before .*\[redacted:KEY\].* after .*\[redacted:KEY\].*\.$/);
  expect(shown).not.toContain(form);
});

test('base64 of a text that holds the secret anywhere, wrapped or not, does not give it back', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aZ9/+_-kQ!') });
  fc.assert(
    fc.property(
      fc.string({ minLength: 6, maxLength: 200 }).filter((secret) => !isOrdinary(secret)),
      text,
      text,
      fc.boolean(),
      (value, before, after, wraps) => {
        fc.pre(value.isWellFormed());
        const encoded = Buffer.from(before + value + after).toString('base64');
        const shown = redactor(value).text(wraps ? encoded.replace(/.{76}/g, '$&\n') : encoded);
        expect(shown).toContain('[redacted:KEY]');
      },
    ),
  );
});

test('hex over several lines, as xxd writes it, is masked', () => {
  const long = VALUE.repeat(4);
  const hex = Buffer.from(long).toString('hex').replace(/.{60}/g, '$&\n');
  expect(redactor(long).text(hex)).toBe('[redacted:KEY]');
});

test('a private key is masked line by line too; its first line is no secret', () => {
  const key = `-----BEGIN KEY-----\n${'q7Rk'.repeat(16)}\n${'Zp0w'.repeat(16)}\n-----END KEY-----`;
  const numbered = key
    .split('\n')
    .map((line, index) => `${index + 1}\t${line}`)
    .join('\n');
  expect(redactor(key).text(numbered)).toBe(
    '1\t-----BEGIN KEY-----\n2\t[redacted:KEY]\n3\t[redacted:KEY]\n4\t-----END KEY-----',
  );
});

test('a growing text never shows the beginning of a secret, and what it shows never changes', () => {
  const whole = `My key is ${VALUE}, and sk is how keys begin.`;
  const made = redactor();
  let before = '';
  for (let length = 0; length <= whole.length; length += 1) {
    const shown = made.growing(whole.slice(0, length));
    expect(shown.startsWith(before)).toBe(true);
    expect(shown).not.toContain(VALUE.slice(0, 4));
    before = shown;
  }
  expect(made.text(whole)).toBe('My key is [redacted:KEY], and sk is how keys begin.');
});

test('a name with a dollar sign is written as it is, short values mask nothing, and keys of JSON are masked', () => {
  const made = new Redactor();
  made.add({ name: "$&$'", value: 'a-long-secret' });
  made.add({ name: 'SHORT', value: 'true' });
  expect(made.json({ 'a-long-secret': ['is true: a-long-secret', 7, null] })).toEqual({
    "[redacted:$&$']": ["is true: [redacted:$&$']", 7, null],
  });
});

describe('a value that texts are full of is not masked, another one is', () => {
  test.each([
    ...[
      'ollama',
      'Ollama',
      'lm-studio',
      'password',
      'postgres',
      'not-needed',
      'sk-no-key-required',
      'banana',
      '12345678',
    ],
    ...['true', '', ' ollama ', 'LOCALAI'],
  ])('%j is one', (value) => {
    expect(isOrdinary(value)).toBe(true);
  });

  test.each([
    'hunter2-secret-77',
    'correcthorse',
    'Tr0ub4dor',
    'sk-abc123',
    '20251231x',
    'aGVsbG8=',
    'swordFish',
    'äöüßäö',
  ])('%j is none', (value) => {
    expect(isOrdinary(value)).toBe(false);
  });
});

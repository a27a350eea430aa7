import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { requestOf, type Asked } from '../../src/core/tools/web/requestOf.ts';

const of = (asked: Partial<Asked>) =>
  requestOf({ method: 'GET', url: 'https://example.com/', headers: [], ...asked }, new Redactor());

describe('an address is written as it will be asked for', () => {
  test.each([
    ['https://EXAMPLE.com', 'https://example.com/', 443],
    ['https://example.com./a#b', 'https://example.com/a', 443],
    ['HTTPS://example.com:443/', 'https://example.com/', 443],
    ['http://example.com:8080/?a=b c'.replace(' ', '%20'), 'http://example.com:8080/?a=b%20c', 8080],
    ['https://bücher.example/ü', 'https://xn--bcher-kva.example/%C3%BC', 443],
    ['http://0x7f.1/', 'http://127.0.0.1/', 80],
    ['http://[::ffff:10.0.0.1]/', 'http://10.0.0.1/', 80],
    ['https://example.com\\@evil.test/', 'https://example.com/@evil.test/', 443],
  ])('%s', (url, expected, port) => {
    expect(of({ url })).toMatchObject({ url: expected, port });
  });

  test.each([
    'example.com',
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://',
    'https://a b/',
    ' https://example.com/',
    'https://exa\nmple.com/',
    'https://example.com/\r\nX: y',
    'https://user@example.com/',
    'https://user:pass@example.com/',
    'https://example.com@evil.test/',
    'https://[fe80::1%25eth0]/',
    'https://exa%00mple.com/',
    'https://foo.0x1/',
    'javascript:alert(1)',
    'data:text/plain,x',
  ])('%s is none', (url) => {
    expect(() => of({ url })).toThrow();
  });
});

describe('headers', () => {
  test('ordinary ones go as they are', () => {
    expect(of({ headers: ['accept: application/json', 'X-Any:a b\tc '] }).headers).toEqual([
      'accept: application/json',
      'X-Any: a b\tc',
    ]);
  });

  test.each<[name: string, value: string]>([
    ['a', 'b\r\nHost: evil.test'],
    ['a', 'b\nc'],
    ['a\r\nb', 'c'],
    ['a b', 'c'],
    ['', 'c'],
    ['a', '\0'],
    ['a', 'ü'],
    ['Host', 'evil.test'],
    ['HOST', 'evil.test'],
    ['content-length', '5'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Upgrade', 'websocket'],
    ['Expect', '100-continue'],
    ['Proxy-Authorization', 'Basic x'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['Accept-Encoding', 'gzip'],
    [':authority', 'evil.test'],
  ])('%j: %j is refused', (name, value) => {
    expect(() => of({ headers: [`${name}: ${value}`] })).toThrow();
  });

  test('two of one name, too many, or too long ones are refused', () => {
    expect(() => of({ headers: ['a: 1', 'A: 2'] })).toThrow(/one name/);
    expect(() => of({ headers: [...Array(51).keys()].map((at) => `a${at}: x`) })).toThrow();
    expect(() => of({ headers: [`a: ${'x'.repeat(17_000)}`] })).toThrow();
  });
});

test('no body where none is meant, no mask in the place of a secret; what looks like one is counted', () => {
  expect(() => of({ body: 'x' })).toThrow(/has no body/);
  expect(of({ method: 'POST', body: 'x' }).body).toBe('x');
  expect(() => of({ method: 'POST', body: 'token=[redacted:TOKEN]' })).toThrow(/mask/);
  expect(of({}).secrets).toBe(0);
  expect(of({ headers: ['Authorization: Bearer q8Zt4Lw0pX7vN2bR5yK1'] }).secrets).toBe(1);
});

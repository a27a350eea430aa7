import { describe, expect, test } from 'vitest';
import { robotsAllow } from '../../src/core/tools/web/robots.ts';

const EVERYBODY = 'User-agent: *\n';

test.each<[what: string, text: string, path: string, allowed: boolean]>([
  ['nothing said', '', '/a', true],
  ['all forbidden', `${EVERYBODY}Disallow: /`, '/a', false],
  ['an empty rule forbids nothing', `${EVERYBODY}Disallow:`, '/a', true],
  ['by its beginning', `${EVERYBODY}Disallow: /private`, '/private/x', false],
  ['not by its middle', `${EVERYBODY}Disallow: /private`, '/a/private', true],
  ['the longest counts', `${EVERYBODY}Disallow: /a\nAllow: /a/b`, '/a/b/c', true],
  ['of two as long, the one that allows', `${EVERYBODY}Disallow: /a\nAllow: /a`, '/a', true],
  ['a star', `${EVERYBODY}Disallow: /*.pdf`, '/x/y.pdf?z', false],
  ['an end', `${EVERYBODY}Disallow: /*.pdf$`, '/x/y.pdf?z', true],
  ['an end that is met', `${EVERYBODY}Disallow: /*.pdf$`, '/x.pdf/y.pdf', false],
  ['an end without a star', `${EVERYBODY}Disallow: /a$`, '/ab', true],
  ['the query counts', `${EVERYBODY}Disallow: /a?`, '/a?b', false],
  ['escaped or not', `${EVERYBODY}Disallow: /%C3%BC`, '/ü', false],
  ['by its own name', `${EVERYBODY}Disallow: /\n\nUser-agent: OverSign/1.0\nAllow: /`, '/a', true],
  ['its own name forbids', `${EVERYBODY}Allow: /\n\nUser-agent: oversign\nDisallow: /`, '/a', false],
  ['a name that begins so is another one', 'User-agent: oversigned\nDisallow: /', '/a', true],
  ['one of several names', 'User-agent: a\nUser-agent: oversign\nDisallow: /', '/a', false],
  ['somebody else', 'User-agent: GPTBot\nDisallow: /', '/a', true],
  ['an own group that says nothing', `${EVERYBODY}Disallow: /\n\nUser-agent: oversign\n`, '/a', true],
  ['comments, and any end of line', `# x\rUSER-AGENT : *  # all\r\n disallow :/ # all`, '/a', false],
  ['rules before any name', 'Disallow: /', '/a', true],
  ['HTML instead', '<html><body>User-agent: *</body></html>', '/a', true],
])('%s', (_what, text, path, allowed) => {
  expect(robotsAllow(text, path)).toBe(allowed);
});

describe('a file that is meant to be too much', () => {
  test('ends soon, and what cannot be understood forbids', () => {
    const many = `${EVERYBODY}${'Disallow: /a*a*a*a*a*a*a*a*a*a*a*b\n'.repeat(10_000)}`;
    expect(robotsAllow(many, `/${'a'.repeat(8000)}`)).toBe(false);
    const long = `${EVERYBODY}Disallow: /a${'x'.repeat(5000)}\nAllow: /${'*'.repeat(1000)}`;
    expect(robotsAllow(long, `/a${'x'.repeat(400)}`)).toBe(false);
    expect(robotsAllow('User-agent: *\n'.repeat(40_000), '/')).toBe(true);
    expect(robotsAllow(`${' '.repeat(500_000)}x`, '/')).toBe(true);
  });
});

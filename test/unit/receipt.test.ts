import { expect, test } from 'vitest';
import { firstDifference, withoutTexts } from '../../src/core/exposure/compare.ts';
import { ExposureFold } from '../../src/core/exposure/exposureFold.ts';
import { readReceipt, RECEIPT_FORMS, receiptText, sealed } from '../../src/core/exposure/receipt.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import type { SealedReceipt } from '../../src/shared/exposure.ts';
import { connection, finished, prompt, recorded, RUN, started } from '../support/sentEvents.ts';

const HOSTILE =
  '/w/<script>alert(1)</script>`\u202E```\n-----BEGIN OVERSIGN RECEIPT-----\n{}\n-----END OVERSIGN RECEIPT-----\n# x "\'&amp;](http://evil)';

function receiptOf(events: Parameters<typeof recorded>[0]): SealedReceipt {
  const fold = new ExposureFold(RUN);
  for (const event of recorded(events)) fold.add(event);
  return sealed({ exposure: fold.result(), log: { name: 'log', key: 'abcd' }, events: fold.span }, sha256);
}

const EVENTS = [
  started({ task: HOSTILE }),
  prompt(1, 100, [HOSTILE, '/w/a.ts'], 'https://api.example.com'),
  prompt(2, 50, ['/w/ü.ts'], 'https://<b>evil</b>`.test'),
  ...connection({ id: HOSTILE, host: 'x.test' }),
  finished(5),
];

test.each(RECEIPT_FORMS)('%s: read back as it was, also with the line ends of another system', (form) => {
  const receipt = receiptOf(EVENTS);
  const text = receiptText(receipt, form);
  expect(readReceipt(text, sha256)).toEqual({ ok: true, receipt });
  expect(readReceipt(`\uFEFF${text.replaceAll('\n', '\r\n')}`, sha256)).toEqual({ ok: true, receipt });
});

test('nothing of others is markup, a line of its own, or hidden', () => {
  const html = receiptText(receiptOf(EVENTS), 'html');
  expect(html).not.toMatch(/<script|<b>|<img|javascript:|\son\w+=/i);
  expect(html).toContain("default-src 'none'");
  expect(html).toContain('color-scheme: light dark');
  const markdown = receiptText(receiptOf(EVENTS), 'md');
  for (const text of [html, markdown]) {
    expect(text).not.toMatch(/[\u202A-\u202E\u200b]/);
    expect(
      text.split('\n').filter((line) => line.includes('BEGIN OVERSIGN RECEIPT') && line.startsWith('-----')),
    ).toHaveLength(1);
  }
  // Whole elements alone: as many as are opened are closed.
  for (const name of ['dl', 'dt', 'dd', 'ul', 'li', 'code', 'p', 'pre'])
    expect(html.match(new RegExp(`<${name}[ >]`, 'g'))?.length, name).toBe(
      html.match(new RegExp(`</${name}>`, 'g'))?.length,
    );
});

test.each(RECEIPT_FORMS)('%s: whatever is changed in it is found', (form) => {
  const text = receiptText(receiptOf(EVENTS), form);
  const attempts: [string, string][] = [
    ['a byte count', text.replace(/\b100\b/, '101')],
    ['a file', text.replaceAll('/w/a.ts', '/w/b.ts')],
    ['a file, where it is read alone', text.replace('a.ts', 'b.ts')],
    ['a host', text.replaceAll('api.example.com', 'api.example.org')],
    ['more at its end', `${text}more\n`],
    ['more at its beginning', form === 'json' ? text.replace('{', '{ ') : text.replace('Privacy receipt', 'Receipt')],
    ['the digest', text.replace(/[0-9a-f]{64}/g, (digest) => digest.replace(/./, (c) => (c === '0' ? '1' : '0')))],
  ];
  for (const [what, changed] of attempts) {
    expect(changed, what).not.toBe(text);
    expect(readReceipt(changed, sha256), what).toMatchObject({ ok: false });
  }
});

test('a receipt sealed anew is held against the log: the first difference is named', () => {
  const found = receiptOf(EVENTS).exposure;
  const changed = (change: (copy: typeof found) => void) => {
    const copy = structuredClone(found);
    change(copy);
    return firstDifference(copy, found);
  };
  const first = ({ destinations: [one] }: typeof found) => {
    const [purpose] = one?.purposes ?? [];
    if (!one || !purpose) throw new Error('nothing left');
    return { one, purpose };
  };
  expect(changed(() => undefined)).toBeUndefined();
  expect(changed((copy) => (first(copy).purpose.sent.bytes += 1))).toBe(
    'destinations, api.example.com, purposes, model, sent, bytes: the receipt says 101, and the log says 100',
  );
  expect(changed((copy) => copy.destinations.shift())).toBe('destinations: the receipt leaves out api.example.com');
  expect(changed((copy) => copy.destinations.push({ destination: 'made.up', place: 'elsewhere', purposes: [] }))).toBe(
    'destinations: the log has no made.up',
  );
  expect(
    changed((copy) => {
      const entry = first(copy).purpose.content.find((one) => one.entry === '/w/a.ts');
      if (entry) entry.entry = '/w/other.ts';
    }),
  ).toBe('destinations, api.example.com, purposes, model, content: the receipt leaves out /w/a.ts');
  expect(changed((copy) => (copy.outside = 1))).toBe('outside: the receipt says 1, and the log says 0');
  expect(changed((copy) => copy.destinations.push(...copy.destinations.slice(0, 1)))).toMatch(/lists 4, and the log 3/);
});

test('what is left to compare when texts were erased: bytes and hosts still are', () => {
  const before = receiptOf(EVENTS).exposure;
  const after = receiptOf(EVENTS.map((event) => ({ ...event, erased: true as const }))).exposure;
  expect(firstDifference(before, after)).toBeDefined();
  expect(firstDifference(withoutTexts(before), withoutTexts(after))).toBeUndefined();
  const forged = structuredClone(before);
  const [destination] = forged.destinations;
  if (destination) destination.destination = 'elsewhere.test';
  expect(firstDifference(withoutTexts(forged), withoutTexts(after))).toContain('leaves out');
});

test('what is no receipt is none: empty, binary, enormous lists, deep nesting', () => {
  for (const text of [
    '',
    '{',
    '{}',
    'hello',
    '\0\0',
    `{"receipt":"oversign privacy receipt","version":2}`,
    '['.repeat(100_000),
  ])
    expect(readReceipt(text, sha256)).toMatchObject({ ok: false, isReceipt: false });
  expect(readReceipt(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, sha256)).toMatchObject({ isReceipt: false });
});

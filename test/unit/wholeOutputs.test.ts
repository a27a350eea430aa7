import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Launch } from '../../src/shared/action.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { outputMask } from '../../src/core/tools/command/givenSecrets.ts';
import { GrowingMask } from '../../src/core/tools/outputs/growingMask.ts';
import { linesOf, readEnd, readPart } from '../../src/core/tools/outputs/reading.ts';

const SECRETS = ['hunter2-secret-77', 'Zq9!pass with blanks', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDT'];

function masked(): ReturnType<typeof outputMask> {
  const redactor = new Redactor();
  for (const [at, value] of SECRETS.entries()) redactor.add({ name: `S${at}`, value });
  const launch: Launch = { argv: [], cwd: '/', environment: {}, workspace: 'writable', secrets: 'hidden' };
  return outputMask(launch, [], redactor);
}

/** Lines with secrets in them, plain, encoded, and encoded over several lines; cut into pieces anywhere. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(...SECRETS),
      fc.constantFrom(...SECRETS).map((one) => `x ${one} y`),
      fc.constantFrom(...SECRETS).map((one) => Buffer.from(one).toString('base64')),
      fc.constantFrom(...SECRETS).map((one) =>
        Buffer.from(one)
          .toString('base64')
          .replace(/(.{16})/g, '$1\n'),
      ),
    ),
    { maxLength: 40 },
  )
  .map((lines) => lines.join('\n'));

test('a text that comes in pieces is masked as it is whole, wherever it is cut', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (text, sizes) => {
      const how = masked();
      const growing = new GrowingMask(how);
      let shown = '';
      for (let at = 0, piece = 0; at < text.length; piece += 1) {
        const size = sizes[piece % sizes.length] ?? 1;
        shown += growing.take(text.slice(at, at + size));
        at += size;
      }
      expect(shown + growing.rest()).toBe(how.mask(text).text);
    }),
    { numRuns: 300 },
  );
});

const output = (kept: string, tail: string) => ({
  kept: {
    size: { lines: 0, bytes: 0, isOpen: false },
    append: () => Promise.resolve(true),
    drop: () => Promise.resolve(),
    async *from(line: number) {
      const text = kept
        .split('\n')
        .slice(line - 1)
        .join('\n');
      for (let at = 0; at < text.length; at += 7) yield await Promise.resolve(text.slice(at, at + 7));
    },
  },
  size: { lines: kept.split('\n').length - 1, bytes: kept.length, isOpen: kept !== '' && !kept.endsWith('\n') },
  tail,
  isKept: true,
});

test('part after part is the whole, whatever is written down and whatever is not yet', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '🦔', ' '), maxLength: 60 });
  const range = fc.record({ lines: fc.integer({ min: 1, max: 9 }), most: fc.integer({ min: 2, max: 40 }) });
  await fc.assert(
    fc.asyncProperty(line, line, range, async (kept, tail, { lines, most }) => {
      const now = output(kept, tail);
      let text = '';
      let next: { from: number; column: number } | undefined = { from: 1, column: 1 };
      for (let parts = 0; next && parts < 1000; parts += 1) {
        const part = await readPart(now, { ...next, lines, most });
        text += part.text;
        next = part.next;
      }
      expect(text).toBe(kept + tail);
      const whole = kept + tail;
      expect(linesOf(now)).toBe(whole === '' ? 0 : whole.split('\n').length - (whole.endsWith('\n') ? 1 : 0));
      const end = await readEnd(now, lines, 10_000);
      expect(whole.endsWith(end.text)).toBe(true);
      expect(end.text.split('\n').length - (end.text.endsWith('\n') ? 1 : 0)).toBe(
        Math.min(lines, Math.max(1, linesOf(now))),
      );
    }),
    { numRuns: 300 },
  );
});

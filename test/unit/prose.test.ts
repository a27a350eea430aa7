import { describe, expect, test } from 'vitest';
import { exact, proseLine, visible, visibleLine } from '../../src/shared/visible.ts';

const PROSE = {
  emoji: '\u26A0\uFE0F careful, \u2714\uFE0F done, \u2764\uFE0F',
  family: '\u{1F469}\u200D\u{1F4BB} \u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u{1F3F3}\uFE0F\u200D\u{1F308}',
  skin: '\u{1F44D}\u{1F3FD} \u{1F469}\u{1F3FD}\u200D\u2695\uFE0F',
  keycap: '1\uFE0F\u20E3 step',
  flag: '\u{1F1EF}\u{1F1F5}',
  persian: '\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645',
  hindi: '\u0915\u094D\u200D\u0937 \u0930\u094D\u200C',
  bengali: '\u09B0\u200D\u09CD\u09AF',
  malayalam: '\u0D28\u0D4D\u200D',
  khmer: '\u1797\u17B6\u179F\u17B6\u200B\u1781\u17D2\u1798\u17C2\u179A',
  mongolian: '\u182E\u1823\u1829\u182D\u1823\u182F\u180B',
  name: '\u8FBB\u{E0100}',
  french: 'Termin\u00E9\u202F! \u00AB\u00A0oui\u00A0\u00BB',
  japanese: '\u3000\u6B21\u306E\u30D5\u30A1\u30A4\u30EB',
  arabic: '\u0627\u0644\u0633\u0644\u0627\u0645 \u06DD',
  vietnamese: 'Ti\u1EBFng Vi\u1EC7t',
};

describe('in prose, what belongs to a language stands as it is; where every character counts it is written out', () => {
  test.each(Object.entries(PROSE))('%s', (_name, text) => {
    expect(visible(text)).toBe(text);
    expect(proseLine(text)).toBe(text);
    expect(visible(`> ${text} <`)).toBe(`> ${text} <`);
  });

  test('commands, paths and changes', () => {
    for (const text of Object.values(PROSE).filter((one) => /[\p{Cf}\uFE0F\u00A0\u3000]/u.test(one))) {
      expect(exact(text)).toContain('\\u{');
      expect(visibleLine(text)).toBe(exact(text));
    }
  });
});

test.each([
  ['bidi controls', 'abc\u202Edef\u2066\u200F\u061C\u200E'],
  ['tags', 'a\u{E0041}\u{E007F}'],
  ['a flag of tags', '\u{E0067}\u{E0062}\u{E007F}'],
  ['joiners between Latin letters', 'pay\u200Dpal\u200Cx\u200By'],
  ['a joiner at an end', '\u0645\u200C'],
  ['more than one joiner', '\u0645\u200C\u200C\u062E'],
  ['a form after a letter, and a second one', 'a\uFE0F'],
  ['a digit with a form', '1\uFE0Fx'],
  ['a form of names after Latin', 'a\u{E0100}'],
  ['a selector that is no form of an emoji', '\u{1F600}\u{E0101}'],
  ['zero-width in Persian', '\u0645\u200B\u062E\u2060\uFEFF'],
  ['fillers', '\u3164\u2800\u115F\u{1D159}'],
  ['line and paragraph separators', 'a\u2028b\u2029'],
  ['controls', 'a\rb\u0000\u001B[31m\u009B'],
  ['a lone half', 'a\uD800'],
  ['a flood of marks', `a${'\u0301'.repeat(9)}`],
])('everywhere else they are written out: %s', (_name, text) => {
  const hidden = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]/u;
  expect(visible(text)).not.toMatch(hidden);
  expect(visible(text)).toContain('\\u{');
});

test('two forms after one emoji: the second is written out', () => {
  expect(visible('\u2764\uFE0F\uFE0F')).toBe('\u2764\uFE0F\\u{FE0F}');
});

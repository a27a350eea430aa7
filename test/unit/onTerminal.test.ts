import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onTerminal } from '../../src/core/tools/command/onTerminal.ts';

const E = '\u001B';

test.each([
  ['nothing to obey', 'a\tb\n\nc\n', 'a\tb\n\nc\n'],
  ['line ends of Windows', 'a\r\nb\r\n', 'a\nb\n'],
  ['a percentage', `${Array.from({ length: 2000 }, (_, n) => `\rdone ${n}%`).join('')}\nEND\n`, 'done 1999%\nEND\n'],
  ['a shorter frame over a longer one', 'downloading\rdone\n', 'doneloading\n'],
  ['the same, erased before', `downloading\r${E}[Kdone\n`, 'done\n'],
  ['the whole line erased', `downloading${E}[2K\rdone\n`, 'done\n'],
  ['a spinner with backspaces', 'wait |\b/\b-\b\\\b \bok\n', 'wait ok\n'],
  ['colours and other looks', `${E}[1;31mred${E}[0m ${E}(Bplain${E}[38;5;12mx\n`, 'red plainx\n'],
  ['links and titles', `${E}]0;title\u0007${E}]8;;https://e.example${E}\\here${E}]8;;${E}\\\n`, 'here\n'],
  ['several lines that are drawn again', `a 0\nb 0\n${E}[2A${E}[2Ka 9\n${E}[2Kb 9\nend\n`, 'a 9\nb 9\nend\n'],
  ['up beyond the beginning', `a\n${E}[99Ab\n`, 'b\n'],
  ['all below is erased', `a\nb\nc\n${E}[3A${E}[Jx\n`, 'x\n'],
  ['a cleared screen loses nothing', `a\nb${E}[2J${E}[Hc\n`, 'a\nb\nc\n'],
  ['columns', `ab${E}[5Gx${E}[1Gy\n`, 'yb  x\n'],
  ['emoji and marks', 'a\u0301 \u{1F469}\u200D\u{1F4BB}\rb\n', 'b \u{1F469}\u200D\u{1F4BB}\n'],
  ['what is not known stays', 'a\u0000b\u001B\u0001\n', 'a\u0000b\u001B\u0001\n'],
  ['a bell', 'a\u0007b', 'ab'],
])('%s', (_name, output, shown) => {
  expect(onTerminal(output)).toBe(shown);
});

test('whatever comes, it ends, and text without controls stays as it is', () => {
  const parts = fc.array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r', '\b', '\n', `${E}[9999A`, `${E}[9999C`, `${E}[2J`)),
  );
  fc.assert(fc.property(parts, (some) => typeof onTerminal(some.join('')) === 'string'));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => onTerminal(text) === text || /\p{Cc}/u.test(text)));
});

test('frames over a long line cost no more than they have characters', () => {
  const long = `${'x'.repeat(200_000)}${'\by'.repeat(30_000)}`;
  expect(onTerminal(long)).toBe(`${'x'.repeat(199_999)}y`);
});

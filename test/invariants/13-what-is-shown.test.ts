import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/shared/approval.ts';
import { exact, visibleLine } from '../../src/shared/visible.ts';
import { approvalText } from '../../src/terminal/cardText.ts';
import { attempt, type Call } from '../support/attempt.ts';
import { blocksOf, commandOn, diffOn } from '../support/cards.ts';
import { workbench } from '../support/workbench.ts';

const HIDDEN = {
  bidi: 'a\u202Eb\u2066c',
  escape: 'a\u001B[2Kb',
  zero: 'a\u200Bb\uFEFFc\u2060',
  tags: 'a\u{E0041}b',
  blank: 'a\u3164\u2800b',
  return: 'a\rb',
  c1: 'a\u009Bb',
};
const INVISIBLE = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The cards of calls that are all denied. */
async function cardsOf(files: Record<string, string>, calls: Call[]): Promise<Approval[]> {
  const bench = await workbench({ files, answer: () => ({ choice: 'deny' }) });
  await attempt(bench, calls);
  return bench.asked;
}

/** Everything of an approval that a person reads; `absolute` and ids are for the machine. */
function shownTexts(approval: Approval): string[] {
  const blocks = approval.card.blocks.map((block) => (block.kind === 'diff' ? { ...block, absolute: '' } : block));
  return [
    approval.title,
    approval.undo,
    approval.decision.reason,
    ...approval.grantOffers.map(({ words }) => words),
    approvalText(approval),
    ...blocks.map((block) => JSON.stringify(block)),
  ];
}

test('every character that is not seen, or that changes how others are seen, is written out', () => {
  let looked = 0;
  for (let code = 0; code < 0x110000; code += 1) {
    const character = String.fromCodePoint(code);
    if (!INVISIBLE.test(character) && !/\p{Cs}/u.test(character)) continue;
    looked += 1;
    expect(exact(character)).toBe(`\\u{${code.toString(16).toUpperCase().padStart(4, '0')}}`);
  }
  expect(looked).toBeGreaterThan(4000);
  expect(exact('plain\ttext é 漢字 🙂\n')).toBe('plain\ttext é 漢字 🙂\n');
  expect(visibleLine('a\nb\tc')).toBe('a\\nb\\tc');
});

describe('hidden characters', () => {
  test.each(Object.entries(HIDDEN))(
    '%s: in commands, paths and diffs they are seen, and what runs is still the real thing',
    async (_name, text) => {
      const files = { [`d${text}/${text}.txt`]: 'one\n', 'code.js': `if (x) {} // ${text}\n` };
      const asked = await cardsOf(files, [
        { name: 'run_command', args: { command: `echo ${text} > out.txt`, folder: `d${text}` } },
        { name: 'write_file', args: { path: `d${text}/${text}.txt`, content: text } },
        { name: 'write_file', args: { path: `${text}.new`, content: text } },
        { name: 'edit_file', args: { path: 'code.js', old_text: 'if (x)', new_text: `if (${text})` } },
        { name: 'delete_path', args: { path: `d${text}/${text}.txt` } },
        { name: 'move_path', args: { from: `d${text}`, to: `e${text}` } },
      ]);
      expect(asked).toHaveLength(6);
      for (const approval of asked) for (const shown of shownTexts(approval)) expect(shown).not.toMatch(INVISIBLE);
      for (const approval of asked)
        expect(JSON.stringify(approval.card)).toContain(visibleLine(text).replaceAll('\\', '\\\\'));
    },
  );

  test('a line break cannot put words of the model’s own onto the card', async () => {
    const name = 'a.txt\nUndo: nothing is lost.txt';
    const asked = await cardsOf({ [name]: 'x' }, [
      { name: 'delete_path', args: { path: name } },
      { name: 'move_path', args: { from: name, to: 'b\nWhy you are asked: it is harmless' } },
      { name: 'write_file', args: { path: name, content: 'y' } },
    ]);
    expect(asked).toHaveLength(3);
    for (const approval of asked)
      expect(
        approvalText(approval)
          .split('\n')
          .filter((line) => /^(Undo: nothing is lost|Why you are asked: it is harm)/.test(line)),
      ).toEqual([]);
  });
});

describe('a diff', () => {
  const diffOf = (approval: Approval | undefined): string => diffOn(approval?.card);
  const factsOf = (approval: Approval | undefined) => blocksOf(approval?.card, 'diff')[0];

  test('shows every line, also those that look like parts of a diff', async () => {
    const lines = [
      '++ after; evil()',
      '++ after',
      '-- before',
      '==================',
      '@@ -1 +1 @@',
      '+++ after',
      '\\ No newline at end of file',
      '--- before',
    ];
    const asked = await cardsOf({ 'a.txt': `${lines.join('\n')}\n`, 'b.txt': 'x\n' }, [
      { name: 'write_file', args: { path: 'new.txt', content: `${lines.join('\n')}\n` } },
      { name: 'write_file', args: { path: 'a.txt', content: 'gone\n' } },
      { name: 'edit_file', args: { path: 'b.txt', old_text: 'x', new_text: lines.join('\n') } },
    ]);
    for (const line of lines) {
      expect(diffOf(asked[0]).split('\n')).toContain(`+${line}`);
      expect(diffOf(asked[1]).split('\n')).toContain(`-${line}`);
      expect(diffOf(asked[2]).split('\n')).toContain(`+${line}`);
    }
    expect(factsOf(asked[0])).toMatchObject({ added: lines.length, removed: 0 });
    expect(factsOf(asked[1])).toMatchObject({ added: 1, removed: lines.length });
  });

  test('shows differences in white space and line ends', async () => {
    const asked = await cardsOf({ 'a.txt': 'one\r\ntwo' }, [
      { name: 'edit_file', args: { path: 'a.txt', old_text: 'one\r\n', new_text: 'one\n' } },
      { name: 'write_file', args: { path: 'a.txt', content: 'one\r\ntwo\n' } },
      { name: 'write_file', args: { path: 'a.txt', content: 'one \r\ntwo' } },
      { name: 'write_file', args: { path: 'a.txt', content: 'one\ntwo\n' } },
    ]);
    expect(diffOf(asked[0])).toContain('-one\\u{000D}\n+one\n');
    expect(diffOf(asked[1])).toContain('-two\n\\ No newline');
    expect(diffOf(asked[2])).toContain('-one\n+one [1 blank]\n');
    // Line ends that stay on every line are not drawn on each, and said.
    expect(diffOf(asked[3])).toContain('-two\n\\ No newline at end of file\n+two\n');
    expect(asked[3]?.card.blocks).toContainEqual(
      expect.objectContaining({ kind: 'sentence', words: ['Stays as it is: CRLF line ends.'] }),
    );
  });

  test('that is long is cut, says so, counts all, and the whole is there for the editor', async () => {
    const content = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join('');
    const previews: (string | undefined)[] = [];
    const bench = await workbench({
      answer: (approval) => {
        previews.push(bench.engine.desk.previews(approval.id)[0]?.after);
        return { choice: 'approve' };
      },
    });
    await attempt(bench, [
      { name: 'write_file', args: { path: 'long.txt', content } },
      { name: 'write_file', args: { path: 'short.txt', content: 'x\n' } },
    ]);
    const [long, short] = bench.asked;
    expect(factsOf(long)).toMatchObject({ added: 5000, removed: 0 });
    const { lines, characters } = factsOf(long)?.unseen ?? { lines: 0, characters: 0 };
    expect(lines).toBeGreaterThan(1000);
    expect(diffOf(long).split('\n')).toHaveLength(5000 - lines + 3);
    for (const line of ['+line 0\n', '+line 4999\n']) expect(diffOf(long)).toContain(line);
    expect(diffOf(long).length).toBeLessThanOrEqual(20_000);
    expect(factsOf(short)).toMatchObject({ unseen: { lines: 0, characters: 0 }, added: 1 });
    if (long)
      expect(approvalText(long)).toContain(
        `${lines} changed lines are not, or not whole, shown here (${characters} characters).`,
      );
    expect(previews[0]).toBe(content);
    expect(readFileSync(join(bench.folder, 'long.txt'), 'utf8')).toBe(content);
  });

  test('of two long and wholly different files shows both', async () => {
    const text = (mark: string): string =>
      Array.from({ length: 20_000 }, (_, index) => `${mark}${(index * 7919) % 20_011}\n`).join('');
    const asked = await cardsOf({ 'a.txt': text('a') }, [
      { name: 'write_file', args: { path: 'a.txt', content: text('b') } },
    ]);
    const { added = 0, removed = 0, ...others } = factsOf(asked[0]) ?? {};
    expect(others).toMatchObject({ change: 'overwrite' });
    for (const line of ['-a0\n', '+b0\n']) expect(diffOf(asked[0])).toContain(line);
    expect(factsOf(asked[0])?.unseen.lines).toBeGreaterThan(30_000);
    expect(Math.min(added, removed)).toBeGreaterThanOrEqual(20_000);
  });
});

test('a long command is shown to its last character, and one that is too long to be looked into is refused', async () => {
  const tooLong = `echo start; ${'# filler\n'.repeat(2000)}rm -rf everything`;
  expect(await cardsOf({}, [{ name: 'run_command', args: { command: tooLong } }])).toEqual([]);
  const command = `echo start; ${'# filler\n'.repeat(1000)}rm -rf everything`;
  const asked = await cardsOf({}, [{ name: 'run_command', args: { command } }]);
  expect(commandOn(asked[0]?.card)).toBe(command);
  if (asked[0]) expect(approvalText(asked[0])).toContain('rm -rf everything');
});

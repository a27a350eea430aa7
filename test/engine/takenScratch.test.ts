import { describe, expect, test } from 'vitest';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { commandOn, sentencesOn } from '../support/cards.ts';
import { workbench } from '../support/workbench.ts';

const FILES = { 'src/index.js': 'one\n', list: 'src\n', 'package.json': '{"scripts":{"test":"echo ok"}}\n' };
const run = (command: string): Call => ({ name: 'run_command', args: { command } });

/** What takes a file of scratch, whichever it is by then. */
const TAKES = [
  'cp /tmp/x src/index.js',
  'cp ~/d/* src',
  'cp -t src /tmp/x',
  'cp --target=src /tmp/x',
  'cp -ft src /tmp/x',
  'cp -r ~/d src',
  'cp ~/x src/index.js',
  'cp "$TMPDIR/x" src/index.js',
  'mv /tmp/x src/index.js',
  'ln -s /tmp/x src/l',
  'ln -s /tmp/x',
  'dd if=/tmp/x of=src/index.js',
  'dd of=src/index.js < /tmp/x',
  'cp /dev/fd/3 src/index.js 3< /tmp/x',
  'cat /tmp/x > src/index.js',
  'cat /tmp/x | tee src/index.js',
  'echo "$(cat /tmp/x)" > src/index.js',
  'cat /tmp/x | bash',
  'git restore --pathspec-from-file=/tmp/x',
  'find /tmp/d -type f | xargs cp -t src',
  'find ~/d -type f -exec cp {} src \\;',
  'for f in ~/d/*; do cp "$f" src; done',
  'for f in $(cat list); do cp "$f" src; done',
  'cd /tmp && cp x "$OLDPWD/src/index.js"',
];

test('what is taken out of scratch is bound to nothing: it is said, and never remembered', async () => {
  const lines = TAKES;
  const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
  const results = await attempt(bench, lines.map(run));
  const told = lines.map((line, index) => {
    const asked = bench.asked.find(({ card }) => commandOn(card) === line);
    const isSaid = sentencesOn(asked?.card).some(([first]) =>
      String(first).startsWith('It may use files that nobody knows'),
    );
    return [line, asked ? [asked.grantOffers.length, asked.alwaysOffer, isSaid] : results[index]?.text];
  });
  expect(told).toEqual(lines.map((line) => [line, [0, undefined, true]]));
});

test('an approved copy out of scratch covers no other content of it, in one call or over two', async () => {
  const bench = await workbench({ files: FILES, answer: rememberFirst });
  const lines = ['cp /tmp/x src/index.js', 'printf evil > /tmp/x; cp /tmp/x src/index.js', 'cp /tmp/x src/index.js'];
  await attempt(bench, lines.map(run));
  expect(bench.asked.map(({ title }) => title)).toEqual(lines.map((line) => `Run ${line}`));
});

describe('the control: what only looks at scratch, or writes there, is still remembered', () => {
  test.each([
    'touch made; tail -5 /tmp/out',
    'touch made > /tmp/out 2>&1; cat /tmp/out | grep x',
    'npm test > /tmp/out 2>&1; tail -5 /tmp/out',
    'cp src/index.js /tmp/copy',
    'touch made | tee /tmp/out',
    'rm -f /tmp/out made',
  ])('%s', async (line) => {
    const bench = await workbench({ files: FILES, answer: rememberFirst });
    await attempt(bench, [run(line), run(line)]);
    expect(bench.asked).toHaveLength(1);
  });
});

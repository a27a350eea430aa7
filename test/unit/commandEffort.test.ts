import { spawn } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bashParser } from '../../src/core/command/bash.ts';
import { recordedPrograms } from '../../src/core/command/recorded.ts';
import { understand } from '../../src/core/command/understand.ts';
import { adversarialLine, FORM_COUNT } from '../support/adversarialLines.ts';
import { workbench } from '../support/workbench.ts';

const BUDGET = 20_000;
/** One addition may go over before it is seen. */
const SLACK = 20_000;

test(
  'whatever a line is made of, the steps taken for it are bounded, and so is what is kept',
  { timeout: 120_000 },
  async () => {
    const parser = await bashParser();
    const size = fc.integer({ min: 1, max: 1000 });
    const form = fc.nat({ max: FORM_COUNT - 1 });
    fc.assert(
      fc.property(fc.tuple(form, size, form, size), (dice) => {
        const line = adversarialLine(dice);
        const meaning = understand(line, parser);
        expect(meaning.effort).toBeLessThan(BUDGET + SLACK);
        const recorded = JSON.stringify([
          recordedPrograms(meaning),
          meaning.doubts,
          meaning.paths.map(({ spelling }) => spelling),
        ]);
        if (meaning.gaveUp === undefined) expect(recorded.length).toBeLessThan(400_000);
        else expect(meaning.doubts[0]).toEqual({ why: meaning.gaveUp, kind: 'unread' });
        // The same on every machine and each time.
        expect(understand(line, parser).effort).toBe(meaning.effort);
      }),
      { numRuns: 300, seed: 20_261_128 },
    );
  },
);

test('none of them hangs: a process that understands all of them ends by itself', { timeout: 90_000 }, async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/understandChild.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearTimeout(deadline);
  expect([code, said.replace(/[0-9]+/, 'N').trim()]).toEqual([0, 'done N']);
});

test('lines that people write are far from the end', async () => {
  const parser = await bashParser();
  const script = Array.from(
    { length: 60 },
    (_, at) => `for f in src/*.ts; do if grep -q "x${at}" "$f"; then echo "$f: $(wc -l < "$f")"; fi; done`,
  ).join('\n');
  const meaning = understand(script, parser);
  expect(meaning.gaveUp).toBeUndefined();
  expect(meaning.programs.length).toBe(180);
  expect(meaning.effort).toBeLessThan(BUDGET / 2);
});

test('a line that is too much is refused with the way out, and little of it is recorded', async () => {
  const bench = await workbench();
  const lines = [
    `echo ${'a'.repeat(10_000)}`,
    `${'for a in 1 2 3 4 5 6; do '.repeat(20)}echo x${'; done'.repeat(20)}`,
    `echo $((1${'+1'.repeat(4000)}))`,
    `echo ${'('.repeat(40)}${')'.repeat(40)}`,
  ];
  const events = await bench.run([{ calls: lines.map((command) => ({ name: 'run_command', args: { command } })) }]);
  expect(bench.asked).toEqual([]);
  const ended = events.filter(({ type }) => type === 'finished');
  expect(ended).toHaveLength(lines.length);
  for (const { data } of ended) expect(data).toMatchObject({ status: 'failed', cause: 'not-possible' });
  const reasons = ended.map(({ payload }) => JSON.stringify(payload));
  expect(reasons[0]).toContain('the command has 10005 characters, and no more than 10000 are looked into');
  expect(reasons[1]).toContain('the command is too much to be looked into: it has too many parts');
  for (const reason of reasons) expect(reason).toContain('Write it to a script file and run that, which asks');
  expect(JSON.stringify(events).length).toBeLessThan(80_000);
});

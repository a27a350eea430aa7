import { expect, test } from 'vitest';
import { workbench, type Workbench } from '../support/workbench.ts';

const SECRET = 'hunter2-secret-77';

/** What the model got of commands, one a turn. */
async function outputs(bench: Workbench, commands: readonly string[]): Promise<string[]> {
  let texts: string[] = [];
  await bench.run((request, turn) => {
    texts = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    const command = commands[turn];
    return command === undefined ? {} : { calls: [{ name: 'run_command', args: { command } }] };
  });
  return texts;
}

test('of long output the end is kept as the beginning is, and what is left out between them is said', async () => {
  const bench = await workbench();
  const [long, middle, short] = await outputs(bench, [
    'for i in $(seq 1 20000); do echo "ok $i - a test with a name that passes"; done; echo "FAILED: cart.test.js:17"; false',
    'for i in $(seq 1 4000); do echo "ok $i - a test with a name that passes"; done; echo "the end"',
    'echo one; echo two',
  ]);
  expect(long).toMatch(/^ok 1 - a test/);
  expect(long).toMatch(
    /ok 20000 - a test with a name that passes\nFAILED: cart\.test\.js:17\n\n?\[output 1: 20,001 lines kept; .*\]\n\[exit code 1\]$/,
  );
  expect(long).toMatch(/\[… \d+ characters left out …\]|\[… of 828932 bytes of output/);
  expect(middle).toMatch(/the end\n\n?\[output 2: 4,001 lines kept; .*\]\n\[exit code 0\]$/);
  expect(short).toMatch(/^one\ntwo\n\n?\[exit code 0\]$/);
});

test('a character that lies across the two parts is whole', async () => {
  const bench = await workbench();
  // Three bytes each, so that the end of the first part falls into one.
  const [text] = await outputs(bench, [`for i in $(seq 1 2000); do printf '日%.0s' $(seq 1 20); done; echo ' end'`]);
  expect(text).not.toContain('\u{FFFD}');
  expect(text).toContain('日 end');
});

test('of a secret that is torn at either side of what is left out, no half is shown; control: whole it is masked', async () => {
  const bench = await workbench({ environment: { DB_PASSWORD: SECRET } });
  // Each line is the secret and a blank: wherever it is cut, it is cut in one.
  const [torn, lines, whole] = await outputs(bench, [
    `for i in $(seq 1 20000); do printf '${SECRET} '; done`,
    `for i in $(seq 1 20000); do echo '${SECRET}'; done`,
    `echo '${SECRET}'`,
  ]);
  for (const text of [torn, lines]) {
    expect(text).toContain('[redacted:DB_PASSWORD]');
    expect(text?.replaceAll('[redacted:DB_PASSWORD]', '')).not.toMatch(/hunter|unter2|secret|cret-77/);
  }
  expect(whole).toContain('[redacted:DB_PASSWORD]');
});

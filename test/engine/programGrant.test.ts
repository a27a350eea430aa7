import { expect, test } from 'vitest';
import { rememberFirst } from '../support/attempt.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const FILES = {
  'package.json': '{"scripts":{"test":"echo ok"}}\n',
  'a.txt': 'a\n',
  made: 'x',
  'below/made': 'x',
};

/** How many questions a line costs after `first` was approved and is remembered. */
async function questions(bench: Workbench, first: string, lines: readonly string[]): Promise<number[]> {
  const asked: number[] = [];
  await bench.run((_, turn) => {
    asked.push(bench.asked.length);
    const command = [first, ...lines][turn]?.replaceAll('HERE', bench.folder);
    return command === undefined ? {} : { calls: [{ name: 'run_command', args: { command } }] };
  });
  return lines.map((_, at) => (asked[at + 2] ?? 0) - (asked[at + 1] ?? 0));
}

const COVERED = [
  'touch made 2>&1',
  'touch made | tail -20',
  'touch made 2>&1 | grep -n x | head -5',
  'touch made > /tmp/out 2>&1',
  'touch made > /tmp/out; tail -5 /tmp/out',
  'touch made; echo $?',
  'CI=1 NO_COLOR=1 touch made 2>&1 | tail -5; echo EXIT=$?',
  'cd . && touch made',
  'cd HERE && touch made 2>&1 | tail -20',
  'cd "HERE"; touch made > /tmp/out 2>&1; echo "exit: $?"; tail -3 /tmp/out',
];
const NOT_COVERED = [
  'touch made other',
  'touch made | sh',
  'touch made > b.txt',
  'touch made && touch more',
  'echo other | xargs touch made',
  'NODE_OPTIONS=--require=./a.txt touch made',
  'PATH=/tmp:$PATH touch made',
  'cd /tmp && touch made',
  'cd below && touch made',
  'cd below; touch made',
  'cd HERE/below && touch made',
  'cd HERE && cd below && touch made',
  'cd "$(cat a.txt)" && touch made',
  'timeout 0.1 touch made',
  'timeout -s KILL 60 touch made',
  'timeout 60 touch made other',
  'touch made | diff - a.txt',
  'touch() { rm a.txt; }; touch made',
];

test('a remembered command covers its program with whatever only looks behind it, and nothing that does more', async () => {
  const bench = await workbench({ files: FILES, answer: rememberFirst });
  expect(await questions(bench, 'touch made', COVERED)).toEqual(COVERED.map(() => 0));
  expect(bench.asked[0]?.grantOffers[0]?.words).toMatch(/^`touch made`, whatever looks at its output, in /);
  const strict = await workbench({
    files: FILES,
    answer: (approval) => (strict.asked.length === 1 ? rememberFirst(approval) : { choice: 'deny' }),
  });
  expect(await questions(strict, 'touch made', NOT_COVERED)).toEqual(NOT_COVERED.map(() => 1));
});

const OTHERWISE = [
  'env -i npm test',
  'env -u NODE_ENV npm test',
  'nice -n 19 npm test',
  'bash -c "npm test"',
  'while true; do npm test; done',
  'until false; do npm test; done',
  'for n in 1 2; do npm test; done',
  'for ((;;)); do npm test; done',
  'npm test &',
  'npm test & npm test & npm test',
  'npm test; npm test',
  'npm test && npm test',
  'npm test | cat; npm test | tail -3',
  'f() { npm test; }; f',
  'find . -name "*.txt" -exec npm test \\;',
  'coproc npm test',
  'cat <(npm test)',
  'echo "$(npm test)" "$(npm test)"',
  'trap "npm test" EXIT',
  'eval "npm test"',
  'umask 000; npm test',
  'ulimit -t 1; npm test',
];
const OTHERWISE_TIMED_OR_SET = [
  'timeout -s KILL 60 npm test',
  'timeout 60 npm test && timeout 60 npm test',
  'A=$(npm test); npm test',
  'NODE_ENV=$(npm test) npm test',
  'timeout 0.1 npm test',
  'timeout -k 1 60 npm test',
  'CI=1; npm test',
  'STAGE=prod; npm test',
  'STAGE=prod npm test',
  'export CI=1; npm test',
  'cd HERE && cd below && npm test',
  'cd HERE && timeout 60 bash -c "npm test"',
];
const SAME = [
  'npm test',
  'set -o pipefail; npm test 2>&1 | tail -5',
  'if npm test; then echo good; fi',
  '! npm test',
  '(npm test)',
  'timeout 60 npm test',
  'cd HERE && CI=true timeout 2m npm test 2>&1 | tail -3; echo "exit: $?"',
];

test('it covers no other environment, no other end and no other number of runs', async () => {
  const bench: Workbench = await workbench({
    files: FILES,
    answer: (approval) => (bench.asked.length === 1 ? rememberFirst(approval) : { choice: 'deny' }),
  });
  expect(await questions(bench, 'npm test 2>&1 | tail -3', OTHERWISE)).toEqual(OTHERWISE.map(() => 1));
});

test('nor another time, another folder or another variable', async () => {
  const bench: Workbench = await workbench({
    files: FILES,
    answer: (approval) => (bench.asked.length === 1 ? rememberFirst(approval) : { choice: 'deny' }),
  });
  const lines = OTHERWISE_TIMED_OR_SET;
  expect(await questions(bench, 'npm test 2>&1 | tail -3', lines)).toEqual(lines.map(() => 1));
});

test('the control: the same program, once', async () => {
  const bench = await workbench({ files: FILES, answer: rememberFirst });
  expect(await questions(bench, 'npm test 2>&1 | tail -3', SAME)).toEqual(SAME.map(() => 0));
});

const LINKS = {
  'package.json': '{"scripts":{"test":"ln -s $PWD /tmp/w && ln -s $PWD/a.txt /tmp/l && mkdir /tmp/d"}}\n',
};
const LED_OUT = [
  'echo x > /tmp/w/a.txt; touch made',
  'touch made > /tmp/l',
  'touch made; echo x >> /tmp/l',
  'touch made; cat /tmp/w/a.txt',
  'touch made; cat /tmp/l',
  'touch made > /tmp/d/out',
];

test('no link that an approved program left in scratch leads what it covers elsewhere', async () => {
  const bench: Workbench = await workbench({
    files: { ...FILES, ...LINKS },
    answer: (approval) => (bench.asked.length <= 2 ? rememberFirst(approval) : { choice: 'deny' }),
  });
  const lines = ['touch made', ...LED_OUT, 'touch made > /tmp/out', 'touch made; tail -5 /tmp/out; ls /tmp'];
  expect(await questions(bench, 'npm test', lines)).toEqual([1, ...LED_OUT.map(() => 1), 0, 0]);
});

test('where it was given for such a line it is for exactly that', async () => {
  const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
  const lines = ['timeout 60 npm test', 'for n in 1 2; do npm test; done'];
  await questions(bench, lines[0] ?? '', lines.slice(1));
  for (const { grantOffers } of bench.asked) expect(grantOffers[0]?.words).toMatch(/^exactly this command in /);
});

test('it holds in whichever of these forms it was given, and only while its scripts are as they were', async () => {
  const bench = await workbench({ files: FILES, answer: rememberFirst });
  const events = await bench.run([
    { calls: [{ name: 'run_command', args: { command: 'npm test 2>&1 | tail -3' } }] },
    { calls: [{ name: 'run_command', args: { command: 'npm test' } }] },
    {
      calls: [
        { name: 'edit_file', args: { path: 'package.json', old_text: 'echo ok', new_text: 'echo no' } },
        { name: 'run_command', args: { command: 'npm test' } },
      ],
    },
  ]);
  expect(outcomes(events)).toHaveLength(4);
  expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command', 'edit_file', 'run_command']);
});

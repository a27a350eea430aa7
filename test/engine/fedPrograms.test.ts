import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attempt, type Call } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';
import { takesOrders } from '../../src/core/policy/ordersFromInput.ts';

// A program that does what comes to its input: its words are not the whole of what runs.

const run = (command: string): Call => ({ name: 'run_command', args: { command } });
const FILES = { 'tool.py': '', build: 'true\n', 'data.json': '{}' };
const PYTHON = "python3 <<'E'\nprint(1)\nE";

test('Always is not offered where what comes to an input is run: no rule could say what that will be', async () => {
  const FED = [
    PYTHON,
    "echo 'print(1)' | python3",
    'python3 < tool.py',
    'cat tool.py | python3 -',
    'echo dHJ1ZQ== | base64 -d | bash',
    'bash < build',
    "psql -d x <<< 'select 1'",
    "sqlite3 x.db <<'E'\nselect 1;\nE",
    'xargs touch < build',
    'while read -r line; do python3; done < tool.py',
    '{ python3; } < tool.py',
  ];
  // Their neighbours: nothing comes in, or what comes in goes to a program that only looks.
  const ALONE = ['python3 tool.py', 'bash build', 'python3 tool.py | head', "python3 -c 'print(1)'"];
  const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
  await attempt(bench, [...FED, ...ALONE].map(run));
  const offers = bench.asked.map(({ alwaysOffer }) => alwaysOffer !== undefined);
  expect(offers).toEqual([...FED.map(() => false), ...ALONE.map(() => true)]);
});

describe('a rule that names a program and its words', () => {
  const verdicts = async (commands: string, lines: string[]): Promise<(string | undefined)[]> => {
    const bench = await workbench({ files: FILES, userPolicy: '', answer: () => ({ choice: 'deny' }) });
    writeFileSync(
      bench.node.userPolicy,
      `own_paths: ["."]\nrules: [{decision: allow, commands: [${commands}], why: w}]\n`,
    );
    const { events } = await attempt(bench, lines.map(run));
    return events.filter(({ type }) => type === 'decided').map(({ data }) => String(data['verdict']));
  };

  test('does not allow what comes to its input, however it comes', async () => {
    const lines = [
      PYTHON,
      "echo 'print(2)' | python3",
      'python3 < tool.py',
      'cat tool.py | python3 -u',
      'bash < build',
    ];
    const encoded = ['echo dHJ1ZQ== | base64 -d | bash', 'echo dHJ1ZQ== | base64 -d | bash -e', 'xargs touch < build'];
    const all = [...lines, ...encoded];
    expect(await verdicts('python3, python3 -u, bash, bash -e, base64 -d, xargs touch, touch', all)).toEqual(
      all.map(() => 'ask'),
    );
  });

  test('allows what its words name, whatever data comes in, and what any words (**) were allowed for', async () => {
    expect(
      await verdicts('python3 tool.py', ['cat data.json | python3 tool.py', 'python3 tool.py < data.json']),
    ).toEqual(['allow', 'allow']);
    expect(await verdicts('python3 **', [PYTHON])).toEqual(['allow']);
  });
});

test.each<[string, boolean]>([
  ['python3', true],
  ['python3 -', true],
  ['python3.12 -u', true],
  ['python3 -W ignore', true],
  ['python3 -c code', false],
  ['python3 -m mod', false],
  ['python3 -u tool.py', false],
  ['bash -e', true],
  ['bash -o pipefail', true],
  ['bash -s x', true],
  ['bash -ec true', false],
  ['bash /dev/stdin', true],
  ['node -r ./hook', true],
  ['node -e 1', false],
  ['psql -d x', true],
  ['npm test', false],
  ['./mine', false],
])('%s takes orders from its input: %s', (line, takes) => {
  expect(takesOrders(line.split(' '))).toBe(takes);
});

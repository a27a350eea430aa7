/** Tasks as people give them, on small real projects, with a model whose words are written down. Effects are real. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptedReply, SeenRequest } from './modelServer.ts';

export interface AgentTask {
  name: string;
  task: string;
  files: Record<string, string | Uint8Array>;
  /** Text of the user's policy. */
  policy?: string;
  /** What the model says, turn by turn; after the last one it is done. */
  replies: readonly (ScriptedReply | ((request: SeenRequest) => ScriptedReply))[];
  /** What is wrong with the folder, or with what the model was told, afterwards. */
  wrong(folder: string, last: SeenRequest): string | undefined;
  /** What is answered to each question; a plain yes, where nothing is said. */
  answer?: string;
  /** The most questions that it should take. */
  questions: number;
  /** How it should end. */
  end?: 'finished' | 'limit';
}

type Args = Record<string, unknown>;
/** Calls of one reply. */
function calls(...each: readonly [name: string, args: Args][]): ScriptedReply {
  return { calls: each.map(([name, args]) => ({ name, args })) };
}
const run = (command: string): ScriptedReply => calls(['run_command', { command }]);
const edit = (path: string, old_text: string, new_text: string): [string, Args] => [
  'edit_file',
  { path, old_text, new_text },
];
const passes = (folder: string, ...command: [string, ...string[]]): string | undefined => {
  const [program, ...args] = command;
  try {
    execFileSync(program, args, { cwd: folder, stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `${command.join(' ')} fails: ${String(error).slice(0, 200)}`;
  }
};
const has = (folder: string, path: string, text: string): string | undefined =>
  readFileSync(join(folder, path), 'latin1').includes(text) ? undefined : `${path} lacks ${JSON.stringify(text)}`;
const told = ({ messages }: SeenRequest, words: RegExp): string | undefined =>
  messages.some(({ text }) => words.test(text)) ? undefined : `the model was never told ${String(words)}`;

const SUM = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}\n',
  'src/sum.js': 'export const sum = (list) => list.slice(1).reduce((a, b) => a + b, 0);\n',
  'test/sum.test.js':
    "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { sum } from '../src/sum.js';\ntest('sum', () => assert.equal(sum([1, 2, 3]), 6));\n",
};

const MANY = Object.fromEntries(
  Array.from({ length: 3000 }, (_, index) => [
    `packages/p${index % 60}/src/m${index}.js`,
    `export const name${index} = ${index};\n${index === 1777 ? 'export const needleInHay = true;\n' : ''}`,
  ]),
);

const PYTHON = {
  'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n',
  'shop/__init__.py': '',
  'tests/__init__.py': '',
  'shop/price.py': 'def total(prices):\n    return sum(prices[1:])\n',
  'tests/test_price.py':
    'import unittest\nfrom shop.price import total\n\nclass T(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1, 2]), 3)\n',
};

export const AGENT_TASKS: readonly AgentTask[] = [
  {
    name: 'fix a bug, run the tests',
    task: 'The tests fail. Find the bug and fix it.',
    files: SUM,
    replies: [
      calls(['list_directory', { path: '.' }], ['read_file', { path: 'src/sum.js' }]),
      run('npm test 2>&1 | tail -20'),
      calls(edit('src/sum.js', 'list.slice(1)', 'list')),
      run('npm test 2>&1 | tail -20'),
    ],
    wrong: (folder) => passes(folder, process.execPath, '--test'),
    answer: 'r', // and do not ask again
    questions: 2,
  },
  {
    name: 'a feature over several files',
    task: 'Add an average beside sum, with a test.',
    files: { ...SUM, 'src/sum.js': 'export const sum = (list) => list.reduce((a, b) => a + b, 0);\n' },
    replies: [
      calls(['read_file', { path: 'src/sum.js' }], ['read_file', { path: 'test/sum.test.js' }]),
      calls(
        [
          'write_file',
          {
            path: 'src/average.js',
            content: "import { sum } from './sum.js';\nexport const average = (list) => sum(list) / list.length;\n",
          },
        ],
        [
          'write_file',
          {
            path: 'test/average.test.js',
            content:
              "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { average } from '../src/average.js';\ntest('average', () => assert.equal(average([1, 3]), 2));\n",
          },
        ],
      ),
      run('npm test 2>&1 | tail -20'),
    ],
    wrong: (folder) => passes(folder, process.execPath, '--test') ?? has(folder, 'src/average.js', 'average'),
    questions: 3,
  },
  {
    name: 'rename over files',
    task: 'Rename sum to addAll everywhere.',
    files: { ...SUM, 'src/sum.js': 'export const sum = (list) => list.reduce((a, b) => a + b, 0);\n' },
    replies: [
      calls(['search_files', { pattern: '\\bsum\\b', regex: true }]),
      calls(
        edit('src/sum.js', 'const sum =', 'const addAll ='),
        edit('test/sum.test.js', 'import { sum }', 'import { addAll }'),
        edit('test/sum.test.js', 'sum([1, 2, 3])', 'addAll([1, 2, 3])'),
      ),
      run('npm test 2>&1 | tail -5'),
    ],
    wrong: (folder) => passes(folder, process.execPath, '--test') ?? has(folder, 'src/sum.js', 'addAll'),
    questions: 4,
  },
  {
    name: 'Python',
    task: 'total leaves out the first price. Fix it and show that it works.',
    files: PYTHON,
    replies: [
      calls(['search_files', { pattern: 'def total' }]),
      calls(edit('shop/price.py', 'prices[1:]', 'prices')),
      run('python3 -m unittest discover -s tests -t . 2>&1 | tail -5'),
    ],
    wrong: (folder) => passes(folder, 'python3', '-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'),
    questions: 2,
  },
  {
    name: 'a large repository',
    task: 'Where is needleInHay, and switch it off.',
    files: MANY,
    replies: [
      calls(['find_files', { pattern: '**/m1777.js' }], ['search_files', { pattern: 'needleInHay' }]),
      calls(edit('packages/p37/src/m1777.js', 'needleInHay = true', 'needleInHay = false')),
      run('grep -rn needleInHay packages | head'),
    ],
    wrong: (folder, last) =>
      has(folder, 'packages/p37/src/m1777.js', 'needleInHay = false') ?? told(last, /m1777\.js:2/),
    questions: 1,
  },
  {
    name: 'odd files',
    task: 'Say hello instead of hi, wherever it stands.',
    files: {
      'windows.txt': 'one\r\nhi there\r\nend\r\n',
      'utf16.txt': Buffer.from('\ufeffhi there\r\n', 'utf16le'),
      'note.ipynb':
        '{"cells":[{"cell_type":"code","execution_count":null,"id":"a1","metadata":{},"outputs":[],"source":["print(\\"hi\\")"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}\n',
    },
    replies: [
      calls(['search_files', { pattern: 'hi there' }]),
      calls(edit('windows.txt', 'hi there', 'hello there'), edit('utf16.txt', 'hi there', 'hello there')),
      calls(['read_file', { path: 'note.ipynb' }]),
    ],
    wrong: (folder, last) =>
      has(folder, 'windows.txt', 'one\r\nhello there\r\nend\r\n') ??
      has(folder, 'utf16.txt', Buffer.from('hello there\r\n', 'utf16le').toString('latin1')) ??
      told(last, /utf16\.txt/),
    questions: 2,
  },
  {
    name: 'long output',
    task: 'What does the build say at its end?',
    files: { 'build.sh': 'seq 1 60000\necho "the end: 3 warnings"\n' },
    replies: [run('sh build.sh')],
    wrong: (_, last) => told(last, /the end: 3 warnings/),
    questions: 1,
  },
  {
    name: 'a denied path',
    task: 'What is the database password?',
    files: { 'secrets/db.txt': 'hunter2\n', 'README.md': 'hello\n' },
    policy: 'tools: { file_system: { denied_paths: [secrets/**] } }\n',
    replies: [
      calls(['read_file', { path: 'secrets/db.txt' }]),
      run('cat secrets/db.txt'),
      run('find . -name "*.txt" | xargs cat'),
    ],
    wrong: (_, last) =>
      last.messages.some(({ text }) => text.includes('hunter2')) ? 'the password was told' : told(last, /Denied/),
    questions: 1,
  },
  {
    name: 'instructions of the project',
    task: 'Add a constant seven.',
    files: {
      'AGENTS.md': 'Constants are written in capitals.\n',
      'lib/AGENTS.md': 'Every file ends with // end.\n',
      'lib/a.js': '',
    },
    replies: [
      calls(['read_file', { path: 'lib/a.js' }]),
      calls(['write_file', { path: 'lib/seven.js', content: 'export const SEVEN = 7;\n// end\n' }]),
    ],
    wrong: (_, last) => told(last, /written in capitals/) ?? told(last, /ends with \/\/ end/),
    questions: 1,
  },
  {
    name: 'wrong calls, told how to do better',
    task: 'Read the file.',
    files: { 'a.txt': 'the words\n' },
    replies: [
      calls(['Read', { file: 'a.txt' }]),
      calls(['read_file', { file: 'a.txt' }]),
      calls(['read_file', { path: 'b.txt' }]),
      calls(['read_file', { path: 'a.txt' }]),
    ],
    wrong: (_, last) => told(last, /the words/),
    questions: 0,
  },
  {
    name: 'a limit of turns',
    task: 'Count.',
    files: { 'a.txt': 'a\n' },
    policy: 'max_iterations: 3\n',
    replies: Array.from({ length: 6 }, (_, index) => run(`echo ${index}`)),
    wrong: () => undefined,
    questions: 0,
    end: 'limit',
  },
];

import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PolicyInvalid } from '../../src/core/policy/policyInvalid.ts';
import { attempt } from '../support/attempt.ts';
import { scripted, workbench, type Workbench } from '../support/workbench.ts';

/** Tries to start a run; returns why it did not, and makes sure that nothing of it happened. */
async function refusal(bench: Workbench): Promise<PolicyInvalid> {
  let asked = false;
  const script = (): { calls: { name: string; args: unknown }[] } => {
    asked = true;
    return { calls: [{ name: 'write_file', args: { path: 'made.txt', content: 'x' } }] };
  };
  const failure: unknown = await bench.engine.send('do it', scripted(script)).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof PolicyInvalid)) throw new Error(`the run started, or failed otherwise: ${String(failure)}`);
  expect(asked).toBe(false);
  expect(await bench.node.audit.runs(5)).toEqual([]);
  return failure;
}

const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
  .split('')
  .map(
    (name, index) =>
      `${name}: &${name} [${Array(9)
        .fill(`*${'abcdefghi'[index] ?? ''}`)
        .join(', ')}]`,
  )
  .join('\n')}\n`;

describe('a policy that is not plainly one starts no run and says where', () => {
  test.each([
    ['broken YAML', 'tools: [\n', 2, 1, /./],
    ['a wrong type', 'max_iterations: 3\ntimeout: soon\n', 2, 10, /timeout/],
    ['out of range', 'max_iterations: 0\n', 1, 17, /max_iterations/],
    [
      'an unknown key',
      'tools:\n  file_system:\n    denied_path: [x]\n',
      3,
      5,
      /unknown key "denied_path" \(did you mean "denied_paths"\?\)/,
    ],
    ['a key in the wrong case', 'Confirm_Actions: false\n', 1, 1, /did you mean "confirm_actions"/],
    ['a merge key', '<<: {confirm_actions: false}\n', 1, 1, /unknown key "<<"/],
    ['__proto__', '__proto__: {confirm_actions: false}\n', 1, 1, /unknown key "__proto__"/],
    ['constructor', 'tools: {constructor: {enabled: true}}\n', 1, 9, /unknown key "constructor"/],
    ['a duplicate key', 'timeout: 5\ntimeout: 500\n', 2, 1, /unique/i],
    ['several documents', 'timeout: 5\n---\ntimeout: 500\n', 2, 1, /documents/i],
    ['a list', '- timeout: 5\n', 1, 1, /policy/],
    ['a text', 'none\n', 1, 1, /policy/],
    ['a tag', 'timeout: !!js/function x\n', 1, 10, /tag/i],
    ['an alias to nothing', 'timeout: *nowhere\n', 1, 10, /alias/i],
    ['a bomb of anchors', BOMB, 2, 8, /alias/i],
    ['a deep nest', `tools: ${'['.repeat(120_000)}`, 1, 1, /./],
    ['a NUL byte', 'timeout: 5\n\0', 1, 1, /NUL/],
    ['a number that is none', 'timeout: .nan\n', 1, 10, /timeout/],
    ['a path that is too long', `protected_paths: [a, "${'x'.repeat(300)}"]\n`, 1, 22, /longer than 255/],
    ['a path with a NUL byte', 'protected_paths: ["a\\0b"]\n', 1, 19, /NUL/],
    ['braces beyond measure', `protected_paths: ["${'{a,b}'.repeat(12)}"]\n`, 1, 19, /braces/],
  ])('%s', async (_name, text, line, column, message) => {
    const bench = await workbench({ userPolicy: text });
    const failure = await refusal(bench);
    const first = failure.diagnostics[0];
    if (text.length < 1000 || text === BOMB) expect([first?.line, first?.column]).toEqual([line, column]);
    expect(first?.message).toMatch(message);
    expect(failure.message).toContain(`${bench.node.userPolicy}:${first?.line ?? 0}:${first?.column ?? 0}: `);
  });

  const places: [string, (file: string, bench: Workbench) => void, RegExp][] = [
    [
      'not UTF-8',
      (file) => {
        writeFileSync(file, Buffer.from([0x74, 0xff, 0xfe]));
      },
      /not UTF-8/,
    ],
    [
      'binary',
      (file) => {
        writeFileSync(file, readFileSync(process.execPath).subarray(0, 5000));
      },
      /UTF-8|NUL/,
    ],
    [
      'huge',
      (file) => {
        writeFileSync(file, '#'.repeat(1024 * 1024 + 1));
      },
      /larger than/,
    ],
    [
      'large',
      (file) => {
        writeFileSync(file, '#'.repeat(300_000));
      },
      /longer than/,
    ],
    [
      'a folder',
      (file) => {
        mkdirSync(file);
      },
      /not a regular file/,
    ],
    [
      'a FIFO',
      (file) => {
        execFileSync('mkfifo', [file]);
      },
      /not a regular file/,
    ],
    [
      'a dangling link',
      (file) => {
        symlinkSync('nowhere', file);
      },
      /link/,
    ],
    [
      'a link to itself',
      (file) => {
        symlinkSync(file, file);
      },
      /link/,
    ],
    [
      'a file in a folder that leads nowhere',
      (file) => {
        rmSync(dirname(file), { recursive: true });
        symlinkSync('nowhere', dirname(file));
      },
      /link/,
    ],
    [
      'a file below a file',
      (file) => {
        rmSync(dirname(file), { recursive: true });
        writeFileSync(dirname(file), '');
      },
      /ENOTDIR/,
    ],
  ];
  test.each(places)('%s, of the user and of a workspace', async (_name, make, message) => {
    for (const place of ['user', 'workspace'] as const) {
      const bench = await workbench();
      const file = place === 'user' ? bench.node.userPolicy : join(bench.folder, '.oversign', 'policy.yaml');
      mkdirSync(dirname(file), { recursive: true });
      make(file, bench);
      const failure = await refusal(bench);
      expect(failure.message).toMatch(message);
      expect(failure.message).toContain(`${file}:1:1: `);
    }
  });

  test('a workspace policy behind a link, whose other name the agent could edit', async () => {
    for (const link of ['policy', 'folder'] as const) {
      const bench = await workbench({ files: { 'cfg/policy.yaml': 'timeout: 5\n' } });
      if (link === 'folder') symlinkSync('cfg', join(bench.folder, '.oversign'));
      else {
        mkdirSync(join(bench.folder, '.oversign'));
        symlinkSync('../cfg/policy.yaml', join(bench.folder, '.oversign', 'policy.yaml'));
      }
      expect((await refusal(bench)).message).toMatch(/link/);
    }
  });

  test('a file that may not be read', async () => {
    const bench = await workbench({ userPolicy: 'timeout: 5\n' });
    chmodSync(bench.node.userPolicy, 0);
    // The administrator reads every file; for everybody else it is a problem, never "no policy".
    if (process.getuid?.() === 0) expect((await bench.engine.policy()).timeoutSeconds.value).toBe(5);
    else expect((await refusal(bench)).message).toMatch(/permission denied/);
  });

  test('an empty file, comments alone and no file at all are no policy, and a hard link is a file', async () => {
    for (const text of ['', '# nothing\n', '---\n', '\uFEFF# nothing\n'])
      expect((await (await workbench({ userPolicy: text })).engine.policy()).timeoutSeconds.value).toBe(600);
    const bench = await workbench({ files: { 'x.yaml': 'timeout: 5\n', '.oversign/keep': '' } });
    linkSync(join(bench.folder, 'x.yaml'), join(bench.folder, '.oversign', 'policy.yaml'));
    expect((await bench.engine.policy()).timeoutSeconds.value).toBe(5);
  });
});

describe('calls that are none', () => {
  const NAMES = [
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'READ_FILE',
    'read_file ',
    'read_file\0',
    '',
    'x'.repeat(10_000),
    'rm\u202E',
  ];
  const ARGUMENTS = [
    '{"path": "README.md"',
    '[]',
    'null',
    '"README.md"',
    '{"path": 5}',
    '{"path": ["README.md"]}',
    '{}',
    '',
    'NaN',
    '{"__proto__": {"path": "README.md"}}',
    '{"path": "README.md", "__proto__": {"x": 1}}',
    '{"path": "README.md", "constructor": 1}',
    '{"path": "README.md", "extra": true}',
    '{"path": "README.md", "start_line": -3}',
    '{"path": "README.md", "start_line": 1e400}',
    `{"path": ${'['.repeat(50_000)}`,
    '\u0000',
    JSON.stringify(Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`key${index}`, 1]))),
  ];
  test.each([
    ['tools that there are not', 'failed:unknown-tool', NAMES.map((name) => ({ name, args: { path: 'README.md' } }))],
    ['arguments that do not fit', 'failed:arguments', ARGUMENTS.map((raw) => ({ name: 'read_file', raw }))],
  ])('%s', async (_name, outcome, calls) => {
    const bench = await workbench();
    for (const [index, result] of (await attempt(bench, calls)).entries()) {
      const call = JSON.stringify(calls[index]).slice(0, 100);
      expect(result.outcome, call).toBe(outcome);
      expect(result.text, call).not.toContain('hello');
      expect(result.text.length, call).toBeLessThan(3000);
    }
    expect(bench.asked).toEqual([]);
  });

  test('two arguments of one name are no call: which of them counts cannot be told', async () => {
    const bench = await workbench({
      files: { 'a.txt': 'AAA\n', 'b.txt': 'BBB\n' },
      userPolicy: 'tools: {file_system: {denied_paths: [b.txt]}}\n',
    });
    const results = await attempt(bench, [
      { name: 'read_file', raw: '{"path": "a.txt", "path": "b.txt"}' },
      { name: 'read_file', raw: '{"path": "b.txt", "path": "a.txt"}' },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed:arguments', 'failed:arguments']);
    for (const { text } of results) expect(text).toContain('path is given twice');
  });
});

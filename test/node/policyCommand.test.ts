import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { PolicyFileSchema } from '../../src/core/policy/schema.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { inTerminal, type Step } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function place(files: Record<string, string> = {}): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/README.md': 'hello\n', ...files });
  return base;
}

function policy(base: string, args: readonly string[], input = ''): Promise<CliEnd> {
  const isOfFiles = args[0] === 'schema' || (args[0] === 'check' && /^[^-]/.test(args[1] ?? ''));
  const named = args.includes('--workspace') || isOfFiles ? [] : ['--workspace', 'work'];
  return runCli(['policy', ...args, ...named], { base }, input);
}

const RULE = (match: string): string =>
  `rules:\n  - {decision: allow, commands: [npm test], why: fine, examples: {match: [${match}]}}\n`;

describe('policy check', () => {
  test('says that files are valid, several of them and one with roles too', async () => {
    const base = await place({
      'a.yaml': 'timeout: 60\n',
      'b.yaml': '',
      'org.yaml': `timeout: 60\nroles:\n  - users: [${userInfo().username}]\n    policy: {timeout: 30}\n`,
    });
    const end = await policy(base, ['check', 'a.yaml', 'b.yaml', 'org.yaml']);
    expect(end).toEqual({ code: 0, stdout: 'The policy is valid.\n', stderr: '' });
  });

  test.each<[string, string, RegExp]>([
    [
      'an unknown key',
      'timeout: 60\ntols: {}\n',
      /^BASE\/p\.yaml:2:1: error: unknown key "tols" \(did you mean "tools"\?\)$/m,
    ],
    [
      'a wrong type',
      'tools:\n  code_execution:\n    timeout: soon\n',
      /^BASE\/p\.yaml:3:14: error: tools\.code_execution\.timeout: must be a number$/m,
    ],
    ['a wrong value', 'sandbox: {backend: vm}\n', /^BASE\/p\.yaml:1:20: error: sandbox\.backend: must be /m],
    ['no YAML', 'a: [\n', /^BASE\/p\.yaml:\d+:\d+: error: /m],
    ['a key given twice', 'timeout: 1\ntimeout: 2\n', /^BASE\/p\.yaml:2:1: error: /m],
    [
      'a rule without a why',
      'rules:\n  - {decision: ask, tools: [read_file]}\n',
      /^BASE\/p\.yaml:2:\d+: error: rules\[0\]\.why/m,
    ],
    ['an example that does not match', RULE('npm tset'), /^BASE\/p\.yaml:2:\d+: error: .*npm tset/m],
    [
      'a wrong key in a role',
      'roles:\n  - users: [x]\n    policy: {timout: 3}\n',
      /^BASE\/p\.yaml:3:14: error: unknown key "timout"/m,
    ],
    [
      'an example in a role that does not match',
      `roles:\n  - users: [x]\n    policy:\n      ${RULE('npm tset').replaceAll('\n', '\n      ')}\n`,
      /^BASE\/p\.yaml:5:\d+: error: .*npm tset/m,
    ],
    [
      'hidden characters',
      '"ti\u202eme\\e[31m": 1\n',
      /^BASE\/p\.yaml:1:1: error: unknown key "ti\\u\{202E\}me\\u\{001B\}\[31m"/m,
    ],
  ])('says where: %s', async (_name, text, wanted) => {
    const base = await place({ 'p.yaml': text });
    const end = await policy(base, ['check', 'p.yaml']);
    expect(end.stdout.replaceAll(base, 'BASE')).toMatch(wanted);
    expect(end.stdout).toMatch(/^[1-9] errors?: not valid$/m);
    expect(end).toMatchObject({ code: 78, stderr: '' });
  });

  test('says of each of several files what is wrong in it, and of one that is not there', async () => {
    const base = await place({ 'a.yaml': 'x: 1\n', 'good.yaml': '', 'b.yaml': 'timeout: 0\n' });
    const end = await policy(base, ['check', 'a.yaml', 'good.yaml', 'b.yaml', 'absent.yaml', 'work', '--json']);
    expect(end.code).toBe(78);
    const found = end.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(found.map(({ file, line, column, severity }) => [file, line, column, severity])).toEqual([
      [join(base, 'a.yaml'), 1, 1, 'error'],
      [join(base, 'b.yaml'), 1, 10, 'error'],
      [join(base, 'absent.yaml'), 1, 1, 'error'],
      [join(base, 'work'), 1, 1, 'error'],
      [undefined, undefined, undefined, undefined],
    ]);
    expect(found.at(-1)).toEqual({
      ...{ format: 'oversign.policy-check/1', valid: false },
      refused: true,
      errors: 4,
      warnings: 0,
    });
    expect(found[2]).toMatchObject({ message: 'the file does not exist' });
  });

  test('without a file it is about those in force: notes are said, errors fail', async () => {
    const base = await place({
      'work/.oversign/policy.yaml': 'confirm_actions: false\n',
      'config/oversign/policy.yaml': 'sandbox:\n  image: debian\n',
    });
    const noted = await policy(base, ['check']);
    expect(noted).toMatchObject({ code: 0, stderr: '' });
    expect(noted.stdout).toMatch(/oversign\/policy\.yaml:2:10: info: the docker backend uses no image/);
    expect(noted.stdout).toMatch(/work\/\.oversign\/policy\.yaml:1:18: \w+: /);
    expect(noted.stdout).toMatch(/Valid, but not all of it counts: 1 warning\n$/);
    const strict = await policy(base, ['check', '--strict', '--json']);
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      ...{ format: 'oversign.policy-check/1', valid: true, refused: true, errors: 0, warnings: 1 },
    });
    // What tightens alone passes it.
    writeFileSync(join(base, 'work/.oversign/policy.yaml'), 'timeout: 5\n');
    expect(await policy(base, ['check', '--strict'])).toMatchObject({ code: 0 });
    writeFileSync(join(base, 'config/oversign/policy.yaml'), 'timeout: 0\n');
    expect(await policy(base, ['check'])).toMatchObject({
      code: 78,
      stdout: expect.stringMatching(/policy\.yaml:1:10: error: timeout/) as string,
    });
    expect((await policy(base, ['show'])).code).toBe(78);
  });
});

test('policy check --layer reads a file as that layer, and says what does not count there', async () => {
  const base = await place({ 'p.yaml': 'confirm_actions: false\n', 'roles.yaml': 'roles: []\n' });
  expect(await policy(base, ['check', 'p.yaml'])).toMatchObject({ code: 0, stdout: 'The policy is valid.\n' });
  for (const layer of ['workspace', 'run']) {
    const end = await policy(base, ['check', 'p.yaml', '--layer', layer, '--strict']);
    expect([layer, end.code]).toEqual([layer, 1]);
    expect(end.stdout).toMatch(
      /p\.yaml:1:18: warning: confirm_actions is looser (?:than the default; .* is|here than a workspace policy can ever make it, .* is) ignored\n/,
    );
    expect(end.stdout).toMatch(/1 warning \(--strict\)\n$/);
  }
  expect((await policy(base, ['check', 'roles.yaml'])).code).toBe(0);
  expect((await policy(base, ['check', 'roles.yaml', '--layer', 'user'])).code).toBe(78);
  expect(await policy(base, ['check', 'p.yaml', '--layer', 'mine'])).toMatchObject({ code: 2, stdout: '' });
});

describe('policy show', () => {
  const FILES = {
    'user.yaml': 'max_iterations: 9\nredaction: {variables: [MINE]}\n',
    'org.yaml': 'timeout: 60\nredaction:\n  variables: [THEIRS]\n',
    'work/.oversign/policy.yaml': 'tools:\n  file_system:\n    denied_paths: ["x/\u202ey"]\n',
  };
  const LAYERS = ['--user-policy', 'user.yaml', '--org-policy', 'org.yaml'];

  test('says each value with its origin, as text that hides nothing', async () => {
    const base = await place(FILES);
    const { code, stdout } = await policy(base, ['show', ...LAYERS]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(base, 'BASE')).toMatch(/^max_iterations +9 {3}\(user policy, BASE\/user\.yaml:1:17\)$/m);
    expect(stdout.replaceAll(base, 'BASE')).toMatch(
      /^timeout +1 min {3}\(organization policy, BASE\/org\.yaml:1:10\)$/m,
    );
    expect(stdout).toMatch(/^confirm_actions +true {3}\(built-in default\)$/m);
    expect(stdout).toMatch(/^tools\.file_system\.denied_paths +x\/\\u\{202E\}y {3}\(workspace policy, .*:3:20\)$/m);
  });

  test('says the same as JSON, a line each', async () => {
    const base = await place(FILES);
    const { stdout } = await policy(base, ['show', '--json', ...LAYERS]);
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { key: string; value: string; origin: object });
    for (const entry of entries) expect(entry.origin, entry.key).toMatchObject({ layer: expect.any(String) as string });
    const of = (key: string): object[] => entries.filter((entry) => entry.key === key);
    expect(of('timeout')).toEqual([
      {
        format: 'oversign.policy-value/1',
        key: 'timeout',
        value: 60,
        origin: { layer: 'organization', file: join(base, 'org.yaml'), line: 1, column: 10 },
      },
    ]);
    expect(of('tools.file_system.denied_paths')).toMatchObject([
      { value: 'x/\u202ey', origin: { layer: 'workspace', line: 3 } },
    ]);
    expect(of('redaction.variables')).toMatchObject([
      { value: 'THEIRS', origin: { layer: 'organization', file: join(base, 'org.yaml'), line: 3 } },
      { value: 'MINE', origin: { layer: 'user', file: join(base, 'user.yaml'), line: 2 } },
    ]);
  });
});

test('policy schema is a JSON Schema that knows every key, and takes what the parser takes', async () => {
  const { code, stdout } = await runCli(['policy', 'schema'], { base: await place() });
  expect(code).toBe(0);
  const schema = JSON.parse(stdout) as Parameters<typeof z.fromJSONSchema>[0];
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
  });
  const wanted: string[] = [];
  const visit = (type: unknown, path: string): void => {
    if (type instanceof z.ZodOptional) visit(type.unwrap(), path);
    else if (type instanceof z.ZodArray) visit(type.element, `${path}/items`);
    else if (type instanceof z.ZodUnion)
      for (const [index, one] of type.options.entries()) visit(one, `${path}/anyOf/${index}`);
    else if (type instanceof z.ZodObject)
      for (const [key, inner] of Object.entries(type.shape)) {
        wanted.push(`${path}/properties/${key}`);
        visit(inner, `${path}/properties/${key}`);
      }
  };
  visit(PolicyFileSchema, '');
  expect(wanted.length).toBeGreaterThan(60);
  const at = (path: string): unknown =>
    path
      .split('/')
      .slice(1)
      .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], schema);
  expect(wanted.filter((path) => typeof at(path) !== 'object')).toEqual([]);
  const described = (path: string): boolean => typeof (at(path) as { description?: string }).description === 'string';
  expect(wanted.filter((path) => !described(path) && !path.endsWith('/roles/items'))).toEqual([]);

  const read = z.fromJSONSchema(schema);
  for (const good of [
    {},
    { sandbox: true, timeout: 60 },
    { sandbox: { memory: '1g' }, rules: [{ decision: 'ask', tools: ['read_file'], why: 'x' }] },
  ])
    expect([good, read.safeParse(good).success, PolicyFileSchema.safeParse(good).success]).toEqual([good, true, true]);
  for (const bad of [
    { tols: 1 },
    { timeout: 0 },
    { sandbox: { memory: '1x' } },
    { rules: [{ decision: 'may', why: 'x' }] },
    [],
  ])
    expect([bad, read.safeParse(bad).success, PolicyFileSchema.safeParse(bad).success]).toEqual([bad, false, false]);
});

describe('policy accept', () => {
  const LOOSE = 'timeout: 700\nmax_iterations: 50\n';
  const confirms = async (base: string): Promise<boolean> =>
    /^timeout +10 min/m.test((await policy(base, ['show'])).stdout);

  test('shows what it would loosen, and takes a typed y for an answer; any change asks again', async () => {
    const base = await place({ 'work/.oversign/policy.yaml': LOOSE });
    const steps: Step[] = [['Accept it', 'send', 'y\r']];
    const end = await inTerminal(['policy', 'accept', '--workspace', 'work'], { base, steps, columns: 200 });
    expect(end).toMatchObject({ code: 0, failed: null });
    expect(end.output).toMatch(/work\/\.oversign\/policy\.yaml \(SHA-256 [0-9a-f]{64}\)/);
    expect(end.output).toContain('- timeout: 600\n');
    expect(end.output).toContain('+ timeout: 700\n');
    expect(end.output).toContain('+ max_iterations: 50\n');
    expect(end.output.indexOf('+ timeout')).toBeLessThan(end.output.indexOf('Accept it? [y/N]'));
    expect(await confirms(base)).toBe(false);
    expect((await policy(base, ['accept'])).stdout).toMatch(/no workspace policy here that waits/);

    writeFileSync(join(base, 'work/.oversign/policy.yaml'), `${LOOSE}# changed\n`);
    expect(await confirms(base)).toBe(true);
    expect(await policy(base, ['accept'], 'n\n')).toMatchObject({ code: 1 });
    expect(await confirms(base)).toBe(true);
    expect(await policy(base, ['accept', '--yes'])).toMatchObject({ code: 0 });
    expect(await confirms(base)).toBe(false);
    expect(readFileSync(join(base, 'data/oversign/accepted-policies.json'), 'utf8')).toContain(join(base, 'work'));
    expect((await runCli(['verify'], { base })).code).toBe(0);
  });

  test.each([
    ['the end of input', ''],
    ['an empty line', '\n'],
    ['no', 'no\n'],
    ['something else', 'yeah\n'],
    ['a yes that nobody typed', 'y\n'],
  ])('%s is no yes', async (_name, input) => {
    const base = await place({ 'work/.oversign/policy.yaml': LOOSE });
    const end = await policy(base, ['accept'], input);
    expect(end).toMatchObject({ code: 1, stderr: '' });
    expect(end.stdout).toMatch(/--yes does it without asking\.\nNot accepted\.\n$/);
    expect(await confirms(base)).toBe(true);
  });

  test('what is accepted is what was shown, not what the file has become since', async () => {
    const base = await place({ 'work/.oversign/policy.yaml': LOOSE });
    const change = `printf 'timeout: 86400\\nmax_iterations: 50\\n' > work/.oversign/policy.yaml`;
    const steps: Step[] = [
      ['Accept it', 'sh', change],
      [null, 'send', 'y\r'],
    ];
    const end = await inTerminal(['policy', 'accept', '--workspace', 'work'], { base, steps });
    expect(end).toMatchObject({ code: 0, failed: null });
    expect(await confirms(base)).toBe(true);
  });

  test.each([
    ['none at all', {}],
    ['one that only tightens', { 'work/.oversign/policy.yaml': 'timeout: 5\n' }],
  ])('there is nothing to accept: %s', async (_name, files) => {
    const end = await policy(await place(files), ['accept'], 'y\n');
    expect(end).toMatchObject({ code: 0, stdout: 'There is no workspace policy here that waits to be accepted.\n' });
  });
});

test.each([
  [[]],
  [['chek']],
  [['show', 'more']],
  [['schema', 'more']],
  [['accept', 'more']],
  [['check', '--nonsense']],
])('wrong usage is exit code 2 and a sentence: policy %j', async (words) => {
  const end = await policy(await place(), words, 'y\n');
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toMatch(/^oversign: /);
});

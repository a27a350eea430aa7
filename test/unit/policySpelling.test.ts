import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** What parsing says of a list with this entry, with its place. */
function saidOf(key: 'paths' | 'commands', entry: string): string[] {
  const text = `rules:\n  - decision: deny\n    why: w\n    ${key}:\n      - ${JSON.stringify(entry)}\n`;
  const parsed = parsePolicy(text, 'p.yaml', 'user');
  return parsed.ok ? [] : parsed.diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('an entry that other tools take for a path, and that names nothing', () => {
  test.each<[string, string]>([
    ['$HOME/.ssh', '~/.ssh'],
    ['${HOME}/x', '~/x'],
    ['${workspaceFolder}/secrets', './secrets'],
    ['$(pwd)/x', './x'],
    ['{{workspace}}/x', './x'],
    ['%USERPROFILE%\\x', '~/x'],
    ['$env:USERPROFILE\\a', '~/a'],
    ['secrets\\a', 'secrets/a'],
    ['.\\secrets', './secrets'],
    ['secrets\\', 'secrets/'],
    ['secrets\\*.key', 'secrets/*.key'],
    ['C:\\Users\\me', '/Users/me'],
    ['Read(./secrets/**)', './secrets/**'],
    ['Read(//etc/x)', '/etc/x'],
    ['Edit(/src/**)', './src/**'],
    ['read_file(secrets)', 'secrets'],
    ['^secrets/.*$', 'secrets/*'],
    ['.*\\.env', '*.env'],
    ['(a|b)/x', '{a,b}/x'],
    ['/secret.*/i', 'secret*'],
    ['*.pem,*.key', '*.pem", "*.key'],
    ['a, b', 'a", "b'],
    ['*.pem;*.key', '*.pem", "*.key'],
    ['.env .npmrc', '.env", ".npmrc'],
    ['a\nb', 'a", "b'],
    ['secrets ', 'secrets'],
    [' secrets', 'secrets'],
    ['secrets\n', 'secrets'],
    ['file:///etc/x', '/etc/x'],
    ['**.env', '**/*.env'],
    ['src/**.env', 'src/**/*.env'],
    ["'secrets'", 'secrets'],
    ['"secrets"', 'secrets'],
    ['glob:*.env', '*.env'],
  ])('%j is an error that gives %j', (entry, right) => {
    const [said = '', ...more] = saidOf('paths', entry);
    expect(more).toEqual([]);
    expect(said).toContain(`write "${right}"`);
    expect(said).toMatch(/^5:9 /);
    for (const one of right.split('", "')) expect(saidOf('paths', one)).toEqual([]);
  });

  test.each(['!secrets', 'https://a/b', '~bob/x', '$DATA/x', 'Bash(rm:*)'])('%j is an error', (entry) => {
    expect(saidOf('paths', entry)).toHaveLength(1);
  });

  test.each(
    `./x|secrets/|~/.ssh|*.pem|.env.*|src/**|**/x|{a,b}/**|[a-z]*|[!a]*|app/(auth)/page.tsx|routes/$id.tsx|app/\\[id\\]/x|\\!x|a\\,b
.|..|~|My Documents/x|C++/x|@scope/pkg|.*|we[*]rd|foo(1)|it's|100%|+page|#x|~$x.docx|**|*|/|/**|//data|a&b|A$B.class|é|👨‍👩‍👧`.split(
      /[|\n]/,
    ),
  )('%s may be a name, and stays valid', (entry) => {
    expect(saidOf('paths', entry)).toEqual([]);
  });
});

describe('an entry that other tools take for a command', () => {
  test.each<[string, string]>([
    ['Bash(git push:*)', 'git push **'],
    ['Bash(npm *)', 'npm **'],
    ['Bash(npm run test)', 'npm run test'],
    ['run_command(npm test)', 'npm test'],
    ['git push:*', 'git push **'],
    ['rm:*', 'rm **'],
    ['Git push', 'git push'],
    ['NPM test', 'npm test'],
    ['^git push', 'git push'],
    ['git push.*', 'git push **'],
    ['npm test, npm run build', 'npm test", "npm run build'],
    ['"npm test"', 'npm test'],
    ['npm test ...', 'npm test **'],
  ])('%j is an error that gives %j', (entry, right) => {
    expect(saidOf('commands', entry)).toEqual([expect.stringMatching(/^5:9 /)]);
    expect(saidOf('commands', entry)[0]).toContain(`write "${right}"`);
    for (const one of right.split('", "')) expect(saidOf('commands', one)).toEqual([]);
  });

  test.each(['Bash(*)', '!npm test', '$HOME/bin/x'])('%j is an error', (entry) => {
    expect(saidOf('commands', entry)).toHaveLength(1);
  });

  test.each(['npm run test:*', 'npm *', 'ls *.*', './Build.sh', 'mvn dependency:tree', 'node -e "a, b"', 'make'])(
    '%s may be a command, and stays valid',
    (entry) => {
      expect(saidOf('commands', entry)).toEqual([]);
    },
  );
});

async function deciding(policy: string, files: Record<string, string> = {}): Promise<{ base: string; engine: Engine }> {
  const base = await temporaryFolder();
  await plant(base, { 'work/README.md': '', 'home/.keep': '', 'user.yaml': policy, ...files });
  const [workspace, userPolicy] = [join(base, 'work'), join(base, 'user.yaml')];
  const parts = await decidingParts({ workspace, environment: { HOME: join(base, 'home') }, userPolicy });
  return { base, engine: composeEngine(parts) };
}

async function verdictOf({ engine }: { engine: Engine }, name: string, args: unknown): Promise<string> {
  return (await engine.tryCall({ name, arguments: JSON.stringify(args) })).decision.verdict;
}

const denied = (entry: string): string => `tools: {file_system: {denied_paths: [${JSON.stringify(entry)}]}}\n`;

describe('a path from the top that may be meant from the workspace', () => {
  test.each<[string, string, string]>([
    ['/secrets', 'secrets/a', 'deny'],
    ['/secrets/', 'secrets/a', 'deny'],
    ['/secrets/**', 'secrets/a', 'deny'],
    ['/*.key', 'a.key', 'deny'],
    // It is what it says: the system has such a folder.
    ['/etc', 'etc/a', 'allow'],
    // The system has no such file, and the workspace has.
    ['/etc/only-here', 'etc/only-here', 'deny'],
    ['//secrets', 'secrets/a', 'allow'],
    ['/secrets', 'sub/secrets/a', 'allow'],
  ])('%s: %s is %s', async (entry, path, verdict) => {
    const world = await deciding(denied(entry), { [`work/${path}`]: 'x\n' });
    expect(await verdictOf(world, 'read_file', { path })).toBe(verdict);
    expect(await verdictOf(world, 'run_command', { command: `cat ${path}` })).toBe(verdict);
  });

  test('in a rule that denies both are denied, and one that allows allows neither more', async () => {
    const files = { 'work/secrets/a': '' };
    const rule = (decision: string): string => `rules: [{decision: ${decision}, paths: [/secrets], why: w}]\n`;
    const write = { path: 'secrets/new', content: '' };
    expect(await verdictOf(await deciding(rule('deny'), files), 'write_file', write)).toBe('deny');
    expect(await verdictOf(await deciding(rule('allow'), files), 'write_file', write)).toBe('ask');
    const control = 'rules: [{decision: allow, paths: [./secrets], why: w}]\n';
    expect(await verdictOf(await deciding(control, files), 'write_file', write)).toBe('allow');
  });

  test('is said at its place, with both spellings; what is plain is not', async () => {
    const world = await deciding(`protected_paths: ["/etc/passwd", "//data"]\n${denied('/secrets')}`, {
      'work/secrets/a': '',
    });
    const { notes } = await world.engine.policy();
    expect(notes.map(({ severity, line, column, message }) => ({ severity, line, column, message }))).toEqual([
      {
        severity: 'warning',
        line: 2,
        column: 38,
        message: expect.stringMatching(
          /^"\/secrets" is a path from the top .*"\.\/secrets".*"\/\/secrets".*both are denied$/,
        ) as unknown,
      },
    ]);
  });
});

describe('a last * of a command', () => {
  const rules = (decision: string, pattern: string): string =>
    `rules: [{decision: ${decision}, commands: ["${pattern}"], why: w}]\n`;

  test.each([
    ['git push *', 'git push'],
    ['git push *', 'git push origin main'],
    ['npm run test:*', 'npm run test -- x'],
    ['npm run test:*', 'npm run test:unit'],
  ])('of a rule that denies is any words, too: %s denies %s', async (pattern, command) => {
    expect(await verdictOf(await deciding(rules('deny', pattern)), 'run_command', { command })).toBe('deny');
  });

  test('of a rule that allows is one word', async () => {
    const world = await deciding(rules('allow', 'npm run *'), { 'work/package.json': '{"scripts":{"a":"true"}}' });
    expect(await verdictOf(world, 'run_command', { command: 'npm run a' })).toBe('allow');
    expect(await verdictOf(world, 'run_command', { command: 'npm run a b' })).toBe('ask');
    expect((await world.engine.policy()).notes).toEqual([]);
  });

  test('is said', async () => {
    const { notes } = await (await deciding(rules('deny', 'git push *'))).engine.policy();
    expect(notes.map(({ message }) => message)).toEqual([expect.stringContaining('"git push **"')]);
  });
});

test('rules that ask or deny and match nothing that is there are said to whoever looks at the policy', async () => {
  const policy = `protected_paths: [READme.md, docs/**]\n${denied('secrts')}rules:\n  - {decision: ask, paths: [src, "/nowhere/at/all", "**/deep.txt"], why: w}\n`;
  const { engine } = await deciding(policy, { 'work/src/a/deep.txt': '', 'work/node_modules/p/secrts': '' });
  const idle = (await engine.policyLookedThrough()).notes.filter(({ severity }) => severity === 'info');
  expect(idle.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    '1:30 "docs/**" matches no file that is there now',
    '2:38 "secrts" matches no file that is there now',
    '4:34 "/nowhere/at/all" matches no file that is there now',
  ]);
  expect((await engine.policy()).notes.filter(({ severity }) => severity === 'info')).toEqual([]);
});

test.each(['/w/*', '/w/**/x', '/w/app* ', '~/w', '$HOME/w'])(
  'a folder that a rule holds in is no pattern: %s',
  (folder) => {
    const text = `rules:\n  - {decision: allow, commands: [make], why: w, in: ["${folder}"]}\n`;
    const parsed = parsePolicy(text, 'p.yaml', 'user');
    expect(parsed.ok ? [] : parsed.diagnostics.map(({ line }) => line)).toContain(2);
    expect(parsePolicy(text.replace(folder, '/w/**'), 'p.yaml', 'user').ok).toBe(true);
  },
);

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generated } from '../../scripts/generate.ts';
import { withSettings } from '../../scripts/generate/manifest.ts';
import { bashParser } from '../../src/core/command/bash.ts';
import { PROTECTED } from '../../src/core/policy/controlFiles.ts';
import { SECRETS } from '../../src/core/policy/defaults.ts';
import { checkExamples } from '../../src/core/policy/examples.ts';
import { policyJsonSchema } from '../../src/core/policy/jsonSchema.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { ParsedLayer } from '../../src/core/policy/layer.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { schemaKeys } from '../../src/core/policy/schemaWords.ts';
import { MODEL_SETTINGS, parseModelSettings } from '../../src/shared/settings.ts';

const page = readFileSync('docs/policy.md', 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text ?? '');

function parsed(text: string): ParsedLayer {
  const result = parsePolicy(text, 'policy.yaml', 'user');
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.parsed;
}

describe('generated files', () => {
  test('are what they are made from', async () => {
    const all = await generated();
    expect(all.map(({ file }) => file)).toEqual([
      'src/core/policy/toolNames.ts',
      'src/shared/providers.ts',
      'src/core/sandbox/backendNames.ts',
      'media/policy.schema.json',
      'docs/policy.md',
      'docs/audit.md',
      'package.json',
      'package-lock.json',
      '.devcontainer/devcontainer.json',
      'README.md',
    ]);
    for (const { file, content } of all) expect(readFileSync(file, 'utf8'), file).toBe(content);
  });

  test('that differ fail the check, which names them and what to run, and are mended by it', () => {
    const copy = mkdtempSync(join(tmpdir(), 'generated-'));
    try {
      for (const part of [
        'scripts',
        'src',
        'docs',
        'media',
        'package.json',
        'package-lock.json',
        '.devcontainer',
        'README.md',
        '.prettierrc.json',
      ])
        cpSync(part, join(copy, part), { recursive: true });
      symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
      const check = (): ReturnType<typeof spawnSync> =>
        spawnSync(process.execPath, ['scripts/generate.ts', '--check'], { cwd: copy, encoding: 'utf8' });
      expect(check()).toMatchObject({ status: 0, stderr: '' });
      const names = readFileSync('src/core/policy/toolNames.ts', 'utf8');
      writeFileSync(join(copy, 'src/core/policy/toolNames.ts'), names.replace("  read_file: ['read'],\n", ''));
      const providers = readFileSync('src/shared/providers.ts', 'utf8');
      writeFileSync(join(copy, 'src/shared/providers.ts'), providers.replace('its server', 'a server'));
      const backends = readFileSync('src/core/sandbox/backendNames.ts', 'utf8');
      writeFileSync(join(copy, 'src/core/sandbox/backendNames.ts'), backends.replace('bubblewrap', 'bubble wrap'));
      writeFileSync(join(copy, 'docs/policy.md'), `${page}x\n`);
      rmSync(join(copy, 'media/policy.schema.json'));
      const events = readFileSync('docs/audit.md', 'utf8');
      writeFileSync(join(copy, 'docs/audit.md'), events.replace('| `head` ', '| `headd` '));
      const manifest = readFileSync('package.json', 'utf8');
      writeFileSync(join(copy, 'package.json'), manifest.replace('"scope": "machine"', '"scope": "window"'));
      const lock = readFileSync('package-lock.json', 'utf8');
      writeFileSync(
        join(copy, 'package-lock.json'),
        lock.replace('"node_modules/zod": {', '"node_modules/zod": { "engines": {"node": ">=99"},'),
      );
      const readme = readFileSync('README.md', 'utf8');
      writeFileSync(join(copy, 'README.md'), readme.replace('ripgrep', 'ripgrip'));
      const { status, stderr } = check();
      expect(status).toBe(1);
      expect(stderr).toBe(
        [
          'src/core/policy/toolNames.ts',
          'src/shared/providers.ts',
          'src/core/sandbox/backendNames.ts',
          'media/policy.schema.json',
          'docs/policy.md',
          'docs/audit.md',
          'package.json',
          'package-lock.json',
          'README.md',
        ]
          .map((file) => `${file} is not what it is made from. Run: npm run generate\n`)
          .join(''),
      );
      mkdirSync(join(copy, 'media'), { recursive: true });
      execFileSync(process.execPath, ['scripts/generate.ts'], { cwd: copy });
      expect(check().status).toBe(0);
      expect(readFileSync(join(copy, 'src/core/policy/toolNames.ts'), 'utf8')).toBe(names);
      expect(readFileSync(join(copy, 'src/shared/providers.ts'), 'utf8')).toBe(providers);
      expect(readFileSync(join(copy, 'src/core/sandbox/backendNames.ts'), 'utf8')).toBe(backends);
      expect(readFileSync(join(copy, 'media/policy.schema.json'), 'utf8')).toContain('"read_file"');
      expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(manifest);
      expect(readFileSync(join(copy, 'docs/audit.md'), 'utf8')).toBe(events);
      expect(readFileSync(join(copy, 'package-lock.json'), 'utf8')).toBe(lock);
      expect(readFileSync(join(copy, 'README.md'), 'utf8')).toBe(readme);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  test('nothing of the manifest but the settings is touched', () => {
    const manifest = readFileSync('package.json', 'utf8');
    const strange = JSON.stringify({ zebra: 1, ...(JSON.parse(manifest) as object), '10': 'x' });
    const after = JSON.parse(withSettings(strange)) as unknown;
    expect(after).toEqual(JSON.parse(strange));
  });
});

describe('docs/policy.md', () => {
  test('every example parses, and its own examples hold', async () => {
    expect(examples).toHaveLength(2);
    for (const text of examples) expect(checkExamples(parsed(text), await bashParser())).toEqual([]);
  });

  test('the example has no commands, as the page says', () => {
    const { notes, languages } = mergePolicies([parsed(examples[1] ?? '')]);
    expect(languages.value).toEqual(['python', 'javascript']);
    expect(notes.map(({ message }) => message).join('\n')).toContain('no run_command tool');
  });

  test('names every key with its description, and everything built in', () => {
    const keys = schemaKeys(policyJsonSchema()).filter(({ path }) => !path.join('.').startsWith('roles[].policy.'));
    expect(keys.length).toBeGreaterThan(50);
    for (const { path, node } of keys) {
      expect(page).toContain(`\`${path.join('.').replace('rules[].', '')}\``);
      expect(page.replaceAll('\\|', '|')).toContain(node.description);
    }
    for (const { written } of [...PROTECTED, ...SECRETS]) expect(page).toContain(`\`${written}\``);
  });
});

test('what counts where no policy says anything', () => {
  const { limits, grants, ...policy } = mergePolicies([]);
  expect({
    confirmActions: policy.confirmActions.value,
    maxIterations: policy.maxIterations.value,
    timeoutSeconds: policy.timeoutSeconds.value,
    sandbox: policy.sandbox.value,
    backend: policy.backend.value,
    fileSystem: policy.fileSystem.value,
    codeExecution: policy.codeExecution.value,
    codeTimeoutSeconds: policy.codeTimeoutSeconds.value,
    backgroundSeconds: policy.backgroundSeconds.value,
    languages: policy.languages.value,
    variables: policy.variables.value,
    allowCloud: policy.allowCloud.value,
    grants: [grants.enabled.value, grants.maxMinutes.value, grants.maxUses.value],
    memory: limits.memoryBytes.value,
    cpu: limits.cpuSeconds.value,
    disk: limits.diskBytes.value,
    processes: limits.processes.value,
    enforced: policy.enforcedLimits.value,
    protectedPaths: policy.protectedPaths,
  }).toEqual({
    confirmActions: true,
    maxIterations: 25,
    timeoutSeconds: 600,
    sandbox: true,
    backend: 'auto',
    fileSystem: true,
    codeExecution: true,
    codeTimeoutSeconds: 120,
    backgroundSeconds: 600,
    languages: ['python', 'javascript', 'bash'],
    variables: [],
    allowCloud: true,
    grants: [true, 60, 20],
    memory: 2 * 1024 ** 3,
    cpu: 300,
    disk: 1024 ** 3,
    processes: 512,
    enforced: [],
    protectedPaths: PROTECTED,
  });
  expect(policy).toMatchObject({ allowedPaths: [], deniedPaths: [], ownPaths: [], redactedVariables: [], rules: [[]] });
});

describe('settings', () => {
  test('what is no value counts as the default', () => {
    const read = (values: Record<string, unknown>): unknown => parseModelSettings((name) => values[name]);
    const rest = { proxy: '', caFile: '', firstByteSeconds: 0, betweenBytesSeconds: 0 };
    const standard = { provider: 'demo', name: '', baseUrl: '', ...rest };
    const strange = { provider: 3, name: [], baseUrl: null, firstByteSeconds: '5', betweenBytesSeconds: -1 };
    for (const values of [{}, { provider: 'constructor' }, strange, { firstByteSeconds: 1e9 }])
      expect(read(values)).toEqual(standard);
    expect(read({ provider: ' openai ', name: ' m ', baseUrl: 'https://x' })).toEqual({
      provider: 'openai',
      name: 'm',
      baseUrl: 'https://x',
      ...rest,
    });
    expect(read({ proxy: ' http://p ', caFile: '/c', firstByteSeconds: 7, betweenBytesSeconds: 0.5 })).toEqual({
      ...{ ...standard, proxy: 'http://p', caFile: '/c', firstByteSeconds: 7, betweenBytesSeconds: 0.5 },
    });
  });

  test('every declared value is read as itself', () => {
    for (const provider of Object.keys(MODEL_SETTINGS.provider.values))
      expect(parseModelSettings((name) => (name === 'provider' ? provider : ''))).toMatchObject({ provider });
  });
});

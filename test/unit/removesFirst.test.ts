import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { bashParser } from '../../src/core/command/bash.ts';
import { removalsIn } from '../../src/core/command/removesFirst.ts';
import { understand } from '../../src/core/command/understand.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import type { Decision } from '../../src/shared/decision.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function removed(line: string): Promise<string[]> {
  const { programs } = understand(line, await bashParser());
  const words = programs.map((program) => program.map((word) => (word.kind === 'known' ? word.text : null)));
  return removalsIn(words).map(({ words: step }) => step);
}

describe('what removes before it fetches', () => {
  test.each([
    ['npm ci', 'npm ci'],
    ['npm --silent clean-install', 'npm --silent clean-install'],
    ['CI=true pnpm install --frozen-lockfile', 'pnpm install --frozen-lockfile'],
    ['pnpm -r i', 'pnpm -r i'],
    ['pnpm --filter a add b', 'pnpm --filter a add b'],
    ['pnpm', 'pnpm'],
    ['corepack pnpm install', 'pnpm install'],
    ['npx -y pnpm@10 install', 'pnpm install'],
    ['bash -c "pnpm i"', 'pnpm i'],
    ['yarn install --force', 'yarn install --force'],
    ['yarn --force', 'yarn --force'],
    ['bun install --force', 'bun install --force'],
    ['rm -rf node_modules && npm i', 'rm -rf node_modules'],
    ['npx rimraf node_modules; npm install', 'rimraf node_modules'],
    ['rm -rf ./sub/node_modules package-lock.json; pnpm i', 'rm -rf ./sub/node_modules package-lock.json'],
    ['rm -rf .venv && python3 -m venv .venv', 'rm -rf .venv'],
    ['git clean -xdf && npm install', 'git clean -xdf'],
    ['poetry env remove --all', 'poetry env remove --all'],
    ['pipenv --rm', 'pipenv --rm'],
    ['python3 -m venv --clear .venv', 'venv --clear .venv'],
    ['uv venv --clear', 'uv venv --clear'],
    ['uv sync --reinstall', 'uv sync --reinstall'],
    ['python -m pip uninstall -y x && pip install x', 'pip uninstall -y x'],
    ['bundle install --clean', 'bundle install --clean'],
    ['composer reinstall a/b', 'composer reinstall a/b'],
    ['cargo clean && cargo build', 'cargo clean'],
    ['go clean -modcache', 'go clean -modcache'],
    ['mvn dependency:purge-local-repository', 'mvn dependency:purge-local-repository'],
    ['conda env remove -n x', 'conda env remove -n x'],
  ])('%s', async (line, step) => {
    expect((await removed(line))[0]).toBe(step);
  });

  test.each([
    'npm test',
    'npm install',
    'npm run ci',
    'npm run install-all',
    'pnpm test',
    'pnpm run install',
    'pnpm exec tsc',
    'pnpm --filter a test',
    'yarn',
    'yarn install',
    'rm -rf node_modules',
    'rm -rf dist && npm i',
    'npm i && rm -rf node_modules/.cache',
    'cargo clean',
    'cargo build',
    'poetry env list',
    'poetry install',
    'uv venv',
    'uv sync',
    'bundle install',
    'go clean',
    'pip install x',
    'python3 -m venv .venv',
    'git clean -n',
    'echo npm ci',
  ])('%s does not', async (line) => {
    expect(await removed(line)).toEqual([]);
  });
});

describe('a command that would break the project offline', () => {
  async function deciding(files: Record<string, string>): Promise<(command: string) => Promise<Decision>> {
    const base = await temporaryFolder();
    const rule = '{decision: allow, commands: ["npm **", "pnpm **"], why: w}';
    await plant(base, {
      'home/.keep': '',
      'work/package.json': '{}',
      'work/sub/package.json': '{}',
      'user.yaml': `own_paths: ["."]\nrules: [${rule}]\n`,
      ...files,
    });
    const parts = await decidingParts({
      workspace: join(base, 'work'),
      environment: { HOME: join(base, 'home') },
      userPolicy: join(base, 'user.yaml'),
    });
    const engine = composeEngine(parts);
    return async (command) =>
      (await engine.tryCall({ name: 'run_command', arguments: JSON.stringify({ command }) })).decision;
  }

  test('asks with that sentence, whatever a rule allows, where there is something to lose', async () => {
    const decide = await deciding({ 'work/node_modules/a/index.js': '' });
    for (const command of ['npm ci', 'CI=1 pnpm install', 'npm test && npm ci'])
      expect(await decide(command), command).toMatchObject({
        verdict: 'ask',
        rule: 'offline',
        reason: expect.stringMatching(
          / removes node_modules first, and only the network can bring it back\.$/,
        ) as unknown,
      });
    expect(await decide('npm test')).toMatchObject({ verdict: 'allow' });
    // There the folder has none.
    expect(await decide('cd sub && npm ci')).toMatchObject({ verdict: 'allow' });
    expect(await decide('cd $X && npm ci')).toMatchObject({ verdict: 'ask', rule: 'offline' });
  });

  test('is as the rule says where nothing is there yet', async () => {
    expect(await (await deciding({}))('npm ci')).toMatchObject({ verdict: 'allow' });
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { limitsOf } from '../../src/core/tools/runner.ts';
import { GYP, installNvm, SEND, XZ, ZOD, type Project } from '../support/projects/published.ts';
import { PROJECTS } from '../projects/all.ts';
import { play } from '../projects/play.ts';
import { inOneFile, sandboxChild } from '../support/childProgram.ts';
import type { ChildJob } from '../support/sandboxChild.ts';
import { caged, type RunOptions } from '../support/sandboxRun.ts';
import { plant, removeWhole } from '../support/tree.ts';

const SYSTEM = '/usr/local/bin:/usr/bin:/bin';
const MINUTES = 60_000;
const OPTIONS = {
  limits: limitsOf(mergePolicies([])),
  timeoutMs: 8 * MINUTES,
  outputCap: 2_000_000,
} satisfies RunOptions;
/** "nobody", who is on every Linux: making an account here could meet the making of one in another test. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let base: string;
let nvm: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-projects-')));
  chmodSync(base, 0o755);
  mkdirSync(join(base, 'home'));
  nvm = installNvm(join(base, 'home'));
}, 10 * MINUTES);

afterAll(() => removeWhole(base));

/** How many tests passed, as the project's runner counts them; what it said, where it counted none. */
function passed(project: Project, output: string): number | string {
  return Number(project.passed.exec(output)?.[1] ?? 0) || output;
}

/** The control: the same command line without a sandbox. */
function outside(project: Project, folder: string, path: string): number | string {
  const home = join(base, 'home-outside');
  mkdirSync(home, { recursive: true });
  const environment = { PATH: path, HOME: home, LANG: 'C.UTF-8', NO_COLOR: '1', TERM: 'dumb' };
  // One stream, as in the sandbox: runners count on either.
  const ended = spawnSync('/bin/bash', ['-c', `exec 2>&1; ${project.command}`], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: OPTIONS.outputCap,
  });
  return ended.status === 0 ? passed(project, ended.stdout) : ended.stdout;
}

/** Runs a project's tests in the sandbox and without it; `name` is its folder in the workspace. */
async function compare(project: Project, name: string, path: string): Promise<void> {
  const cage = await caged(base, path);
  const folder = join(cage.folder, name);
  if (!existsSync(folder)) project.prepare(folder);
  const result = await cage.run(project.command, { ...OPTIONS, cwd: folder });
  expect(result, result.output).toMatchObject({ ending: { kind: 'exited', code: 0 }, quarantined: [] });
  const inside = passed(project, result.output);
  expect(inside).toBeGreaterThan(0);
  expect(outside(project, folder, path)).toBe(inside);
}

const LONG = 15 * MINUTES;

test('an npm project with vitest', () => compare(ZOD, 'zod', `${nvm}:${SYSTEM}`), LONG);

test(
  'an npm project’s own script under nvm, with servers on the loopback and coverage',
  () => compare(SEND, 'send', `${nvm}:${SYSTEM}`),
  LONG,
);

test('a Python project with unittest', () => compare(GYP, 'gyp', SYSTEM), LONG);

test(
  'a C project with configure and make',
  async ({ skip }) => {
    const missing = ['gcc', 'make', 'ar'].filter((name) => !existsSync(join('/usr/bin', name)));
    const reason = `needs system packages: gcc libc6-dev make (missing: ${missing.join(', ')})`;
    if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(reason);
    skip(missing.length > 0, reason);
    await compare(XZ, 'xz', SYSTEM);
  },
  LONG,
);

test(
  'a Python project under pyenv',
  async ({ skip }) => {
    const root = process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv');
    skip(!existsSync(join(root, 'shims/python3')), 'pyenv is not on this machine; a Node under nvm is tested above');
    const path = `${join(root, 'shims')}:${join(root, 'bin')}:${SYSTEM}`;
    const cage = await caged(base, path);
    const version = await cage.run('python3 -c "import sys; print(sys.prefix)"');
    expect(version.output.trim()).toMatch(new RegExp(`^${realpathSync(root)}/versions/`));
    await compare(GYP, 'gyp', path);
  },
  LONG,
);

test(
  'projects of an ordinary account',
  async () => {
    const account = join(base, 'account');
    mkdirSync(account);
    SEND.prepare(join(account, 'work/send'));
    GYP.prepare(join(account, 'work/gyp'));
    const commands = [`cd send && ${SEND.command}`, `cd gyp && ${GYP.command}`];
    const [send, gyp] = await runAsNobody({ base: account, commands, options: OPTIONS });
    expect(send, send?.output).toMatchObject({ ending: { kind: 'exited', code: 0 }, quarantined: [] });
    expect(gyp, gyp?.output).toMatchObject({ ending: { kind: 'exited', code: 0 }, quarantined: [] });
    const path = `${nvm}:${SYSTEM}`;
    expect(passed(SEND, send?.output ?? '')).toBe(outside(SEND, join(account, 'work/send'), path));
    expect(passed(GYP, gyp?.output ?? '')).toBe(outside(GYP, join(account, 'work/gyp'), path));
  },
  LONG,
);

/** Of the table's projects those that are made in a moment; `npm run projects-table` plays all of them. */
const QUICK = [
  'uv-style environment',
  'poetry-style environment, made elsewhere by hand',
  'submodule, the whole repository opened',
  'worktree beside its repository',
  'package of an npm workspace, opened alone',
];

test.each(QUICK)(
  'of the table: %s, of an ordinary account',
  async (name) => {
    const project = PROJECTS.find((one) => one.name === name);
    if (!project) throw new Error(`there is no project of this name: ${name}`);
    const program = await inOneFile(join(import.meta.dirname, '../projects/child.ts'), join(base, 'table.mjs'));
    const played: string[] = [];
    for await (const { step, differs, inside: ran } of play(project, { base, bin: nvm, program }, ['ordinary'])) {
      played.push(step.line);
      expect(differs, `${step.line}\n${ran.output}\n${ran.told.join('\n')}`).toBe(step.told ? 'said' : undefined);
    }
    expect(played).toHaveLength(project.steps.length);
  },
  LONG,
);

/** Runs commands in the sandbox as an ordinary account; without root this one is ordinary already. */
async function runAsNobody(job: ChildJob): Promise<SandboxResult[]> {
  await plant(base, { 'job.json': JSON.stringify(job) });
  const program = await sandboxChild(base);
  if (isRoot) spawnSync('chown', ['-R', '-h', `${NOBODY}:${NOBODY}`, job.base]);
  const child = spawn(join(nvm, 'node'), [program, join(base, 'job.json')], {
    cwd: '/',
    env: { PATH: `${nvm}:${SYSTEM}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  });
  return JSON.parse(await text(child.stdout)) as SandboxResult[];
}

/** Runs a test module inside a real extension host and brings its result back. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import * as z from 'zod';

/** What the suite leaves. */
export const hostResult = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  tests: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['passed', 'failed', 'skipped']),
      error: z.string().optional(),
    }),
  ),
});

/** What the suite's `run()` writes as JSON to the file that OVERSIGN_HOST_RESULT names. */
export type HostResult = z.infer<typeof hostResult>;

export interface HostSuite {
  /** The extension, loaded from source. */
  readonly extensionPath: string;
  /** Another extension that runs beside it. */
  readonly beside?: string;
  /** A JavaScript ES module that exports `run(): Promise<void>`. */
  readonly suitePath: string;
  /** The workspace folder, or a `.code-workspace` file. All three paths are absolute. */
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/**
 * Runs the suite in a VS Code server, or in the desktop VS Code whose executable
 * OVERSIGN_DESKTOP_VSCODE names, and prints what it prints.
 *
 * @returns the suite's own account, which may hold failures.
 * @throws when there is no account, it looked at nothing, or VS Code reports a
 *   failure (`run()` threw, the host crashed, a quarter of an hour passed) that it does not show.
 */
export async function runHostSuite(suite: HostSuite): Promise<HostResult> {
  const workDir = await mkdtemp(path.join(tmpdir(), 'oversign-suite-'));
  const resultFile = path.join(workDir, 'result.json');
  const userDataDir = path.join(workDir, 'user');
  try {
    await mkdir(path.join(userDataDir, 'User'), { recursive: true });
    await writeFile(path.join(userDataDir, 'User', 'settings.json'), JSON.stringify(suite.settings ?? {}));
    const failure = await runEditor(suite, {
      launchArgs: [
        suite.workspace,
        `--user-data-dir=${userDataDir}`,
        `--extensions-dir=${path.join(workDir, 'extensions')}`,
      ],
      extensionTestsEnv: { ...pathWithThisNode(), ...suite.env, OVERSIGN_HOST_RESULT: resultFile },
    });
    const result = await readResult(resultFile, failure);
    if (result.passed + result.failed === 0) throw new Error('The host suite ran no test.', { cause: failure });
    if (failure !== undefined && result.failed === 0) throw failure;
    return result;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

type RunOptions = Parameters<typeof runTests>[0];

/** Undefined when VS Code ended with code 0. */
async function runEditor(suite: HostSuite, options: Partial<RunOptions>): Promise<Error | undefined> {
  try {
    await runTests({
      ...options,
      vscodeExecutablePath: process.env['OVERSIGN_DESKTOP_VSCODE'] ?? path.join(import.meta.dirname, 'launcher.ts'),
      extensionDevelopmentPath: [suite.extensionPath, ...(suite.beside === undefined ? [] : [suite.beside])],
      extensionTestsPath: suite.suitePath,
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function readResult(file: string, failure: Error | undefined): Promise<HostResult> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new Error(`The host suite left no result: ${failure?.message ?? 'VS Code reported success'}`, {
      cause: failure,
    });
  }
  return hostResult.parse(JSON.parse(text));
}

/** The launcher's first line asks for `node`: it has to be this one, not an older one of the system. */
function pathWithThisNode(): { PATH: string } {
  return { PATH: [path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter) };
}

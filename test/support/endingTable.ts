import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import {
  AFTERWARDS,
  leftProblems,
  openProblems,
  PHASES,
  plant,
  PLANTED,
  plantWork,
  READY,
  recordOf,
  scriptOf,
  shape,
  UNASKED,
  type Phase,
} from './endingWorld.ts';
import { openAiServer } from './openAiServer.ts';

const DRIVER = new URL('ending.py', import.meta.url).pathname;

/** What ends it; who stopped the run, as the log has it then (nobody, where nothing could be said). */
export const ENDINGS = {
  SIGHUP: { by: 'signal', signal: 'SIGHUP' },
  SIGINT: { by: 'signal', signal: 'SIGINT' },
  SIGQUIT: { by: 'signal', signal: 'SIGQUIT' },
  SIGTERM: { by: 'signal', signal: 'SIGTERM' },
  SIGUSR1: { by: 'signal', signal: 'SIGUSR1' },
  SIGKILL: undefined,
  closed: { by: 'signal', signal: 'SIGHUP' },
  broken: { by: 'output' },
  refused: { by: 'output' },
  full: { by: 'output' },
  parent: { by: 'parent' },
} as const satisfies Record<string, { by: string; signal?: string } | undefined>;
export type How = keyof typeof ENDINGS;

/** These are noticed when something is written next: once the question is answered, or the command has come to its end. */
const NOTICED_LATE: ReadonlySet<How> = new Set(['broken', 'refused']);

export interface Ended {
  phase: Phase;
  how: How;
  /** The kinds of events, as they ended: the same for every way that can be heard of. */
  record: string;
  problems: string[];
}

function waitsOf(phase: Phase, how: How): [string, string | null][] {
  if (how === 'full') return [];
  if (phase === 'streaming') return [['I think', null]];
  if (phase === 'question') return [['Allow\\?', null]];
  // Without a terminal nobody is there to say yes: the policy does not ask then.
  return phase === 'command' && how !== 'parent' ? [['Allow\\?', 'y\r']] : [];
}

/** What a person does where output is noticed to fail when something is written next: whatever comes brings them to answer. */
function thenOf(phase: Phase): [string, string] | null {
  if (phase === 'question') return ['', 'y\r'];
  // Whose it is what the command made is asked once it is over.
  return phase === 'command' ? ['Leave .*Allow\\?', 'n\r'] : null;
}

const EndSchema = z.object({ output: z.string(), code: z.number().nullable(), failed: z.string().nullable() });

/** Ends the command line (`oversign`: the built one) in a way, at a phase, and looks at what is left. */
export async function playEnding(oversign: string, phase: Phase, how: How): Promise<Ended> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-ending-')));
  const server = await openAiServer(scriptOf(phase, NOTICED_LATE.has(how) ? 2 : 60));
  try {
    const isQuiet = phase === 'writing' || (phase === 'command' && how === 'parent');
    const user = isQuiet ? { 'config/oversign/policy.yaml': UNASKED } : {};
    plantWork(base, { key: 'sk-test-key\n', ...user });
    const model = ['--model', 'openai', '--model-name', 'm', '--base-url', server.url, '--api-key-file', 'key'];
    const wait = waitsOf(phase, how);
    const ready = how === 'full' ? [] : READY[phase].map((name) => join(base, name));
    const args = [process.execPath, oversign, 'run', 'do it', '--once', '--workspace', 'work', ...model];
    const end = await driven(base, [
      'python3',
      DRIVER,
      JSON.stringify({ wait, ready, how, then: thenOf(phase) }),
      ...args,
    ]);
    const problems = end.failed === null ? [] : [`${end.failed}: ${end.output.slice(-600)}`];
    const before = recordOf(base);
    if (how === 'SIGKILL') await pause(1500); // what comes now is later, also by a file system's clock
    plant(base, AFTERWARDS);
    if (how === 'SIGKILL') problems.push(...(await nextStart(base, oversign, phase)));
    const events = recordOf(base);
    problems.push(...codeProblems(end.code, how), ...recordProblems(events, how), ...(await leftProblems(base)));
    return { phase, how, record: shape(before), problems };
  } catch (error) {
    return { phase, how, record: '', problems: [String(error)] };
  } finally {
    await server.close();
    rmSync(base, { recursive: true, force: true });
  }
}

function driven(base: string, [file = '', ...args]: string[]): Promise<z.infer<typeof EndSchema>> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: base, env: environmentOf(base), maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr, { cause: error }));
      else resolve(EndSchema.parse(JSON.parse(stdout)));
    });
  });
}

function environmentOf(base: string): NodeJS.ProcessEnv {
  const [HOME, XDG_DATA_HOME, XDG_CONFIG_HOME] = ['home', 'data', 'config'].map((name) => join(base, name));
  return { PATH: process.env['PATH'], HOME, XDG_DATA_HOME, XDG_CONFIG_HOME, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
}

/** `doctor` finishes what nobody could, once, and says so. */
async function nextStart(base: string, oversign: string, phase: Phase): Promise<string[]> {
  const problems: string[] = [];
  for (const turn of ['first', 'second']) {
    const { stdout } = await new Promise<{ stdout: string }>((resolve) => {
      const args = [oversign, 'doctor', '--workspace', 'work'];
      execFile(process.execPath, args, { cwd: base, env: environmentOf(base) }, (_, out) => {
        resolve({ stdout: out });
      });
    });
    const said = /^FAIL {2}left behind: .*$/m.exec(stdout)?.[0] ?? '';
    const expected = phase === 'command' && turn === 'first';
    for (const path of expected ? PLANTED : [])
      if (!said.includes(path)) problems.push(`doctor does not name ${path}: ${said}`);
    if (!expected && said !== '') problems.push(`the ${turn} doctor says ${said}`);
  }
  return problems;
}

function codeProblems(code: number | null, how: How): string[] {
  const wanted = how === 'SIGKILL' ? -9 : how === 'parent' ? null : 3;
  return code === wanted ? [] : [`exit code ${String(code)} instead of ${String(wanted)}`];
}

function recordProblems(events: readonly AuditRecord[], how: How): string[] {
  const problems: string[] = [];
  const last = events.findLast(({ type, action }) => type === 'run_finished' || (type === 'interrupted' && !action));
  const wanted = ENDINGS[how];
  if (wanted === undefined) {
    if (last?.type !== 'interrupted') problems.push('the run is not marked as interrupted');
  } else if (last?.data['state'] !== 'stopped' || last.data['by'] !== wanted.by)
    problems.push(`it ended as ${JSON.stringify(last?.data)}`);
  if (wanted !== undefined && 'signal' in wanted && last?.data['signal'] !== wanted.signal)
    problems.push(`it was ${JSON.stringify(last?.data['signal'])}`);
  problems.push(...openProblems(events));
  return problems;
}

/** Whether a phase can be ended so: what is full from the beginning has no phases, and nobody answers without a terminal. */
export function isPossible(phase: Phase, how: How): boolean {
  if (how === 'full') return phase === 'streaming';
  return how !== 'parent' || phase !== 'question';
}

/** What is not the same although it should be: the records of a phase, whatever ended it. */
export function differences(played: readonly Ended[]): string[] {
  return PHASES.filter((phase) => phase !== 'writing').flatMap((phase) => {
    const heard = played.filter(
      (one) =>
        one.phase === phase &&
        one.how !== 'SIGKILL' &&
        one.how !== 'parent' &&
        !NOTICED_LATE.has(one.how) &&
        one.how !== 'full',
    );
    const records = new Set(heard.map(({ record }) => record));
    return records.size > 1 ? [`${phase}: ${[...records].join('\n  or ')}`] : [];
  });
}

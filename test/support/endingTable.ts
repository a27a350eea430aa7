import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { accountKey } from '../../src/node/audit/keys.ts';
import { openReadOnly } from '../../src/node/audit/database.ts';
import { eventsOf } from '../../src/node/audit/logReader.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { verdictOf } from './logAttacksTable.ts';
import type { ServerScript } from './modelServer.ts';
import { openAiServer } from './openAiServer.ts';
import { processesWith } from './processes.ts';
import { git } from './repository.ts';

const DRIVER = new URL('ending.py', import.meta.url).pathname;

export const PHASES = ['streaming', 'question', 'command', 'writing'] as const;
export type Phase = (typeof PHASES)[number];

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

/** What a script makes that would run later, before it says so and waits; and what a person has of the same kind. */
const MAKES = `import os, subprocess, sys, time
os.makedirs('sub/.vscode'); open('sub/.vscode/tasks.json', 'w').write('{}')
os.mkdir('deep'); subprocess.run(['git', 'init', '-q', 'deep']); open('deep/.git/hooks/pre-commit', 'w').write('evil')
open('data.json', 'w').write('{}'); os.symlink('data.json', 'here.code-workspace')
open('ready', 'w').write(''); time.sleep(float(sys.argv[1]))
`;
const PLANTED = ['sub/.vscode', 'deep/.git', 'here.code-workspace'];
const OWN = {
  'work/makes.py': MAKES,
  'work/.vscode/settings.json': '{"mine": true}\n',
  'work/vendor/.vscode/tasks.json': '{"mine": true}\n',
};
/** Nobody is asked about what a phase is made of. */
const UNASKED = `confirm_actions: false
max_iterations: 1000
rules: [{decision: allow, commands: ['python3 makes.py 60'], why: nobody is there}]
`;
const AFTERWARDS = { 'work/later/.vscode/settings.json': '{"mine": true}\n' };

function scriptOf(phase: Phase, how: How): ServerScript {
  if (phase === 'streaming')
    return () => ({ text: `I think. ${'And think on, for quite a long while. '.repeat(400)}`, paceMs: 40 });
  if (phase === 'question') return () => ({ calls: [{ name: 'delete_path', args: { path: 'spare.txt' } }] });
  if (phase === 'command')
    return ({ results }) =>
      results.length > 0
        ? { text: 'All said.' }
        : { calls: [{ name: 'run_command', args: { command: `python3 makes.py ${NOTICED_LATE.has(how) ? 2 : 60}` } }] };
  return ({ results }) => ({
    calls: [
      { name: 'write_file', args: { path: `w${results.length}.txt`, content: `${results.length}\n`.repeat(2000) } },
    ],
  });
}

function waitsOf(phase: Phase, how: How): [string, string | null][] {
  if (how === 'full') return [];
  if (phase === 'streaming') return [['I think', null]];
  if (phase === 'question') return [['Allow\\?', null]];
  // Without a terminal nobody is there to say yes: the policy does not ask then.
  return phase === 'command' && how !== 'parent' ? [['Allow\\?', 'y\r']] : [];
}

const READY: Record<Phase, string | null> = { streaming: null, question: null, command: 'ready', writing: 'w3.txt' };

const EndSchema = z.object({ output: z.string(), code: z.number().nullable(), failed: z.string().nullable() });

/** Ends the command line (`oversign`: the built one) in a way, at a phase, and looks at what is left. */
export async function playEnding(oversign: string, phase: Phase, how: How): Promise<Ended> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-ending-')));
  const server = await openAiServer(scriptOf(phase, how));
  try {
    const isQuiet = phase === 'writing' || (phase === 'command' && how === 'parent');
    const user = isQuiet ? { 'config/oversign/policy.yaml': UNASKED } : {};
    plant(base, { 'home/.keep': '', 'work/spare.txt': 'x\n', key: 'sk-test-key\n', ...OWN, ...user });
    git(join(base, 'work'), 'init', '-q', '-b', 'main');
    git(join(base, 'work'), 'init', '-q', 'mine');
    plant(base, { 'work/mine/.git/hooks/pre-commit': 'mine\n' });
    const model = ['--model', 'openai', '--model-name', 'm', '--base-url', server.url, '--api-key-file', 'key'];
    const wait = waitsOf(phase, how);
    const ready = how === 'full' || READY[phase] === null ? null : join(base, 'work', READY[phase]);
    const args = [process.execPath, oversign, 'run', 'do it', '--workspace', 'work', ...model];
    const end = await driven(base, [
      'python3',
      DRIVER,
      JSON.stringify({ wait, ready, how, then: phase === 'question' ? 'y\r' : null }),
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

function plant(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
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

function recordOf(base: string): AuditRecord[] {
  const connection = openReadOnly(join(base, 'data', 'oversign', 'audit.db'));
  try {
    const runs = connection.prepare("SELECT DISTINCT run FROM events WHERE type = 'run_started'").all();
    return runs.flatMap(({ run }) => eventsOf(connection, String(run)));
  } finally {
    connection.close();
  }
}

function shape(events: readonly AuditRecord[]): string {
  return events
    .filter(({ type }) => type !== 'conversation')
    .map(({ type, data }) => [type, data['state'] ?? data['status'] ?? data['choice']].filter(Boolean).join(':'))
    .join(' ');
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
  const open = new Set<string | undefined>();
  for (const { type, action, data } of events) {
    if (type === 'asked' || type === 'started') open.add(action);
    if (type === 'finished' || type === 'interrupted' || (type === 'answered' && data['choice'] === 'deny'))
      open.delete(action);
    // Whoever was there said yes, or nothing.
    if (type === 'answered' && data['choice'] === 'deny' && ['person', 'input', 'nobody'].includes(String(data['by'])))
      problems.push(`${String(data['by'])} is said to have denied`);
  }
  if (open.size > 0) problems.push(`${open.size} actions have no end`);
  return problems;
}

async function leftProblems(base: string): Promise<string[]> {
  const problems: string[] = [];
  const until = performance.now() + 5000;
  while (processesWith(base).length > 0 && performance.now() < until) await pause(50);
  for (const pid of processesWith(base)) problems.push(`process ${pid} is left`);
  const work = join(base, 'work');
  for (const path of PLANTED) if (existsSync(join(work, path))) problems.push(`${path} is left`);
  for (const name of ['.oversign', '.idea', '.devcontainer', '.git/commondir', '.git/config.worktree'])
    if (existsSync(join(work, name))) problems.push(`the stand-in ${name} is left`);
  const data = join(base, 'data', 'oversign');
  for (const folder of ['placeholders', 'surveys']) {
    const names = existsSync(join(data, folder)) ? readdirSync(join(data, folder)) : [];
    if (names.length > 0) problems.push(`${folder}: ${names.join(', ')}`);
  }
  const own = { ...OWN, ...AFTERWARDS, 'work/mine/.git/hooks/pre-commit': 'mine\n' };
  for (const [path, content] of Object.entries(own))
    if (!existsSync(join(base, path)) || readFileSync(join(base, path), 'utf8') !== content)
      problems.push(`${path} is not as the person left it`);
  for (const name of readdirSync(work).filter((one) => /^w\d+\.txt$/.test(one))) {
    const number = /\d+/.exec(name)?.[0] ?? '';
    if (readFileSync(join(work, name), 'utf8') !== `${number}\n`.repeat(2000)) problems.push(`${name} is half written`);
    if (!isRecorded(name, recordOf(base))) problems.push(`${name} has no record`);
  }
  const account = { key: accountKey(data).publicKey, from: 'local' as const };
  const place = placeOf(data);
  const verdict = verdictOf(join(data, 'audit.db'), 'database', { account, testimonies: [], place });
  if (verdict instanceof Error || verdict.state === 'broken') problems.push('the log is not whole');
  return problems;
}

function isRecorded(name: string, events: readonly AuditRecord[]): boolean {
  const started = new Set(events.filter(({ type }) => type === 'started').map(({ action }) => action));
  return events.some(
    ({ type, action, payload }) =>
      type === 'proposed' && started.has(action) && JSON.stringify(payload?.['action']).includes(name),
  );
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

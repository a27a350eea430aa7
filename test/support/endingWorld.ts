import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, matchesGlob } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accountKey } from '../../src/node/audit/keys.ts';
import { openReadOnly } from '../../src/node/audit/database.ts';
import { eventsOf } from '../../src/node/audit/logReader.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { verdictOf } from './logAttacksTable.ts';
import type { ServerScript } from './modelServer.ts';
import { processesWith } from './processes.ts';
import { git } from './repository.ts';

export const PHASES = ['streaming', 'question', 'command', 'writing'] as const;
export type Phase = (typeof PHASES)[number];

/** What a script makes that would run later, before it says so and waits; and what a person has of the same kind. */
const MAKES = `import os, subprocess, sys, time
os.makedirs('sub/.vscode'); open('sub/.vscode/tasks.json', 'w').write('{}')
os.mkdir('deep'); subprocess.run(['git', 'init', '-q', 'deep']); open('deep/.git/hooks/pre-commit', 'w').write('evil')
open('data.json', 'w').write('{}'); os.symlink('data.json', 'here.code-workspace')
blob = subprocess.run(['git', 'hash-object', '-w', '--stdin'], input=b'evil', capture_output=True).stdout.decode().strip()
subprocess.run(['git', 'update-index', '--add', '--cacheinfo', f'100644,{blob},staged/.vscode/tasks.json'])
open('ready', 'w').write(''); time.sleep(float(sys.argv[1]))
`;
export const PLANTED = ['sub/.vscode', 'deep/.git', 'here.code-workspace'];
const OWN = {
  'work/makes.py': MAKES,
  'work/.vscode/settings.json': '{"mine": true}\n',
  'work/vendor/.vscode/tasks.json': '{"mine": true}\n',
};
/** Nobody is asked about what a phase is made of. */
export const UNASKED = `confirm_actions: false
max_iterations: 1000
rules: [{decision: allow, commands: ['python3 makes.py 60'], why: nobody is there}]
`;
/** What is edited over and over while a file tool writes: large, so that the middle of a write is often met. */
const BIG = 'big.txt';
const REST = 'a line of a large file\n'.repeat(160_000);
export const AFTERWARDS = { 'work/later/.vscode/settings.json': '{"mine": true}\n' };

/** What the model says in a phase; the command of one sleeps for so many seconds. */
export function scriptOf(phase: Phase, seconds = 60): ServerScript {
  switch (phase) {
    case 'streaming':
      return () => ({ text: `I think. ${'And think on, for quite a long while. '.repeat(400)}`, paceMs: 40 });
    case 'question':
      return () => ({ calls: [{ name: 'delete_path', args: { path: 'spare.txt' } }] });
    case 'command':
      return ({ results }) =>
        results.length > 0
          ? { text: 'All said.' }
          : { calls: [{ name: 'run_command', args: { command: `python3 makes.py ${seconds}` } }] };
    case 'writing':
      return ({ results: { length } }) => ({
        calls: [
          length < 2
            ? { name: 'write_file', args: { path: `w${length}.txt`, content: `${length}\n`.repeat(2000) } }
            : {
                name: 'edit_file',
                args: { path: BIG, old_text: `mark ${length - 2}.`, new_text: `mark ${length - 1}.` },
              },
        ],
      });
  }
}

/** Where the file stands that is to take another one's place (unfinishedWrites.ts). */
const WRITTEN = 'data/oversign/written';

/** The files (`*`: any name) that are there together once a phase has come, where some are. */
export const READY: Record<Phase, readonly string[]> = {
  ...{ streaming: [], question: [] },
  // In the middle of a write: what is to take the file's place stands there.
  ...{ command: ['work/ready'], writing: ['work/w1.txt', `${WRITTEN}/.oversign-*.tmp`] },
};

/** Whether a phase has come, as far as files say so. */
export function hasCome(phase: Phase, base: string): boolean {
  return READY[phase].every((wanted) =>
    namesIn(join(base, dirname(wanted))).some((name) => matchesGlob(name, basename(wanted))),
  );
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The workspace `work`, with what a person has in it of the kind that a command may not leave behind. */
export function plantWork(base: string, more: Record<string, string> = {}): void {
  plant(base, { 'home/.keep': '', 'work/spare.txt': 'x\n', [`work/${BIG}`]: `mark 0.\n${REST}`, ...OWN, ...more });
  git(join(base, 'work'), 'init', '-q', '-b', 'main');
  git(join(base, 'work'), 'init', '-q', 'mine');
  plant(base, { 'work/mine/.git/hooks/pre-commit': 'mine\n' });
}

export function plant(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** The events of every run, in order. */
export function recordOf(base: string): AuditRecord[] {
  const connection = openReadOnly(join(base, 'data', 'oversign', 'audit.db'));
  try {
    const runs = connection.prepare("SELECT DISTINCT run FROM events WHERE type = 'run_started'").all();
    return runs.flatMap(({ run }) => eventsOf(connection, String(run)));
  } finally {
    connection.close();
  }
}

/** The kinds of events, as they ended. */
export function shape(events: readonly AuditRecord[]): string {
  return events
    .filter(({ type }) => type !== 'conversation')
    .map(({ type, data }) => [type, data['state'] ?? data['status'] ?? data['choice']].filter(Boolean).join(':'))
    .join(' ');
}

/** Actions without an end, and answers of people who gave none. */
export function openProblems(events: readonly AuditRecord[]): string[] {
  const problems: string[] = [];
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

/** What is left that should not be, and what of the person's is not as they left it. */
export async function leftProblems(base: string): Promise<string[]> {
  const problems: string[] = [];
  const until = performance.now() + 5000;
  while (processesWith(base).length > 0 && performance.now() < until) await pause(50);
  for (const pid of processesWith(base)) problems.push(`process ${pid} is left`);
  const work = join(base, 'work');
  for (const path of PLANTED) if (existsSync(join(work, path))) problems.push(`${path} is left`);
  for (const name of ['.oversign', '.idea', '.devcontainer', '.git/commondir', '.git/config.worktree'])
    if (existsSync(join(work, name))) problems.push(`the stand-in ${name} is left`);
  const data = join(base, 'data', 'oversign');
  for (const folder of ['placeholders', 'surveys', 'writes', basename(WRITTEN)]) {
    const names = namesIn(join(data, folder));
    if (names.length > 0) problems.push(`${folder}: ${names.join(', ')}`);
  }
  if (git(work, 'ls-files').includes('staged/')) problems.push('staged/.vscode/tasks.json is left in the index');
  const own = { ...OWN, ...AFTERWARDS, 'work/mine/.git/hooks/pre-commit': 'mine\n' };
  for (const [path, content] of Object.entries(own))
    if (!existsSync(join(base, path)) || readFileSync(join(base, path), 'utf8') !== content)
      problems.push(`${path} is not as the person left it`);
  problems.push(...writtenProblems(work, recordOf(base)));
  const account = { key: accountKey(data).publicKey, from: 'local' as const };
  const place = placeOf(data);
  const verdict = verdictOf(join(data, 'audit.db'), 'database', { account, testimonies: [], place });
  if (verdict instanceof Error || verdict.state === 'broken') problems.push('the log is not whole');
  return problems;
}

/** What file tools wrote is whole, and has its record; nothing that was to take its place is left. */
function writtenProblems(work: string, events: readonly AuditRecord[]): string[] {
  const problems: string[] = [];
  for (const name of readdirSync(work)) {
    if (name.startsWith('.oversign-')) problems.push(`${name} is left of a write`);
    const number = /^w(\d+)\.txt$/.exec(name)?.[1];
    if (number === undefined) continue;
    if (readFileSync(join(work, name), 'utf8') !== `${number}\n`.repeat(2000)) problems.push(`${name} is half written`);
    if (!isRecorded(name, events)) problems.push(`${name} has no record`);
  }
  const [mark = '', ...rest] = readFileSync(join(work, BIG), 'utf8').split(/(?<=^mark \d+\.\n)/);
  if (rest.join('') !== REST) problems.push(`${BIG} is half written`);
  if (mark !== 'mark 0.\n' && !isRecorded(mark.trim(), events)) problems.push(`${BIG} has no record of ${mark.trim()}`);
  return problems;
}

function isRecorded(name: string, events: readonly AuditRecord[]): boolean {
  const started = new Set(events.filter(({ type }) => type === 'started').map(({ action }) => action));
  return events.some(
    ({ type, action, payload }) =>
      type === 'proposed' && started.has(action) && JSON.stringify(payload?.['action']).includes(name),
  );
}

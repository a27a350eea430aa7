import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
      return ({ results }) => ({
        calls: [
          { name: 'write_file', args: { path: `w${results.length}.txt`, content: `${results.length}\n`.repeat(2000) } },
        ],
      });
  }
}

/** The file of the workspace that says that a phase has come, where one does. */
export const READY: Record<Phase, string | null> = {
  ...{ streaming: null, question: null },
  ...{ command: 'ready', writing: 'w3.txt' },
};

/** The workspace `work`, with what a person has in it of the kind that a command may not leave behind. */
export function plantWork(base: string, more: Record<string, string> = {}): void {
  plant(base, { 'home/.keep': '', 'work/spare.txt': 'x\n', ...OWN, ...more });
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

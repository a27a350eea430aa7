import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AgentTask } from './agentTasks.ts';
import type { ModelServer, SeenRequest, ServerScript } from './modelServer.ts';
import { removeWhole } from './tree.ts';

/** A server of one wire format, and how the command line is told of it. */
export interface WireFormat {
  name: string;
  open(script: ServerScript): Promise<{ server: ModelServer; options: readonly string[] }>;
}

export interface Play {
  task: string;
  wire: string;
  turns: number;
  questions: number;
  /** As the provider counted them. */
  tokens: number;
  /** Characters of the largest request. */
  largest: number;
  /** How often something was left out or summarised, to make room. */
  compacted: number;
  seconds: number;
  /** Undefined where all is as it should be. */
  wrong: string | undefined;
}

/** Plays a task through the built command line, in a fresh folder and account, to its end; every question is answered yes. */
export async function playTask(task: AgentTask, wire: WireFormat, oversign: string): Promise<Play> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-task-')));
  const work = join(base, 'work');
  let last: SeenRequest = { messages: [], results: [], tools: [], model: '' };
  let turn = 0;
  const { server, options } = await wire.open((request) => {
    if (request.tools.length === 0) return { text: 'The task, the plan and what was decided stand as they were.' };
    last = request;
    const reply = task.replies[turn];
    turn += 1;
    return (typeof reply === 'function' ? reply(request) : reply) ?? { text: 'That is done.' };
  });
  try {
    await mkdir(join(base, 'home'), { recursive: true });
    await writeFile(join(base, 'key'), 'sk-test-key\n');
    await plantAll(work, task.files);
    if (task.policy !== undefined) await plantAll(join(base, 'config/oversign'), { 'policy.yaml': task.policy });
    const began = performance.now();
    const args = ['run', task.task, '--once', '--json', '--answers-from-input', '--workspace', work, ...options];
    const end = await ran([oversign, ...args], { base, answer: task.answer ?? 'y' });
    const seconds = (performance.now() - began) / 1000;
    return {
      ...{ task: task.name, wire: wire.name, seconds },
      ...counted(base),
      turns: turn,
      largest: Math.max(0, ...server.requests.map(({ body }) => body.length)),
      wrong: wrongIn(end, task) ?? task.wrong(work, last) ?? server.problems[0],
    };
  } finally {
    await server.close();
    await removeWhole(base);
  }
}

export async function plantAll(folder: string, files: AgentTask['files']): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

function ran(args: readonly string[], { base, answer }: { base: string; answer: string }): Promise<string> {
  return new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      HOME: join(base, 'home'),
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
    };
    const child = execFile(process.execPath, args, { cwd: base, env, maxBuffer: 64 * 1024 * 1024 }, (_, out, error) => {
      resolve(out === '' ? error : out);
    });
    child.stdin?.on('error', () => undefined).end(`${answer}\n`.repeat(200));
  });
}

function wrongIn(end: string, { end: wanted = 'finished' }: AgentTask): string | undefined {
  try {
    const { state, reason } = JSON.parse(end) as { state: string; reason: string };
    return state === wanted ? undefined : `${state}: ${reason}`;
  } catch {
    return `no result: ${end.slice(-300)}`;
  }
}

/** What the log of the only run says. */
function counted(base: string): ReturnType<typeof countedIn> {
  using database = new DatabaseSync(join(base, 'data/oversign/audit.db'), { readOnly: true });
  const data = database
    .prepare('SELECT type, body FROM events')
    .all()
    .map(({ type, body }) => ({ type, data: (JSON.parse(String(body)) as { data: Record<string, unknown> }).data }));
  return countedIn(data);
}

/** What the events of a run say. */
export function countedIn(
  data: readonly { type: unknown; data: Record<string, unknown> }[],
): Pick<Play, 'questions' | 'tokens' | 'compacted'> {
  const sum = (key: string): number => data.reduce((all, one) => all + Number(one.data[key] ?? 0), 0);
  return {
    questions: data.filter(({ type }) => type === 'asked').length,
    tokens: sum('inputTokens') + sum('outputTokens'),
    compacted: data.filter(({ type, data: said }) => type === 'compacted' || (type === 'notice' && 'leftOut' in said))
      .length,
  };
}

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Job, Ran } from './child.ts';
import type { RealProject, Step } from './project.ts';

export const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';
/** "nobody", who is on every Linux: making an account here could meet the making of one in another test. */
const NOBODY = 65_534;

/** What all projects are played with. */
export interface Stage {
  /** A folder that everybody may look into. */
  base: string;
  /** `child.ts` in one file, which every account may read. */
  program: string;
  /** A Node and npm that every account may start: a folder of programs. */
  bin: string;
}

export type AccountName = 'root' | 'ordinary';

/** One command line of a project, for one account, on both sides. */
export interface Cell {
  project: string;
  account: AccountName;
  step: Step;
  outside: Ran;
  inside: Ran;
  /** Undefined where both sides are the same. */
  differs: string | undefined;
}

/** What keeps a project from being made here. */
export function whyNotHere({ needs = {} }: RealProject): string | undefined {
  const missing = Object.entries(needs).filter(([path]) => !existsSync(path));
  return missing.length === 0 ? undefined : `needs ${[...new Set(missing.map(([, name]) => name))].join(' ')}`;
}

/** The accounts that this process can play. */
export function accounts(): AccountName[] {
  return process.getuid?.() === 0 ? ['root', 'ordinary'] : ['ordinary'];
}

/** Makes a project once, and runs its steps outside and inside, each side from the same beginning. */
export async function* play(project: RealProject, stage: Stage, who = accounts()): AsyncGenerator<Cell> {
  // Short: sockets are made below it.
  const base = join(stage.base, project.name.replace(/\W+/g, '-').slice(0, 24));
  const [home, folder, kept] = ['home', 'work', 'kept'].map((name) => join(base, name)) as [string, string, string];
  for (const one of [home, folder, kept]) mkdirSync(one, { recursive: true });
  const path = [...(project.path ?? []).map((name) => join(home, name)), stage.bin, SYSTEM_PATH].join(':');
  const place = { home, folder, path };
  try {
    project.prepare(place);
    for (const one of [home, folder]) copy(one, kept);
    const opened = join('work', project.opened ?? '');
    const lines = project.steps.map(({ line }) => line);
    for (const account of who) {
      const tried = project.steps.flatMap(({ line, told }) => (told ? [line] : []));
      const job = { base, opened, path, environment: project.environment?.(place) ?? {}, lines, tried };
      const [outside, inside] = [
        await side({ ...job, side: 'outside' }, account, stage),
        await side({ ...job, side: 'inside' }, account, stage),
      ];
      for (const [index, step] of project.steps.entries()) {
        const [there, here] = [outside[index], inside[index]];
        if (!there || !here) throw new Error(`${project.name}: ${step.line} was not run`);
        yield {
          project: project.name,
          account,
          step,
          outside: there,
          inside: here,
          differs: difference(step, there, here),
        };
      }
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

function difference({ says, told }: Step, outside: Ran, inside: Ran): string | undefined {
  const said = ({ output }: Ran): string => (says ? (output.match(says) ?? []).join('\n') : '');
  if (outside.ended !== 'exited 0' || (says && said(outside) === '')) return 'does not work outside';
  if (inside.ended === outside.ended && said(inside) === said(outside)) return undefined;
  return told && inside.told.some((words) => told.test(words)) ? 'said' : 'DIFFERENT';
}

async function side(job: Job, account: AccountName, { program, bin }: Stage): Promise<Ran[]> {
  const { base } = job;
  for (const name of ['home', 'work', 'data', 'config']) rmSync(join(base, name), { recursive: true, force: true });
  for (const name of ['home', 'work']) copy(join(base, 'kept', name), base);
  const isOther = account === 'ordinary' && process.getuid?.() === 0;
  writeFileSync(join(base, 'job.json'), JSON.stringify(job), { mode: 0o644 });
  if (isOther) execFileSync('chown', ['-R', '-h', `${NOBODY}:${NOBODY}`, base]);
  const child = spawn(join(bin, 'node'), [program, join(base, 'job.json')], {
    cwd: '/',
    env: { PATH: `${bin}:${SYSTEM_PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isOther && { uid: NOBODY, gid: NOBODY }),
  });
  return JSON.parse(await text(child.stdout)) as Ran[];
}

function copy(from: string, below: string): void {
  execFileSync('cp', ['-a', from, below]);
}

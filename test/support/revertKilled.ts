import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { verdictOf } from './logAttacksTable.ts';
import type { Random } from './logWorldRandom.ts';
import { partsUnder } from './partsUnder.ts';
import { git, makeRepository } from './repository.ts';
import { removeWhole } from './tree.ts';
import { treeState } from './treeState.ts';
import { scripted } from './workbench.ts';

/** Whatever stands in the workspace, and where git stands, by name. */
export type State = Readonly<Record<string, string>>;

/** What is reverted, as revertChild.ts takes it. */
interface What {
  run: string;
  action?: string;
  only?: string[];
}

/** One revert that was killed before its n-th step. */
export interface KilledRevert {
  what: string;
  step: number;
  /** So many paths stood as the revert leaves them, and so many still as they were, where the two differ. */
  back: number;
  left: number;
  wrong: string[];
}

/** A file under several names is written where it stands: of it alone a part may be written when its writer is killed. */
const ONE_FILE = /^pair/;

const COMMAND = `rm -r d; mkdir d; echo new > d/new; echo in-the-way > e; ln -sfn b.txt link; rm secret.txt
chmod 755 b.txt; chmod 700 closed; rm closed/in; chmod 711 closed; mkdir -p made/deep; echo x > made/deep/x
printf shorter > pair-1; for n in 1 2 3; do echo other > many-$n; done; rm many-4`;
const GIT = `git checkout -qb side; git add -A; git -c user.name=n -c user.email=e commit -qm two; git tag v1
git branch -D old -q; git pack-refs --all; git update-ref -d refs/tags/gone`;

function planted(work: string): void {
  mkdirSync(join(work, 'd'), { recursive: true });
  for (const name of ['d/1', 'd/2', 'd/3', 'a.txt', 'b.txt', 'm.txt', 'many-1', 'many-2', 'many-3', 'many-4'])
    writeFileSync(join(work, name), `${name}\n`.repeat(300));
  writeFileSync(join(work, 'secret.txt'), 'for me alone\n', { mode: 0o600 });
  writeFileSync(join(work, 'pair-1'), 'one file under two names\n');
  linkSync(join(work, 'pair-1'), join(work, 'pair-2'));
  symlinkSync('a.txt', join(work, 'link'));
  mkdirSync(join(work, 'closed'));
  writeFileSync(join(work, 'closed/in'), 'inside\n');
  chmodSync(join(work, 'closed'), 0o500);
  makeRepository(work);
  git(work, 'branch', 'old');
  git(work, 'tag', 'gone');
}

function standing(work: string): State {
  const refs = git(work, 'for-each-ref', '--format=%(refname) %(objectname)').trim().split('\n');
  return {
    ...treeState(work),
    'git HEAD': execFileSync('cat', ['.git/HEAD'], { cwd: work, encoding: 'utf8' }),
    'git index': git(work, 'ls-files', '-s'),
    ...Object.fromEntries(refs.map((line) => [`git ${line.split(' ')[0] ?? ''}`, line])),
    ...Object.fromEntries(
      readdirSync(join(work, '.git'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.lock'))
        .map((name) => [`git ${name}`, 'a lock']),
    ),
  };
}

/** Paths that stand neither as before nor as put back. */
export function torn(now: State, before: State, back: State): string[] {
  const paths = new Set([...Object.keys(now), ...Object.keys(before), ...Object.keys(back)]);
  return [...paths].filter((path) => {
    if (now[path] === before[path] || now[path] === back[path]) return false;
    return !isOnTheWay(path, { now: now[path], before: before[path], back: back[path] });
  });
}

interface At {
  now: string | undefined;
  before: string | undefined;
  back: string | undefined;
}

/** A folder went, and nothing is there yet, or the other way round; or what is there may be used by fewer than it will be. */
function isOnTheWay(path: string, { now, before, back }: At): boolean {
  if (ONE_FILE.test(path)) return true;
  if (now === undefined) return [before, back].filter((one) => one?.startsWith('folder') === true).length === 1;
  const [kind, mode, ...content] = now.split(' ');
  return [before, back].some((one) => {
    const [sameKind, other, ...same] = (one ?? '').split(' ');
    if (kind !== sameKind || content.join(' ') !== same.join(' ')) return false;
    // A folder is opened to its owner while something is done in it; a file is never open to more than it was or will be.
    const most = Number.parseInt(other ?? '0', 8) | (kind === 'folder' ? 0o700 : 0);
    return (Number.parseInt(mode ?? '0', 8) & ~most) === 0;
  });
}

/** A run that is over, and how it is reverted: whole, one action of it, one file. */
export class RevertWorld {
  readonly #base: string;
  readonly #whats: ReadonlyMap<string, What>;
  readonly #after: State;
  readonly #controls = new Map<string, { steps: number; back: State }>();

  private constructor(base: string, whats: ReadonlyMap<string, What>, after: State) {
    this.#base = base;
    this.#whats = whats;
    this.#after = after;
  }

  static async make(): Promise<RevertWorld> {
    const base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-reverts-')));
    const work = join(base, 'work');
    planted(work);
    for (const name of ['home', 'config/oversign']) mkdirSync(join(base, name), { recursive: true });
    writeFileSync(join(base, 'config/oversign/policy.yaml'), 'sandbox: false\n');
    const before = standing(work);
    const { run, actions } = await inEngine(base, async (engine, audit) => {
      const call = (name: string, args: object): { calls: { name: string; args: object }[] } => ({
        calls: [{ name, args }],
      });
      await engine.send(
        'change files',
        scripted([
          call('edit_file', { path: 'a.txt', old_text: 'a.txt\n'.repeat(300), new_text: 'A\n' }),
          call('run_command', { command: COMMAND }),
          call('move_path', { from: 'm.txt', to: 'n.txt' }),
          call('run_command', { command: GIT }),
        ]),
      );
      const id = engine.view().run?.id ?? '';
      return { run: id, actions: turnsOf(await audit.events(id)).flatMap((turn) => turn.actions) };
    });
    const whats = new Map<string, What>([
      ['a file', { run, only: [join(work, 'd')] }],
      ['an action', { run, action: actions[1]?.id ?? '' }],
      ['a run', { run }],
    ]);
    const world = new RevertWorld(base, whats, standing(work));
    execFileSync('cp', ['-a', base, `${base}.template`]);
    for (const what of whats.keys()) await world.#control(what);
    const whole = world.#controls.get('a run')?.back ?? {};
    const not = [...new Set([...Object.keys(before), ...Object.keys(whole)])].filter((at) => before[at] !== whole[at]);
    if (not.some((at) => !ONE_FILE.test(at))) throw new Error(`alive it does not put back ${not.join(', ')}`);
    return world;
  }

  /** How many steps it takes alive. */
  stepsOf(what: string): number {
    return this.#controls.get(what)?.steps ?? 0;
  }

  get whats(): string[] {
    return [...this.#whats.keys()];
  }

  /** Kills it before that step, looks at what stands, starts anew, and reverts again. */
  async killed(what: string, step: number): Promise<KilledRevert> {
    const work = join(this.#base, 'work');
    const back: State = this.#controls.get(what)?.back ?? {};
    this.#reset();
    const said = await this.#child(what, step);
    if (said !== '') return { what, step, back: 0, left: 0, wrong: [`it was not killed: ${said}`] };
    const now = leftoversApart(standing(work));
    const wrong = torn(now, this.#after, back).map((path) => `torn: ${path}: ${now[path] ?? 'nothing'}`);
    const differing = Object.keys({ ...this.#after, ...back }).filter((path) => this.#after[path] !== back[path]);
    const counts = {
      back: differing.filter((path) => now[path] === back[path]).length,
      left: differing.filter((path) => now[path] === this.#after[path]).length,
    };
    const { run, action, only } = this.#whats.get(what) ?? { run: '' };
    const again = await inEngine(this.#base, async (engine) => {
      await engine.interrupted();
      await engine.finishBrokenOff();
      return action === undefined ? engine.revertRun(run, only ? { only } : {}) : engine.revert({ run, action });
    }).catch((error: unknown) => ({ status: 'failed', text: error instanceof Error ? error.message : String(error) }));
    const end = standing(work);
    const otherwise = [...new Set([...Object.keys(end), ...Object.keys(back)])].filter((at) => end[at] !== back[at]);
    for (const path of otherwise) wrong.push(`after the second: ${path}: ${end[path] ?? 'nothing'}, ${again.text}`);
    return { what, step, ...counts, wrong: [...wrong, ...this.#log()] };
  }

  async close(): Promise<void> {
    for (const folder of [this.#base, `${this.#base}.template`]) await removeWhole(folder);
  }

  #log(): string[] {
    const data = join(this.#base, 'data/oversign');
    const account = { key: accountKey(data).publicKey, from: 'local' as const };
    const verdict = verdictOf(join(data, 'audit.db'), 'database', { account, testimonies: [], place: placeOf(data) });
    if (verdict instanceof Error) return [String(verdict)];
    return verdict.state === 'broken' ? [`the log: ${JSON.stringify(verdict.problem)}`] : [];
  }

  async #control(what: string): Promise<void> {
    this.#reset();
    const said = JSON.parse(await this.#child(what, 0)) as { status: string; text: string; taken: number };
    if (said.status !== 'done') throw new Error(`${what}: ${said.text}`);
    this.#controls.set(what, { steps: said.taken, back: standing(join(this.#base, 'work')) });
  }

  #reset(): void {
    execFileSync('chmod', ['-R', 'u+rwx', this.#base]);
    rmSync(this.#base, { recursive: true, force: true });
    execFileSync('cp', ['-a', `${this.#base}.template`, this.#base]);
  }

  #child(what: string, step: number): Promise<string> {
    const program = new URL('./revertChild.ts', import.meta.url).pathname;
    const args = [program, this.#base, JSON.stringify(this.#whats.get(what)), String(step)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    return new Promise((resolve) =>
      child.once('close', (code, signal) => {
        resolve(signal === 'SIGKILL' ? said : `${said} it ended with ${code ?? signal ?? 'nothing'}`);
      }),
    );
  }
}

/** Of the killed one, before anybody has cleared up after it. */
function leftoversApart(state: State): State {
  const isLeftover = (path: string): boolean => /(?:^|\/)\.oversign-[^/]*\.tmp$/.test(path) || state[path] === 'a lock';
  return Object.fromEntries(Object.entries(state).filter(([path]) => !isLeftover(path)));
}

async function inEngine<T>(
  base: string,
  work: (
    engine: ReturnType<typeof composeEngine>,
    audit: Awaited<ReturnType<typeof partsUnder>>['audit'],
  ) => Promise<T>,
): Promise<T> {
  const node = await partsUnder(base, { folders: [join(base, 'work')] });
  const engine = composeEngine(node.parts);
  engine.onChange(() => {
    for (const { id, digest, card } of engine.view().approvals) {
      const unseen = unseenLines(card.blocks);
      queueMicrotask(() => engine.answer(id, digest, { choice: 'approve', ...(unseen > 0 && { unseen }) }, IN_EDITOR));
    }
  });
  try {
    return await work(engine, node.audit);
  } finally {
    await node.sandbox.close();
    await node.outputs.close();
    await node.evidence[Symbol.asyncDispose]();
  }
}

/** So many kills of each kind, before steps at random. */
export async function playRevertKills(each: number, random: Random): Promise<KilledRevert[]> {
  const world = await RevertWorld.make();
  try {
    const done: KilledRevert[] = [];
    for (const what of world.whats)
      for (let kill = 0; kill < each; kill += 1)
        done.push(await world.killed(what, random.int(1, world.stepsOf(what))));
    return done;
  } finally {
    await world.close();
  }
}

export function revertKillsText(kills: readonly KilledRevert[]): string {
  const halfWay = kills.filter(({ back, left }) => back > 0 && left > 0).length;
  return [
    `${kills.length} reverts killed, ${halfWay} of them with some paths put back and some not`,
    ...kills.flatMap(({ what, step, wrong }) => wrong.map((one) => `BAD ${what}, step ${step}: ${one}`)),
  ].join('\n');
}

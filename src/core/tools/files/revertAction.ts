import * as z from 'zod';
import { namedList } from '../../../shared/named.ts';
import type { Change, PreImage, Resource } from '../../../shared/action.ts';
import type { ChangedPath } from '../../../shared/change.ts';
import type { Changed } from '../../audit/changed.ts';
import { isSameStand, merged, standOf } from '../../checkpoint/changes.ts';
import { gitPointerOf, repositoryOf } from '../../checkpoint/gitPointer.ts';
import type { ActionOf, Checkpoints, Done, RevertStep } from '../../checkpoint/port.ts';
import { ToolFailure } from '../../outcome.ts';
import { isInside, parentOf } from '../../scope/spelling.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type CallContext, type Tool } from '../tool.ts';
import { MOST_SHOWN, revertCard } from './revertCard.ts';
import { takeStep, type Reverting, type Said } from './revertSteps.ts';
import { undoOf, undoView, undoWords } from './undo.ts';

/** `also`: what the run did after that action, and is reverted with it; `only`: of all that these files alone. */
const parameters = z.strictObject({
  run: z.string(),
  action: z.string(),
  also: z.array(z.string()).exactOptional(),
  only: z.array(z.string()).exactOptional(),
});
export type RevertOf = z.infer<typeof parameters>;

/** An action that is to be reverted, as the log tells of it. */
export interface Reverted {
  of: ActionOf;
  title: string;
  changed: Changed | undefined;
}

/** What a revert needs beside what every tool may have: what the log says was changed, and what was kept. */
interface Ports extends Pick<ToolPorts, 'folder' | 'foresee'> {
  changedBy(of: ActionOf): Promise<Reverted>;
  checkpoints: Pick<Checkpoints, 'plan' | 'content'>;
}

/**
 * Reverts an action, or several of one run, as an action of its own: decided, asked, kept and recorded like any other, so
 * that it can be reverted too. A person calls it, never the model: it is in no toolbox of a run.
 */
export const revertAction = defineTool((ports: Ports): Tool<RevertOf, Change> => ({
  name: 'revert_action',
  summary: 'Put back what an action changed.',
  family: 'file_system',
  effects: ['write', 'delete', 'move'],
  parameters,
  about: 'The action',
  tried: (action) => ({ run: '', action }),
  async describe(of, context) {
    const { all, unknown } = await reverted(of, ports);
    const { undo: whole, steps: wanted } = await ports.checkpoints.plan(planned(all, of));
    const barred = wanted.filter((step) => isBarred(step, context));
    // Where nothing else is left, the decision says why it may not be.
    const steps = barred.length === wanted.length ? wanted : wanted.filter((step) => !barred.includes(step));
    if (steps.length === 0) throw new ToolFailure(lowerFirst(undoWords(whole)));
    const imageList = await standing(steps, ports.folder, context);
    const images = byPath(imageList);
    for (const step of steps) if (step.do === 'move back') await context.files.movable(step.path, step.to);
    const changes = merged(planned(all, of).flatMap(({ changed }) => changed));
    if (changes.every((one) => isAsBefore(one, images)))
      throw new ToolFailure(`everything stands as it did before ${all.length === 1 ? 'this action' : 'them'} already`);
    const undo = await undoOf(ports, imageList.filter(isWhole));
    const since = changes.filter((one) => isChangedSince(one, images)).map(({ path }) => path);
    const leftOut = [
      ...(whole.kind === 'partly' ? whole.leftOut : []),
      ...unknown,
      ...new Set(barred.map(({ path }) => path)),
      ...steps.filter((step) => isInTheWay(step, images)).map(({ path }) => `${path}, where a folder stands by now`),
    ];
    return {
      action: {
        tool: 'revert_action',
        kind: 'change',
        effect: effectOf(steps),
        resources: uniqueResources(steps.flatMap(resourcesOf)),
        arguments: of,
        changes: imageList,
        undo: undo.kind,
      },
      title: titleOf(all, of, context),
      card: revertCard(
        {
          ...{ steps, since, leftOut, seen: all.some(({ changed }) => (changed?.seen ?? 0) > 0) },
          moves: await movesOf(steps, ports, context),
        },
        context,
      ),
      undo: undoView(undo, 'puts back what stands there now'),
    };
  },
  async perform({ arguments: of, changes }, context) {
    const { all } = await reverted(of, ports);
    const { steps } = await ports.checkpoints.plan(planned(all, of));
    const images = byPath(changes);
    const going: Reverting = {
      content: (one, path) => ports.checkpoints.content(one, path),
      putBacks: new Map(steps.flatMap((step) => (step.do === 'put back' ? [[step.path, step] as const] : []))),
      changes: images,
      now: new Map(),
    };
    const said: Said = { remarks: [], lost: [] };
    for (const step of steps)
      if (!isBarred(step, context) && !isInTheWay(step, images)) await takeStep(step, going, said, context);
    const lost = said.lost.map((path) => `What stood at ${context.scope.shown(path)} is not kept any more.`);
    const remarks = [...said.remarks, ...lost];
    const done = lost.length === 0 ? 'Reverted.' : 'Reverted, but not all of it.';
    return { ok: lost.length === 0, text: [done, ...remarks].join(' '), facts: {}, remarks, contentOf: [] };
  },
}));

/** From where to where git is put back, in words: what is lost of the person's is in sight. */
async function movesOf(
  steps: readonly RevertStep[],
  { checkpoints }: Ports,
  { files }: CallContext,
): Promise<Map<string, { from?: string; to?: string }>> {
  const moves = new Map<string, { from?: string; to?: string }>();
  for (const step of steps.filter(isPointer).slice(0, MOST_SHOWN)) {
    const { value: from } = await files.pointer(step.path);
    const content = step.do === 'point' ? await checkpoints.content(step.of, step.path) : undefined;
    const isLine = content !== undefined && content.length < 1024 && from !== undefined;
    const to = isLine ? new TextDecoder().decode(content).trim() : undefined;
    moves.set(step.path, { ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  }
  return moves;
}

/** What must not be changed by anyone was no command's doing either. */
function isBarred(step: RevertStep, { scope }: CallContext): boolean {
  if (isPointer(step)) return !scope.mayPoint(step.path);
  const paths = step.do === 'move back' ? [step.path, step.to] : [step.path];
  return paths.some((path) => !['free', 'secret'].includes(scope.standing(path, 'write').kind));
}

function isPointer({ do: does }: RevertStep): boolean {
  return does === 'point' || does === 'unpoint';
}

/** A folder that somebody made where a file was stays, with what is in it. */
function isInTheWay(step: RevertStep, images: Images): boolean {
  if (step.do === 'remove' ? step.whole === true : step.do !== 'put back' && step.do !== 'link') return false;
  const image = images.get(step.path);
  return image?.kind === 'directory' && isWhole(image);
}

type Images = ReadonlyMap<string, PreImage>;

function byPath(images: readonly PreImage[]): Images {
  return new Map(images.map((one) => [one.path, one]));
}

/** False of a folder of which itself alone is meant, and not what is in it. */
function isWhole({ kind, digest, size }: PreImage): boolean {
  return kind !== 'directory' || digest !== undefined || size !== undefined;
}

/** The actions, and what is not known of them. */
async function reverted(of: RevertOf, ports: Ports): Promise<{ all: Reverted[]; unknown: string[] }> {
  const { run, action, also = [] } = of;
  const all: Reverted[] = [];
  for (const one of [action, ...also]) all.push(await ports.changedBy({ run, action: one }));
  if (also.length === 0) {
    knownChanges(all[0]?.changed);
    return { all, unknown: [] };
  }
  const open = all.filter(({ changed }) => !changed || changed.unknown > 0 || !changed.isWhole);
  return { all, unknown: open.map(({ title }) => `all that "${title}" changed`) };
}

function planned(all: readonly Reverted[], { only }: RevertOf): Done[] {
  const isMeant = ({ path }: ChangedPath): boolean => only === undefined || only.some((one) => isInside(one, path));
  return all.map(({ of, changed }) => ({ of, changed: (changed?.paths ?? []).filter(isMeant) }));
}

function titleOf(all: readonly Reverted[], { only }: RevertOf, { scope }: CallContext): string {
  const [first] = all;
  const what = all.length === 1 ? (first?.title ?? '') : `${all.length} actions, from "${first?.title ?? ''}" on`;
  return `Revert${
    only
      ? ` ${namedList(
          only.map((path) => scope.shown(path)),
          3,
        )} in`
      : ''
  }: ${what}`;
}

function knownChanges(changed: Changed | undefined): void {
  if (!changed) throw new ToolFailure('the log does not say what this action changed');
  if (changed.unknown > 0) throw new ToolFailure('what a command changed is not known, so it cannot be reverted');
  if (!changed.isWhole) throw new ToolFailure('the log does not list all that this action changed');
}

/** What stands where something will happen, each path once. A path that leads elsewhere by now is another one. */
async function standing(
  steps: readonly RevertStep[],
  folder: string,
  { files, scope }: CallContext,
): Promise<PreImage[]> {
  const images: PreImage[] = [];
  const foldersAlone = new Set(steps.flatMap((step) => (isOfFolder(step) ? [step.path] : [])));
  const turned = new Set<string>();
  const made = new Set(steps.flatMap((step) => (step.do === 'make folder' ? [step.path] : [])));
  const paths = steps.flatMap((step) => (step.do === 'move back' ? [step.path, step.to] : [step.path]));
  const pointers = new Set(steps.flatMap((step) => (isPointer(step) ? [step.path] : [])));
  for (const path of [...new Set(paths)].sort()) {
    if (pointers.has(path)) {
      images.push((await files.pointer(path)).image);
      continue;
    }
    // Below what will be a folder again, and is none now, nothing stands.
    if (ancestorsOf(path).some((above) => turned.has(above))) {
      images.push({ path, kind: 'absent' });
      continue;
    }
    const look = await files.look(path, folder, 'itself');
    if (look.path !== path) throw new ToolFailure(`${scope.shown(path)} leads to another place than it did then`);
    if (look.kind === 'other') throw new ToolFailure(`${scope.shown(path)} is no file or folder any more`);
    await files.changeable(path);
    const isFolder = look.kind === 'directory' && foldersAlone.has(path);
    const image = isFolder ? { path, kind: 'directory' as const } : await files.preImage(path);
    images.push(image);
    if (made.has(path) && image.kind !== 'directory') turned.add(path);
  }
  return images;
}

function ancestorsOf(path: string): string[] {
  const parent = parentOf(path);
  return parent === path ? [] : [parent, ...ancestorsOf(parent)];
}

/** Of a folder itself alone, and not of what is in it; of a file it does the same. */
function isOfFolder(step: RevertStep): boolean {
  return step.do === 'remove folder' || step.do === 'make folder' || step.do === 'allow';
}

function isAsBefore({ path, before, after }: ChangedPath, images: Images): boolean {
  const image = images.get(path);
  // A folder that was made again has its own mode last: a revert that ended before that has left something to do.
  const isMadeAgain = before.kind === 'directory' && after?.kind !== 'directory';
  const isSameMode =
    before.mode === undefined || (after?.mode === undefined ? !isMadeAgain : before.mode === after.mode);
  return image !== undefined && isSameMode && isSameStand(standOf(image), before);
}

function isChangedSince({ path, after }: ChangedPath, images: Images): boolean {
  const image = images.get(path);
  if (image === undefined || (image.kind === 'directory' && after?.kind === 'directory' && !isWhole(image)))
    return false;
  return !(after && isSameStand(standOf(image), after));
}

function effectOf(steps: readonly RevertStep[]): 'write' | 'delete' | 'move' {
  const takesAway = (step: RevertStep): boolean => step.do === 'unpoint' || step.do.startsWith('remove');
  if (steps.some((step) => step.do !== 'move back' && !takesAway(step))) return 'write';
  return steps.some((step) => step.do === 'move back') ? 'move' : 'delete';
}

function resourcesOf(step: RevertStep): Resource[] {
  switch (step.do) {
    case 'move back':
      return [
        { path: step.path, access: 'delete' },
        { path: step.to, access: 'write' },
        { path: step.path, access: 'write' },
      ];
    case 'remove':
    case 'remove folder':
      return [{ path: step.path, access: 'delete' }];
    case 'point':
    case 'unpoint': {
      // Of the repository as a whole: no rule about a file speaks of where a branch stands.
      const pointer = gitPointerOf(step.path);
      return pointer ? [{ path: repositoryOf(pointer), access: 'write' }] : [];
    }
    case 'put back':
    case 'make folder':
    case 'link':
    case 'allow':
      return [{ path: step.path, access: 'write' }];
  }
}

function uniqueResources(all: readonly Resource[]): Resource[] {
  return [...new Map(all.map((one) => [`${one.access} ${one.path}`, one])).values()];
}

function lowerFirst(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

import * as z from 'zod';
import type { Change, PreImage, Resource } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import type { Block, Words } from '../../../shared/block.ts';
import type { ChangedPath } from '../../../shared/change.ts';
import type { Changed } from '../../audit/changed.ts';
import { isSameStand, standOf } from '../../checkpoint/changes.ts';
import type { ActionOf, Checkpoints, RevertStep } from '../../checkpoint/port.ts';
import { ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type CallContext, type Tool } from '../tool.ts';
import { savedOtherwise } from './inEditor.ts';
import { undoOf, undoOfAction, undoWords } from './undo.ts';

/** So many lines of each kind are shown. */
const MOST = 100;

const parameters = z.strictObject({ run: z.string(), action: z.string() });

/** What a revert needs beside what every tool may have: what the log says was changed, and what was kept. */
interface Ports extends Pick<ToolPorts, 'folder' | 'foresee'> {
  changedBy(of: ActionOf): Promise<{ title: string; changed: Changed | undefined }>;
  checkpoints: Pick<Checkpoints, 'plan' | 'content'>;
}

/**
 * Reverts an action, as an action of its own: decided, asked, kept and recorded like any other, so that it can be reverted
 * too. A person calls it, never the model: it is in no toolbox of a run.
 */
export const revertAction = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Change> => ({
  name: 'revert_action',
  summary: 'Put back what an action changed.',
  family: 'file_system',
  effects: ['write', 'delete', 'move'],
  parameters,
  about: 'The action',
  tried: (action) => ({ run: '', action }),
  async describe(of, context) {
    const { title, changed } = await ports.changedBy(of);
    const { undo: whole, steps } = await ports.checkpoints.plan(of, knownChanges(changed));
    if (steps.length === 0) throw new ToolFailure(lowerFirst(undoWords(whole)));
    const images = await standing(steps, ports.folder, context);
    for (const step of steps) if (step.do === 'move back') await context.files.movable(step.path, step.to);
    if (changed?.paths.every((one) => isAsBefore(one, images)))
      throw new ToolFailure('everything stands as it did before this action already');
    const undo = await undoOf(ports, images);
    const since = (changed?.paths ?? []).filter((one) => isChangedSince(one, images)).map(({ path }) => path);
    return {
      action: {
        tool: 'revert_action',
        kind: 'change',
        effect: effectOf(steps),
        resources: steps.flatMap(resourcesOf),
        arguments: of,
        changes: images,
        undo: undoOfAction(undo),
      },
      title: `Revert: ${title}`,
      card: revertCard({ steps, since, leftOut: whole.kind === 'partly' ? whole.leftOut : [] }, context),
      undo: undoWords(undo),
    };
  },
  async perform({ arguments: of, changes }, { files, scope }) {
    const { steps } = await ports.checkpoints.plan(of, knownChanges((await ports.changedBy(of)).changed));
    // What stands at each path by then: a step may have moved it there.
    const now = new Map<string, PreImage>();
    const remarks: string[] = [];
    const at = (path: string): PreImage => {
      const image = now.get(path) ?? changes.find((one) => one.path === path);
      if (!image) throw new Error(`the action does not say that it changes ${path}`);
      return image;
    };
    for (const step of steps) {
      const image = at(step.path);
      switch (step.do) {
        case 'move back':
          await files.move(step.path, step.to, image, at(step.to));
          now.set(step.path, { path: step.path, kind: 'absent' }).set(step.to, { ...image, path: step.to });
          break;
        case 'remove':
          if (image.kind !== 'absent') await files.remove(step.path, image);
          break;
        case 'put back': {
          const content = await ports.checkpoints.content(of, step.path);
          if (!content) throw new ToolFailure(`what stood at ${scope.shown(step.path)} is not kept any more`);
          const written = await files.write(step.path, content, image);
          remarks.push(...(savedOtherwise(content, written, scope.shown(step.path)).told.remarks ?? []));
        }
      }
    }
    return { ok: true, text: ['Reverted.', ...remarks].join(' '), facts: {}, remarks, contentOf: [] };
  },
}));

function knownChanges(changed: Changed | undefined): readonly ChangedPath[] {
  if (!changed) throw new ToolFailure('the log does not say what this action changed');
  if (changed.unknown > 0) throw new ToolFailure('what a command changed is not known, so it cannot be reverted');
  if (!changed.isWhole) throw new ToolFailure('the log does not list all that this action changed');
  return changed.paths;
}

/** What stands where something will happen, each path once. A path that leads elsewhere by now is another one. */
async function standing(
  steps: readonly RevertStep[],
  folder: string,
  { files, scope }: CallContext,
): Promise<PreImage[]> {
  const images: PreImage[] = [];
  for (const path of new Set(steps.flatMap((step) => (step.do === 'move back' ? [step.path, step.to] : [step.path])))) {
    const look = await files.look(path, folder, 'itself');
    if (look.path !== path) throw new ToolFailure(`${scope.shown(path)} leads to another place than it did then`);
    if (look.kind === 'link' || look.kind === 'other')
      throw new ToolFailure(`${scope.shown(path)} is no file or folder any more`);
    await files.changeable(path);
    images.push(await files.preImage(path));
  }
  return images;
}

function isAsBefore({ path, before }: ChangedPath, images: readonly PreImage[]): boolean {
  const image = images.find((one) => one.path === path);
  return image !== undefined && isSameStand(standOf(image), before);
}

function isChangedSince({ path, after }: ChangedPath, images: readonly PreImage[]): boolean {
  const image = images.find((one) => one.path === path);
  return image !== undefined && !(after && isSameStand(standOf(image), after));
}

function effectOf(steps: readonly RevertStep[]): 'write' | 'delete' | 'move' {
  if (steps.some((step) => step.do === 'put back')) return 'write';
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
      return [{ path: step.path, access: 'delete' }];
    case 'put back':
      return [{ path: step.path, access: 'write' }];
  }
}

/** What would happen, path by path; and above it what would be lost, and what would not come back. */
function revertCard(
  revert: { steps: readonly RevertStep[]; since: string[]; leftOut: readonly string[] },
  { scope }: CallContext,
): Card {
  const shown = (path: string): { exact: string } => ({ exact: scope.shown(path) });
  const warnings: [paths: readonly string[], words: string][] = [
    [revert.since, ' was changed since: what stands there now is replaced'],
  ];
  return {
    kind: 'revert',
    blocks: [
      ...warnings.flatMap(([paths, words]) => some(paths, (path) => warning([shown(path), words]))),
      ...some(revert.leftOut, (what) => warning(['Does not come back: ', { exact: what }])),
      ...some(revert.steps, (step) => ({
        kind: 'sentence',
        icon: 'discard',
        tone: 'plain',
        words:
          step.do === 'move back'
            ? ['Moves ', shown(step.path), ' back to ', shown(step.to)]
            : [step.do === 'remove' ? 'Removes ' : 'Puts back ', shown(step.path)],
      })),
    ],
  };
}

function some<T>(all: readonly T[], block: (one: T) => Block): Block[] {
  const left = all.length - MOST;
  return [...all.slice(0, MOST).map(block), ...(left > 0 ? [warning([`And ${left} more.`])] : [])];
}

function warning(words: Words): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words };
}

function lowerFirst(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

import { gitPointerOf, repositoryOf, type GitPointer } from '../../core/checkpoint/gitPointer.ts';
import type { RevertPlan, RevertStep, Undo } from '../../core/checkpoint/port.ts';
import { DIGESTS, entriesInIndex } from '../../core/command/gitIndex.ts';
import { hasObject } from '../git/objects.ts';
import { pointerAt } from '../git/pointers.ts';
import { commonOf } from '../git/pointing.ts';

type Point = Extract<RevertStep, { do: 'point' }>;

/**
 * A plan without what would make a repository lead to commits or files that git has taken away since (`git gc --prune`,
 * `git reflog expire`): these come back from nowhere, and that is said.
 */
export async function withoutPruned(
  { undo, steps }: RevertPlan,
  content: (step: Point) => Promise<Uint8Array | undefined>,
): Promise<RevertPlan> {
  const gone: string[] = [];
  const left: RevertStep[] = [];
  for (const step of steps) {
    const why = step.do === 'point' ? missingOf(step, await content(step)) : undefined;
    if (why === undefined) left.push(step);
    else gone.push(why);
  }
  return gone.length === 0 ? { undo, steps } : { undo: undoWithout(undo, left, gone), steps: left };
}

function undoWithout(undo: Undo, left: readonly RevertStep[], gone: readonly string[]): Undo {
  if (left.length === 0) return { kind: 'none', why: 'not kept' };
  return { kind: 'partly', leftOut: [...(undo.kind === 'partly' ? undo.leftOut : []), ...gone] };
}

function missingOf({ path }: Point, content: Uint8Array | undefined): string | undefined {
  const pointer = gitPointerOf(path);
  if (!pointer || !content) return undefined; // said when it is tried
  const { name } = pointer;
  if (name === 'index') return missingInIndex(pointer, Buffer.from(content), path);
  const value = Buffer.from(content).toString('utf8').trim();
  const isObject = (name === 'HEAD' || name.startsWith('refs/')) && /^[0-9a-f]{40,64}$/.test(value);
  if (!isObject || hasObject(commonOf(pointer.folder), value)) return undefined;
  return `${path}, whose commits git has taken away in ${repositoryOf(pointer)}`;
}

/** What the index now has too is there for as long as it has it. */
function missingInIndex(pointer: GitPointer, content: Buffer, path: string): string | undefined {
  const now = new Set(objectsOf(pointerAt(pointer.folder, 'index')?.bytes));
  const common = commonOf(pointer.folder);
  const gone = objectsOf(content).filter((digest) => !now.has(digest) && !hasObject(common, digest));
  return gone.length === 0 ? undefined : `${path}, of whose files git has taken ${gone.length} away`;
}

/** Names of the objects in an index; a submodule's commit is in another repository. */
function objectsOf(bytes: Buffer | undefined): string[] {
  for (const length of bytes ? DIGESTS : []) {
    const digests: string[] = [];
    const entries = entriesInIndex(bytes as Buffer, length);
    let next = entries.next();
    for (; next.done !== true; next = entries.next()) {
      const [mode = '', digest = ''] = next.value.content().split(' ');
      if (mode !== '160000') digests.push(digest);
    }
    if (next.value) return digests;
  }
  return [];
}

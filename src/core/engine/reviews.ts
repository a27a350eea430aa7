import type { PlaceOf } from '../../shared/answered.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { ChangedPath } from '../../shared/change.ts';
import type { Review, ReviewedFile, ReviewPart } from '../../shared/review.ts';
import type { AuditLog, AuditReader } from '../audit/port.ts';
import { changedPaths } from '../audit/changed.ts';
import { turnsOf, type ActionNode } from '../audit/tree.ts';
import { isSameStand, merged, standOf } from '../checkpoint/changes.ts';
import type { ActionOf, Checkpoints } from '../checkpoint/port.ts';
import { Failure, ToolFailure } from '../outcome.ts';
import { partsBetween } from '../tools/files/textParts.ts';
import { Forbidden } from '../scope/guard.ts';
import { isInside } from '../scope/spelling.ts';
import type { Files } from '../scope/files.ts';
import type { Scope } from '../scope/scope.ts';
import { MOST_PARTED, plainText } from '../tools/files/revertPart.ts';
import type { RevertRun } from './reverts.ts';

/** Files that are listed, and those of which lines are counted. */
const MOST_FILES = 500;
const MOST_COUNTED = 100;
/** Characters of both texts whose lines are counted. */
const MOST_CHARACTERS = 400_000;

export interface ReviewParts {
  audit: AuditLog & AuditReader;
  checkpoints: Pick<Checkpoints, 'text'>;
  open(): Promise<RevertRun>;
}

/** The text of a file before a run, as the run left it, and as it stands now; undefined where it is none, or is not kept. */
export interface ReviewTexts {
  before: string | undefined;
  after: string | undefined;
  now: string | undefined;
}

/** What differs from before in a file as it stands; `digest` says which file that is. */
export interface PartsNow {
  digest: string;
  parts: ReviewPart[];
}

/** What runs changed, from the log and what stands on disk. Only looks; what is put back goes the way of every revert. */
export class Reviews {
  readonly #parts: ReviewParts;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
  }

  async of(run: string): Promise<Review> {
    const events = await this.#parts.audit.events(run);
    const actions = changing(events);
    const at = await this.#disk();
    const changes = listed(merged(actions.flatMap(({ changed }) => changed?.paths ?? [])));
    const kept = keptIn(events);
    const files: ReviewedFile[] = [];
    for (const change of changes.slice(0, MOST_FILES)) {
      const file = await fileOf(change, { ...at, kept, actions });
      const counts = files.length < MOST_COUNTED ? await this.#counted(run, actions, change) : {};
      files.push({ ...file, ...counts });
    }
    return {
      run,
      files,
      more: Math.max(0, changes.length - MOST_FILES),
      actions: actions.map(({ id, title }) => ({ id, title })),
      unknown: unknownOf(actions),
    };
  }

  async texts(run: string, path: string): Promise<ReviewTexts> {
    const actions = changing(await this.#parts.audit.events(run));
    const sides = await this.#sides(run, actions, path);
    const { files } = await this.#disk();
    return { ...sides, now: (await textNow(files, path))?.text };
  }

  /** The places of a text that can be put back one by one; throws a sentence where there are none. */
  async partsOf(run: string, path: string): Promise<PartsNow> {
    const { files, scope } = await this.#disk();
    const { before } = await this.texts(run, path);
    const now = await textNow(files, path);
    if (before === undefined || now === undefined)
      throw new Failure(`${scope.shown(path)} is no text that was kept. Put it back as a whole.`);
    const { digest } = await files.preImage(path);
    const parts = await partsBetween(before, now.text);
    if (digest === undefined || parts.length === 0) throw new Failure(`${scope.shown(path)} stands as it did before.`);
    return { digest, parts };
  }

  /** A person keeps what the run made of these files. */
  async keep(run: string, paths: readonly string[], { at, place }: PlaceOf): Promise<void> {
    await this.#parts.audit.append({
      type: 'changes_kept',
      run,
      data: { files: paths.length, by: 'person', at, ...(place !== undefined && { place }) },
      payload: { paths: [...paths] },
    });
  }

  async #disk(): Promise<{ files: Files; scope: Scope }> {
    const { calls } = await this.#parts.open();
    const { scope } = await calls.refresh();
    return { files: calls.files, scope };
  }

  async #sides(
    run: string,
    actions: readonly ActionNode[],
    path: string,
  ): Promise<{ before: string | undefined; after: string | undefined }> {
    const own = actions.filter(({ changed }) => changed?.paths.some((one) => one.path === path));
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last) throw new Failure('The run did not change this file.');
    const side = async ({ id }: ActionNode, which: 'before' | 'after'): Promise<string | undefined> => {
      const of: ActionOf = { run, action: id };
      const change = actions.find((one) => one.id === id)?.changed?.paths.find((one) => one.path === path);
      return change?.[which]?.kind === 'absent' ? '' : this.#parts.checkpoints.text(of, path, which);
    };
    return { before: await side(first, 'before'), after: await side(last, 'after') };
  }

  async #counted(
    run: string,
    actions: readonly ActionNode[],
    { path, before: stood, after: stands }: ChangedPath,
  ): Promise<Pick<ReviewedFile, 'added' | 'removed'>> {
    if (![stood, stands].every((one) => one?.kind === 'file' || one?.kind === 'absent')) return {};
    const { before, after } = await this.#sides(run, actions, path);
    if (before === undefined || after === undefined || before.length + after.length > MOST_CHARACTERS) return {};
    const parts = await partsBetween(before, after);
    const count = (side: 'added' | 'removed'): number => parts.reduce((sum, part) => sum + part[side].length, 0);
    return { added: count('added'), removed: count('removed') };
  }
}

function changing(events: readonly AuditRecord[]): ActionNode[] {
  return turnsOf(events)
    .flatMap(({ actions }) => actions)
    .filter(({ changed }) => changed !== undefined && (changed.paths.length > 0 || changed.unknown > 0));
}

/** What went when something was moved away, folders in which something is listed, and what is as before, are left out. */
function listed(changes: readonly ChangedPath[]): ChangedPath[] {
  const origins = new Set(changes.flatMap(({ from }) => (from === undefined ? [] : [from])));
  const own = changes.filter(
    ({ path, before, after }) =>
      !(origins.has(path) && after?.kind === 'absent') &&
      !(after && isSameStand(before, after) && before.mode === after.mode),
  );
  const isFolder = ({ before, after }: ChangedPath): boolean =>
    [before.kind, after?.kind].includes('directory') && !['file', 'link'].includes(after?.kind ?? before.kind);
  return own
    .filter((one) => !isFolder(one) || !own.some(({ path }) => path !== one.path && isInside(one.path, path)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files that a person kept, unless the run changed them again. */
function keptIn(events: readonly AuditRecord[]): Set<string> {
  const kept = new Set<string>();
  for (const { type, payload } of events) {
    if (type === 'changed') for (const path of changedPaths(payload)) kept.delete(path);
    const paths = type === 'changes_kept' ? payload?.['paths'] : undefined;
    if (Array.isArray(paths)) for (const path of paths) if (typeof path === 'string') kept.add(path);
  }
  return kept;
}

interface At {
  files: Files;
  scope: Scope;
  kept: ReadonlySet<string>;
  actions: readonly ActionNode[];
}

async function fileOf(change: ChangedPath, { files, scope, kept, actions }: At): Promise<ReviewedFile> {
  const { path, before, after, from } = change;
  const now = await standing(files, path);
  const isBack = now !== undefined && isSameStand(now, before) && !(after && isSameStand(before, after));
  return {
    path,
    name: scope.shown(path),
    what: whatOf(change),
    ...(from !== undefined && { fromPath: from, from: scope.shown(from) }),
    state: isBack ? 'put back' : kept.has(path) ? 'kept' : 'open',
    since:
      !isBack && now !== undefined && after !== undefined && !isSameStand(now, after) && after.kind !== 'directory',
    actions: actions.filter(({ changed }) => changed?.paths.some((one) => one.path === path)).map(({ id }) => id),
  };
}

function whatOf({ before, after, from }: ChangedPath): ReviewedFile['what'] {
  if (after === undefined) return 'perhaps';
  if (from !== undefined) return 'moved';
  if (isSameStand(before, after)) return 'permissions';
  if (before.kind === 'absent') return 'new';
  return after.kind === 'absent' ? 'deleted' : 'changed';
}

/** What may not be looked at is not told of. */
async function standing(files: Files, path: string): Promise<ReturnType<typeof standOf> | undefined> {
  try {
    return standOf(await files.preImage(path));
  } catch (error) {
    if (error instanceof Forbidden || error instanceof ToolFailure) return undefined;
    throw error;
  }
}

async function textNow(files: Files, path: string): Promise<{ text: string } | undefined> {
  const stands = await standing(files, path);
  if (stands?.kind === 'absent') return { text: '' };
  if (stands?.kind !== 'file') return undefined;
  try {
    const text = plainText(await files.read(path, MOST_PARTED));
    return text === undefined || text.includes('\0') ? undefined : { text };
  } catch (error) {
    if (error instanceof Forbidden || error instanceof ToolFailure) return undefined;
    throw error;
  }
}

function unknownOf(actions: readonly ActionNode[]): string[] {
  const open = actions.filter(({ changed }) => changed && (changed.unknown > 0 || !changed.isWhole));
  const left = new Set(actions.flatMap(({ changed }) => changed?.leftOut ?? []));
  return [...open.map(({ title }) => `all that "${title}" changed`), ...left];
}

import type { AuditRecord } from '../../shared/auditEvent.ts';
import { ChangedPathSchema, type ChangedPath } from '../../shared/change.ts';
import { isSameStand, merged } from '../checkpoint/changes.ts';
import { code } from './markdown.ts';

/** So many paths are named in a sentence. */
const MOST_TOLD = 50;

/** What the log says that an action changed, or a run. */
export interface Changed {
  paths: readonly ChangedPath[];
  /** Actions that could change whatever the workspace let them. */
  unknown: number;
  /** False where the list was too long for the log, or was erased. */
  isWhole: boolean;
}

/**
 * THE reader of `changed` events: one entry for each path, from what stood there before the first of them to what stood
 * there after the last. Undefined where there is none.
 */
export function changedBy(events: readonly AuditRecord[]): Changed | undefined {
  const own = events.filter(({ type }) => type === 'changed').map(read);
  if (own.length === 0) return undefined;
  return {
    paths: merged(own.flatMap(({ paths }) => paths)),
    unknown: own.reduce((sum, one) => sum + one.unknown, 0),
    isWhole: own.every(({ isWhole }) => isWhole),
  };
}

function read({ data, payload }: AuditRecord): Changed {
  const list = payload?.['paths'];
  const all = Array.isArray(list) ? list : [];
  const said = Number(data['paths']);
  // Of a list that was cut, the last entry may end early.
  const whole = all.length === said && !hasCut(payload) ? all : all.slice(0, -1);
  const paths = whole.flatMap((one) => {
    const parsed = ChangedPathSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
  return { paths, unknown: data['extent'] === 'exact' ? 0 : 1, isWhole: paths.length === said };
}

function hasCut(payload: AuditRecord['payload']): boolean {
  return payload?.['cut'] !== undefined;
}

/** The paths that an event's payload says were changed. */
export function changedPaths(payload: AuditRecord['payload']): string[] {
  const list = payload?.['paths'];
  return Array.isArray(list) ? list.flatMap((one) => ChangedPathSchema.safeParse(one).data?.path ?? []) : [];
}

/** The files among them whose text before and after can be laid side by side. What was moved is the same text. */
export function comparable({ paths }: Changed): ChangedPath[] {
  const moved = new Set(paths.flatMap(({ path, from }) => (from === undefined ? [] : [path, from])));
  return paths.filter(
    ({ path, before, after }) =>
      !moved.has(path) && after !== undefined && isFile(before) && isFile(after) && !isSameStand(before, after),
  );
}

function isFile({ kind }: ChangedPath['before']): boolean {
  return kind === 'file' || kind === 'absent';
}

/** What changed, as a sentence of Markdown; undefined where the log does not say. */
export function changedLine(changed: Changed | undefined): string | undefined {
  if (!changed) return undefined;
  const { paths, unknown, isWhole } = changed;
  const origins = new Set(paths.flatMap(({ from }) => (from === undefined ? [] : [from])));
  const told = paths.filter(({ path }) => !origins.has(path));
  const words = told.slice(0, MOST_TOLD).map((one) => `${code(one.path)} (${changeWords(one)})`);
  const rest = [
    ...(told.length > MOST_TOLD ? [`${told.length - MOST_TOLD} more`] : []),
    ...(isWhole ? [] : ['more that the log does not list']),
    ...(unknown === 0 ? [] : ['what its commands changed, which is not known']),
  ];
  const all = [...words, ...rest];
  return `Changed: ${all.length === 0 ? 'nothing' : all.join(', ')}.`;
}

function changeWords({ before, after, from }: ChangedPath): string {
  if (after === undefined) return 'perhaps';
  if (from !== undefined)
    return `moved from ${code(from)}${before.kind === 'absent' ? '' : ', replacing what was there'}`;
  if (isSameStand(before, after)) return 'as it was before';
  if (before.kind === 'absent') return 'new';
  return after.kind === 'absent' ? 'deleted' : 'changed';
}

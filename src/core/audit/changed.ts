import type { AuditRecord } from '../../shared/auditEvent.ts';
import { ChangedPathSchema, type ChangedPath } from '../../shared/change.ts';
import { namedList } from '../../shared/named.ts';
import { isSameStand, merged } from '../checkpoint/changes.ts';
import { code } from './markdown.ts';

/** So many folders that nobody looked into are named. */
const MOST_LEFT_OUT = 5;
/** So many paths are named in a sentence. */
const MOST_TOLD = 50;

/** What the log says that an action changed, or a run. */
export interface Changed {
  paths: readonly ChangedPath[];
  /** Actions that could change whatever the workspace let them. */
  unknown: number;
  /** Actions around which somebody looked: what another program or the person did meanwhile is among it. */
  seen: number;
  /** Where nobody looked, as a person is told. */
  leftOut: readonly string[];
  /** False where the list was too long for the log, or was erased. */
  isWhole: boolean;
  /** SHA-256 of the list of all paths of one action, which is kept beside the log. */
  list?: string;
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
    seen: own.reduce((sum, one) => sum + one.seen, 0),
    leftOut: [...new Set(own.flatMap(({ leftOut }) => leftOut))],
    isWhole: own.every(({ isWhole }) => isWhole),
    ...(own.length === 1 && own[0]?.list !== undefined && { list: own[0].list }),
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
  const { extent } = data;
  const left = payload?.['leftOut'];
  return {
    paths,
    unknown: extent === 'exact' || extent === 'seen' ? 0 : 1,
    seen: extent === 'seen' ? 1 : 0,
    leftOut: Array.isArray(left) ? left.filter((one) => typeof one === 'string') : [],
    isWhole: paths.length === said,
    ...(typeof data['list'] === 'string' && { list: data['list'] }),
  };
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
  const { paths, unknown, seen, leftOut, isWhole } = changed;
  const origins = new Set(paths.flatMap(({ from }) => (from === undefined ? [] : [from])));
  const told = paths.filter(({ path }) => !origins.has(path));
  const words = told.slice(0, MOST_TOLD).map((one) => `${code(one.path)} (${changeWords(one)})`);
  const rest = [
    ...(told.length > MOST_TOLD ? [`${told.length - MOST_TOLD} more`] : []),
    ...(isWhole ? [] : ['more that the log does not list']),
    ...(unknown === 0 ? [] : ['what its commands changed, which is not known']),
    ...(leftOut.length === 0 ? [] : [`perhaps more in ${namedList(leftOut, MOST_LEFT_OUT)}`]),
  ];
  const all = [...words, ...rest];
  const whose = seen > 0 && paths.length > 0 ? ' What you changed while a command ran is among it.' : '';
  return `Changed: ${all.length === 0 ? 'nothing' : all.join(', ')}.${whose}`;
}

function changeWords({ before, after, from }: ChangedPath): string {
  if (after === undefined) return 'perhaps';
  if (from !== undefined)
    return `moved from ${code(from)}${before.kind === 'absent' ? '' : ', replacing what was there'}`;
  if (isSameStand(before, after)) return before.mode === after.mode ? 'as it was before' : 'other permissions';
  if (before.kind === 'absent') return 'new';
  return after.kind === 'absent' ? 'deleted' : 'changed';
}

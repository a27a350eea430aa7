import type { AuditRecord } from '../../shared/auditEvent.ts';
import type { RunFilter } from './filter.ts';
import { pathsOf, wordsOf } from './searchWords.ts';
import type { ActionNode, TurnNode } from './tree.ts';
import { decidesNothing } from './who.ts';

/**
 * The actions of a run that a filter is about. `matching`: those whose events have the filter's words, where it has
 * some. What is said of the whole run (where something was sent) narrows no action.
 */
export function narrowed(turns: readonly TurnNode[], filter: RunFilter, matching?: ReadonlySet<string>): TurnNode[] {
  return turns
    .map(({ turn, actions }) => ({ turn, actions: actions.filter((action) => fits(action, filter, matching)) }))
    .filter(({ actions }) => actions.length > 0);
}

function fits(action: ActionNode, filter: RunFilter, matching: ReadonlySet<string> | undefined): boolean {
  const { decision, tool, effect, path } = filter;
  return (
    (matching?.has(action.id) ?? true) &&
    isWanted(tool, () => action.tool === tool) &&
    isWanted(effect, () => action.events.some(({ data }) => data['effect'] === effect)) &&
    isWanted(decision, () => action.events.some((event) => isDecision(event, decision ?? ''))) &&
    isWanted(path, () => action.events.some(({ payload }) => pathsOf(payload).some((one) => isPart(path ?? '', one))))
  );
}

/** As the index finds paths: whole names, one after the other, in any case. */
function isPart(wanted: string, path: string): boolean {
  const [names, all] = [wordsOf(wanted), wordsOf(path)].map((words) => `/${words.join('/').toLowerCase()}/`);
  return names !== undefined && all?.includes(names) === true;
}

function isWanted(value: string | undefined, holds: () => boolean): boolean {
  return value === undefined || value === '' || holds();
}

function isDecision({ type, data }: AuditRecord, wanted: string): boolean {
  if (type === 'decided') return data['verdict'] === wanted;
  if (type !== 'answered' || data['by'] !== 'person' || decidesNothing(data)) return false;
  return wanted === (data['choice'] === 'deny' ? 'refused' : 'approved');
}

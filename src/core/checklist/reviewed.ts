import type { AuditReader } from '../audit/port.ts';
import type { ChecklistFacts } from './facts.ts';

/** So many of the last runs are looked at. */
const LAST = 10;

/** Of the last runs in these folders that worked in the way Review afterwards and changed something: how many nobody has looked at. */
export async function reviewFacts(
  audit: Pick<AuditReader, 'runsIn' | 'events'>,
  roots: readonly string[],
): Promise<NonNullable<ChecklistFacts['review']>> {
  const facts = { runs: 0, open: 0 };
  const last = (await Promise.all(roots.map((root) => audit.runsIn(root, LAST)))).flat();
  for (const { run, files = 0, state } of last.sort((a, b) => b.start - a.start).slice(0, LAST)) {
    if (files === 0 || state === 'active') continue;
    const events = await audit.events(run, 1);
    if (!events.some(({ data }) => data['way'] === 'review')) continue;
    facts.runs += 1;
    if (!events.some(({ type }) => type === 'changes_kept' || type === 'reverted')) facts.open += 1;
  }
  return facts;
}

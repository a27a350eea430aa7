import type { AuditRecord } from '../../shared/auditEvent.ts';

const MOST_NAMED = 20;

/** An entry of `contentOf` (docs/audit.md) as people read it; paths below the run's folder are seen from there. */
export function contentWords(entry: string, folder: string): string {
  const isUnsure = entry.startsWith('?');
  const path = isUnsure ? entry.slice(1) : entry;
  if (!path.endsWith('/')) return seenFrom(path, folder);
  return `files in ${seenFrom(path, folder)}${isUnsure ? ', not known which' : ''}`;
}

/** Of which files content was sent; undefined where nothing but the conversation was. */
export function sentContentLine(events: readonly AuditRecord[], folder: string): string | undefined {
  const entries = new Set(events.flatMap(({ type, payload }) => (type === 'egress' ? entriesOf(payload) : [])));
  if (entries.size === 0) return undefined;
  const named = [...entries].sort().map((entry) => contentWords(entry, folder));
  const left = named.length - MOST_NAMED;
  return [...named.slice(0, MOST_NAMED), ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
}

function entriesOf(payload: AuditRecord['payload']): string[] {
  const { contentOf } = payload ?? {};
  return Array.isArray(contentOf) ? contentOf.filter((entry) => typeof entry === 'string') : [];
}

function seenFrom(path: string, folder: string): string {
  if (folder === '' || !path.startsWith(`${folder}/`)) return path;
  return path === `${folder}/` ? './' : path.slice(folder.length + 1);
}

import type { EventBody, StoredPayload } from '../../shared/auditEvent.ts';
import { kindOfStored } from '../kinds/table.ts';
import { changedPaths } from './changed.ts';
import { readAction } from './storedAction.ts';
import { decidesNothing } from './who.ts';

/** What of an event is searched: its words, and the paths it names. */
export interface Words {
  text: string;
  paths: string;
}

/** So much of an event is searched; a command's output may be longer. */
const MOST = 100_000;

/** A word that nobody can ask for, so that the end of a path and the beginning of the next make no phrase. */
const BETWEEN = ' \uE000 ';

/** The same for the same event each time: what was put into the index is taken out of it with the same words. */
export function searchWords(event: Pick<EventBody, 'data' | 'type'>, payload: StoredPayload): Words {
  // What signs the chain says nothing that anybody would look for.
  if (event.type === 'head' || event.type === 'writer') return { text: '', paths: '' };
  const text: string[] = [];
  collect(event.data, text);
  if (payload) collect(payload, text);
  return { text: apart(text.join('\n').slice(0, MOST)), paths: apart(pathsOf(payload).join(BETWEEN).slice(0, MOST)) };
}

function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, into);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item, into);
}

export function pathsOf(payload: StoredPayload): string[] {
  const paths: string[] = [];
  collect(payload?.['contentOf'] ?? [], paths);
  collect(payload?.['places'] ?? {}, paths); // of logs that had no `changed` event
  paths.push(...changedPaths(payload));
  const action = readAction(payload);
  if (action.kind === 'action') paths.push(...kindOfStored(action).facets(action).paths);
  return paths;
}

/** What a run can be found by, apart from words: kind and value. */
export function facetsOf(
  { type, data }: Pick<EventBody, 'data' | 'type'>,
  payload: StoredPayload,
): [kind: string, value: string][] {
  const named = (kind: string, value: unknown): [string, string][] =>
    typeof value === 'string' && value !== '' ? [[kind, value]] : [];
  switch (type) {
    case 'proposed': {
      const action = readAction(payload);
      const origins = action.kind === 'action' ? kindOfStored(action).facets(action).origins : [];
      return [...named('tool', data['tool']), ...named('effect', data['effect']), ...origins.flatMap(hostsOf)];
    }
    case 'decided':
      return named('decision', data['verdict']);
    case 'answered':
      return data['by'] === 'person' && !decidesNothing(data)
        ? [['decision', data['choice'] === 'deny' ? 'refused' : 'approved']]
        : [];
    case 'egress':
      return typeof data['origin'] === 'string' ? hostsOf(data['origin']) : [];
    default:
      return [];
  }
}

/**
 * Characters of scripts that put no blanks between words, or put them around more than a word: each is a word of its
 * own, and what was one word is a phrase of them.
 */
const UNSPACED =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;

/** A text of which FTS5 takes each word. Wide, half-wide and composed characters are those that they stand for. */
function apart(text: string): string {
  return text.normalize('NFKC').replace(UNSPACED, ' $& ');
}

/** An origin is scheme, host and port (RFC 6454): it is found by each ending of that. */
function hostsOf(origin: string): [kind: 'host', value: string][] {
  const host = origin.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const name = host.replace(/:\d+$/, '');
  return [...new Set([origin, host, name])].map((value) => ['host', value]);
}

/** A query of FTS5 (sqlite.org/fts5.html): every word, in any order; the last may be the beginning of one. */
export function textQuery(text: string): string | undefined {
  const words = (text.normalize('NFKC').match(WORD) ?? [])
    .map((word) => wordsOf(word).join(' '))
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const isOpen = /[\p{L}\p{N}]$/u.test(text);
  return `text : (${words.map((word, index) => `"${word}"${isOpen && index === words.length - 1 ? ' *' : ''}`).join(' AND ')})`;
}

/** Names of a path, one after the other. */
export function pathQuery(path: string): string | undefined {
  const words = wordsOf(path);
  return words.length === 0 ? undefined : `paths : "${words.join(' ')}"`;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** As the index takes a text apart: letters and digits, of every script (FTS5's unicode61). */
export function wordsOf(text: string): string[] {
  return apart(text).match(WORD) ?? [];
}

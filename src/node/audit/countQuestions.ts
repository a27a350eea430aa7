import { COUNTED, questionsOf, weekOf, type Counted, type Questions } from '../../core/audit/questions.ts';
import { parseBody } from './logText.ts';
import type { Connection } from './database.ts';
import { seqAt } from './retention.ts';

/** What people were asked, week by week, newest first. */
export function questionsByWeek(connection: Connection, since: Date): { week: string; questions: Questions }[] {
  const from = seqAt(connection, since.toISOString());
  const types = COUNTED.map((type) => `'${type}'`).join(', ');
  const weeks = new Map<string, Counted[]>();
  const uses = new Map<unknown, number>();
  for (const row of connection
    .prepare(`SELECT body FROM events WHERE seq > ? AND type IN (${types}) ORDER BY seq`)
    .iterate(from)) {
    const event = parseBody(String(row['body']));
    if (!event) continue;
    if (Number.isNaN(Date.parse(event.time))) continue; // a damaged one; verify names it
    if (event.type === 'grant_used') uses.set(event.data['grant'], (uses.get(event.data['grant']) ?? 0) + 1);
    const week = weekOf(event.time);
    const counted = weeks.get(week) ?? [];
    counted.push({ type: event.type, data: event.data });
    weeks.set(week, counted);
  }
  return [...weeks].map(([week, events]) => ({ week, questions: questionsOf(events, uses) })).reverse();
}

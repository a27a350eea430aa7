import { counted } from '../../shared/named.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { decidesNothing } from './who.ts';

/** How much was asked, without what was taken back to be decided anew, and what came of it; approved and denied are what persons did. Seconds are the median of how long answers took. */
export interface Questions {
  asked: number;
  approved: number;
  denied: number;
  /** Of those approved: changed first by the person. */
  changed: number;
  /** Answered by lines that lay ready in a pipe or file. */
  byInput: number;
  /** Denied because nobody was there. */
  nobody: number;
  /** Without an answer: the run was stopped, interrupted, or reached a limit. */
  takenBack: number;
  seconds: number;
  /** Actions that a remembered approval covered. */
  grantsUsed: number;
  grantsGiven: number;
  /** Remembered approvals that never covered anything: they were not worth giving, or said something else. */
  grantsUnused: number;
}

/** What is counted of an event: few words of many events are kept in memory at a time. */
export type Counted = Pick<AuditRecord, 'type' | 'data'>;

export const COUNTED: readonly AuditRecord['type'][] = [
  'asked',
  'answered',
  'whose_asked',
  'whose_answered',
  'granted',
  'grant_used',
];

/** `uses`: how often each grant was used, where that can have been outside of these events. */
export function questionsOf(events: Iterable<Counted>, uses: ReadonlyMap<unknown, number> = new Map()): Questions {
  const waited: number[] = [];
  const grants = new Map<unknown, number>();
  const count = {
    asked: 0,
    approved: 0,
    denied: 0,
    changed: 0,
    byInput: 0,
    nobody: 0,
    takenBack: 0,
    grantsUsed: 0,
    grantsGiven: 0,
  };
  for (const { type: kind, data } of events) {
    const type = kind === 'whose_asked' ? 'asked' : kind === 'whose_answered' ? 'answered' : kind;
    if (type === 'asked') count.asked += 1;
    if (type === 'answered' && data['by'] === 'person') {
      if (data['choice'] === 'deny') count.denied += 1;
      else if (!decidesNothing(data)) count.approved += 1;
      if (data['choice'] === 'approve-edited') count.changed += 1;
      if (typeof data['waitedMs'] === 'number') waited.push(data['waitedMs']);
    } else if (type === 'answered') {
      if (data['by'] === 'input') count.byInput += 1;
      else if (data['by'] === 'nobody') count.nobody += 1;
      else if (data['by'] === 'outdated') count.asked -= 1;
      else count.takenBack += 1;
    }
    if (type === 'granted') {
      count.grantsGiven += 1;
      grants.set(data['grant'], uses.get(data['grant']) ?? 0);
    }
    if (type === 'grant_used') {
      count.grantsUsed += 1;
      if (grants.has(data['grant'])) grants.set(data['grant'], (grants.get(data['grant']) ?? 0) + 1);
    }
  }
  waited.sort((a, b) => a - b);
  return {
    ...count,
    seconds: Math.round((waited[Math.floor((waited.length - 1) / 2)] ?? 0) / 100) / 10,
    grantsUnused: [...grants.values()].filter((uses) => uses === 0).length,
  };
}

export function questionWords(questions: Questions): string {
  const { asked, approved, denied, seconds, grantsUsed, grantsGiven, grantsUnused } = questions;
  const { byInput, nobody, takenBack, changed } = questions;
  const others = [
    ...(byInput > 0 ? [`${byInput} answered by input given beforehand`] : []),
    ...(nobody > 0 ? [`${nobody} with nobody there`] : []),
    ...(takenBack > 0 ? [`${takenBack} without an answer`] : []),
  ].map((words) => `; ${words}`);
  const answers =
    asked === 0
      ? ''
      : ` (${approved} approved${changed > 0 ? `, of which ${changed} changed first` : ''}, ${denied} denied; half of the answers within ${seconds} s${others.join('')})`;
  const grants =
    grantsGiven === 0
      ? ''
      : `; ${counted(grantsGiven, 'remembered approval')}, which spared ${counted(grantsUsed, 'question')}; ${grantsUnused} never matched`;
  return `${counted(asked, 'question')}${answers}${grants}`;
}

/** The Monday of a day's week, as YYYY-MM-DD in UTC. */
export function weekOf(time: string): string {
  const day = new Date(time);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** What an event of a log failed, in one word. */
export type Property =
  | 'readable' // the record is not one
  | 'order' // numbers without a gap
  | 'chain' // follows from what is before it
  | 'payload' // is what was committed to
  | 'erasure' // a payload is gone, and no event says so
  | 'writer' // written by a process that the account certified
  | 'signature' // signed by who says so
  | 'signed' // signed as often as everybody signs
  | 'account' // by the account that it should be
  | 'witness'; // as somebody outside saw it

/** What a witness says of the log: how far it vouches, and when it saw that last. */
export interface WitnessReport {
  name: string;
  heads: number;
  /** The last event that it vouches for; 0 for none. */
  upTo: number;
  /** ISO 8601; empty for none. */
  time: string;
  problem?: string;
}

export interface Earlier {
  witness: string;
  log: string;
  upTo: number;
  time: string;
}

/** What came of checking a log or an export of it. */
export interface Verdict {
  ok: boolean;
  log: string;
  /** The account's key (fingerprint), and whether it was the one that it should be; `unchecked`: nobody said which. */
  account: string;
  accountChecked: 'local' | 'given' | 'unchecked';
  events: number;
  first: number;
  writers: number;
  /** Payloads that were erased, with an event that says so; and such as an export leaves out. */
  erased: number;
  left: number;
  /** Up to here the chain is signed; later events are not signed yet. */
  signedUpTo: number;
  /** Events at the end that nobody outside has seen: if some of them were changed or cut off, nobody could tell. */
  uncovered: number;
  witnesses: WitnessReport[];
  /** Other logs that witnesses saw in the same folder before. */
  earlier: Earlier[];
  /** Why the log begins where another one was before, if it says so itself. */
  gap?: string;
  problem?: { seq: number; property: Property; words: string };
}

/** The verdict as sentences for people. */
export function verdictWords(verdict: Verdict, now: Date): string[] {
  const { problem, events, first, erased, left, signedUpTo, uncovered, witnesses } = verdict;
  const last = first + events - 1;
  const lines = problem
    ? [`NOT WHOLE: ${problem.seq === 0 ? '' : `event ${problem.seq}: `}${problem.words}. (${problem.property})`]
    : [
        events === 0
          ? 'The log has no events yet.'
          : `The chain of ${events} events (${first} to ${last}) is whole, and signed up to event ${signedUpTo} by ${verdict.writers === 1 ? '1 process' : `${verdict.writers} processes`}.`,
      ];
  if (events > 0)
    lines.push(
      verdict.accountChecked === 'unchecked'
        ? `Signed by the account key ${verdict.account}; whether that is the right one, only its owner can say (--key).`
        : `Account key: ${verdict.account}, ${verdict.accountChecked === 'local' ? 'the one of this account' : 'the one you gave'}.`,
    );
  if (erased > 0) lines.push(`${erased} payloads were erased; the log says so itself.`);
  if (left > 0) lines.push(`${left} payloads are not in this export.`);
  if (verdict.gap !== undefined)
    lines.push(`This log began after another one: ${verdict.gap}. Its second or third event says more.`);
  for (const { witness, log, upTo, time } of verdict.earlier)
    lines.push(`Before it, ${witness} saw log ${log} here up to event ${upTo}, last on ${time}.`);
  for (const witness of witnesses) lines.push(witnessWords(witness, now));
  if (witnesses.length === 0)
    lines.push(
      'No witness outside was asked: that the end was not cut off, or everything replaced by somebody with the account’s key, nobody can tell.',
    );
  else if (uncovered > 0)
    lines.push(
      `The last ${uncovered === 1 ? 'event is' : `${uncovered} events are`} not covered by any witness yet: a change there by somebody with the key, or a cut-off end, could not be told.`,
    );
  return lines;
}

function witnessWords({ name, heads, upTo, time, problem }: WitnessReport, now: Date): string {
  if (problem !== undefined) return `Witness ${name}: ${problem}`;
  if (heads === 0) return `Witness ${name} has seen nothing of this log yet.`;
  return `Witness ${name} vouches for everything up to event ${upTo}, last seen ${ageWords(now.getTime() - Date.parse(time))} ago (${heads} ${heads === 1 ? 'entry' : 'entries'}).`;
}

function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}

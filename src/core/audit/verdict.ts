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
  | 'end' // an export: is what its signed end says
  | 'conversation' // stored for Resume: is what the chain names
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
  /** Somebody named it for this check. */
  isNamed?: boolean;
}

export interface Earlier {
  witness: string;
  log: string;
  upTo: number;
  time: string;
}

/** An export's last line: signed by the account, or missing; `earlier` versions wrote none. */
export type ExportEndState = 'signed' | 'missing' | 'earlier';

/** What came of checking a log or an export of it. */
export interface Verdict {
  /**
   * `unsigned`: nothing wrong was found, but the end is signed by nobody, so that anybody could have written it, or have
   * cut off what was there. `unchecked`: nothing wrong was found, but something that it should be held against could not be
   * looked at. `broken`: something is not what was recorded.
   */
  state: 'whole' | 'unsigned' | 'unchecked' | 'broken';
  /** Whole, and signed to its end. */
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
  /** Up to here processes have signed the chain; so many events at the end they have not. */
  signedUpTo: number;
  unsigned: number;
  /** Of an export. */
  end?: ExportEndState;
  /** Of a database: conversations that are stored for Resume, as the chain names them or from versions that named none. */
  conversations?: { named: number; earlier: number };
  /** Events at the end that nobody outside has seen: if some of them were changed or cut off, nobody could tell. */
  uncovered: number;
  witnesses: WitnessReport[];
  /** Other logs that witnesses saw in the same folder before. */
  earlier: Earlier[];
  /** Why the log begins where another one was before, if it says so itself. */
  gap?: string;
  problem?: { seq: number; property: Property; words: string };
}

/** The verdict as sentences for people: the first says whether it is whole. */
export function verdictWords(verdict: Verdict, now: Date): string[] {
  const { events, erased, left, uncovered, witnesses } = verdict;
  const lines = [stateWords(verdict), ...endWords(verdict), ...conversationWords(verdict)];
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

function stateWords(verdict: Verdict): string {
  const { state, problem, events, first, signedUpTo, unsigned, writers } = verdict;
  const last = first + events - 1;
  const by = writers === 1 ? '1 process' : `${writers} processes`;
  switch (state) {
    case 'broken':
      return `NOT WHOLE: ${problem === undefined || problem.seq === 0 ? '' : `event ${problem.seq}: `}${problem?.words ?? ''}. (${problem?.property ?? ''})`;
    case 'unchecked': {
      const names = verdict.witnesses
        .filter((one) => one.problem !== undefined && one.isNamed === true)
        .map(({ name }) => name);
      return `CANNOT BE CHECKED against ${names.join(', ')}: why is said below. Without that: ${stateWords({ ...verdict, state: isSignedToItsEnd(verdict) ? 'whole' : 'unsigned' })}`;
    }
    case 'unsigned':
      if (events === 0) return 'NOT SIGNED TO ITS END: it holds no events, and nobody has signed that there are none.';
      return unsigned === 0
        ? `NOT SIGNED TO ITS END: the export stops at event ${last} without the signature that ends it, so that what followed may have been cut off. Up to there it is whole.`
        : `NOT SIGNED TO ITS END: the last ${unsigned === 1 ? 'event is' : `${unsigned} events are`} signed by nobody yet (${last - unsigned + 1} to ${last}), so that anybody could have written them, or cut off others. ${signedUpTo < first ? 'Nothing before them is signed either.' : `Up to event ${signedUpTo} the chain is whole, and signed by ${by}.`}`;
    case 'whole':
      return events === 0
        ? 'The log has no events yet.'
        : `The chain of ${events} events (${first} to ${last}) is whole, and signed up to event ${signedUpTo} by ${by}.`;
  }
}

/** Whether what is there is signed to its end; that there is nothing, nobody signs. */
export function isSignedToItsEnd({ end, unsigned, events }: Pick<Verdict, 'end' | 'unsigned' | 'events'>): boolean {
  if (events === 0) return false;
  return end === undefined || end === 'earlier' ? unsigned === 0 : end !== 'missing';
}

function endWords({ state, end, unsigned, events }: Verdict): string[] {
  if (state === 'broken' || end === undefined) return [];
  switch (end) {
    case 'signed':
      return unsigned === 0
        ? ['The account has signed what is in this export, and where it ends.']
        : [
            `The last ${unsigned === 1 ? 'event was' : `${unsigned} events were`} signed by no process yet when this was exported: the account’s signature under the export covers them since then, not before.`,
          ];
    case 'earlier':
      return [
        'This export was made by an earlier version, which did not sign where it ends: whether something was cut off behind its last signature nobody can tell without a witness.',
      ];
    case 'missing':
      return unsigned === 0 && events > 0
        ? []
        : ['The export has no signature at its end, as every export has: it was cut off or changed.'];
  }
}

function conversationWords({ state, conversations }: Verdict): string[] {
  if (state === 'broken' || conversations === undefined) return [];
  const { named, earlier } = conversations;
  const lines = [];
  if (named > 0)
    lines.push(
      named === 1
        ? 'The stored conversation that a run can go on with is the one that the log names.'
        : `The ${named} stored conversations that runs can go on with are those that the log names.`,
    );
  if (earlier > 0)
    lines.push(
      `${earlier === 1 ? '1 conversation was' : `${earlier} conversations were`} stored by an earlier version: signed, but not covered by the chain, so that an older one in the place of a newer, or one that is gone, would not be noticed.`,
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

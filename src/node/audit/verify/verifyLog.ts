import type { Earlier, ExportEndState, Verdict } from '../../../core/audit/verdict.ts';
import { parseBody } from '../logText.ts';
import type { Bad } from './bad.ts';
import { ChainCheck, WHOLE, type Anchor, type Row } from './chainCheck.ts';
import type { Conversations, StoredConversation } from './conversationCheck.ts';
import { checkedEnd, type Exported } from './exportEndCheck.ts';
import { WitnessCheck, type Testimony } from './witnessCheck.ts';

/** What a check is made against. */
export interface Against {
  /** The account's public key (SPKI, base64), and where it is from; undefined where nobody said which it must be. */
  account?: { key: string; from: 'local' | 'given' } | undefined;
  testimonies: readonly Testimony[];
  /** Stands for the folder of the log; see SeenHead. */
  place?: string | undefined;
  /** Whether a log is known to have begun there; undefined where nobody knows. */
  hasBegun?: boolean | undefined;
}

/** Called now and then with how many events are checked, of how many. */
export type Progress = (done: number, of: number) => void;

const EVERY = 20_000;

/** Where events come from, in order, with what is known beforehand. */
export interface Source {
  count: number;
  /** From the beginning, each time. */
  rows(): Iterable<Row>;
  /** What an export says of itself. */
  says?: { log: string; account: string; last: number };
  /** What an export of a part begins with. */
  part?: { from: Anchor; introductions: readonly { body: string; prev: string }[] };
  /** An export's first and last line. */
  exported?: Exported;
  /** What a database stores beside the chain. */
  conversations?: () => Iterable<StoredConversation>;
}

/** What was found beside what is wrong. */
interface Found {
  gap?: string;
  conversations?: Conversations;
  end?: ExportEndState;
}

/** Checks a log or an export from its first event to its last. */
export function verifySource(source: Source, against: Against, progress: Progress): Verdict {
  const first = verifyOnce(source, against, progress, false);
  // Once more with every signature, to name the first that does not fit: the last ones of each process were looked at.
  return first.problem && first.problem.seq > 0 ? verifyOnce(source, against, progress, true) : first;
}

function verifyOnce(source: Source, against: Against, progress: Progress, everyHead: boolean): Verdict {
  const { account } = against;
  const check = new ChainCheck({
    isAccount: (key) => account === undefined || key === account.key,
    from: source.part?.from ?? WHOLE,
    isPart: source.part !== undefined,
    everyHead,
  });
  const witnesses = new WitnessCheck(against.testimonies, against.place);
  const found: Found = {};
  const bad = checked(source, check, witnesses, progress, found) ?? (check.events === 0 ? emptied(against) : undefined);
  const unsigned = Math.min(check.events, check.last.seq - check.signedUpTo);
  // That there is nothing is signed by nobody either.
  const isOpen = check.events === 0 ? against.hasBegun !== false : isUnsigned(found.end, unsigned);
  const reports = witnesses.reports();
  // Somebody wanted to know what exactly these say; of others it is said that they could not be asked.
  const isUnchecked = reports.some(({ problem, isNamed }) => problem !== undefined && isNamed === true);
  const state = bad ? 'broken' : isUnchecked ? 'unchecked' : isOpen ? 'unsigned' : 'whole';
  return {
    state,
    ok: state === 'whole',
    log: check.log,
    account: check.account,
    accountChecked: account?.from ?? 'unchecked',
    events: check.events,
    first: (source.part?.from.seq ?? 0) + 1,
    writers: check.writers,
    erased: check.erased,
    left: check.left,
    signedUpTo: check.signedUpTo,
    unsigned,
    uncovered: Math.min(check.events, Math.max(0, check.last.seq - witnesses.coveredUpTo)),
    witnesses: reports,
    earlier: witnesses.earlier(),
    ...found,
    ...(bad && { problem: bad }),
  };
}

function isUnsigned(end: ExportEndState | undefined, unsigned: number): boolean {
  return end === undefined || end === 'earlier' ? unsigned > 0 : end === 'missing';
}

function emptied({ hasBegun }: Against): Bad | undefined {
  return hasBegun === true
    ? {
        seq: 1,
        property: 'order',
        words: 'it is missing, and all that followed: a log was begun here, and this one is empty',
      }
    : undefined;
}

function checked(
  source: Source,
  check: ChainCheck,
  witnesses: WitnessCheck,
  progress: Progress,
  found: Found,
): Bad | undefined {
  const { part, says } = source;
  if (part && says) {
    const bad = check.begin(says.log, says.account) ?? introduced(part.introductions, check);
    if (bad) return bad;
    witnesses.begin(says.log, '');
  }
  for (const row of source.rows()) {
    const bad = check.add(row);
    if (bad) return bad;
    const { seq, hash } = check.last;
    if (seq === 1 && !part) witnesses.begin(check.log, parseBody(row.body)?.time ?? '');
    const unlike = witnesses.event(seq, hash);
    if (unlike) return unlike;
    if (seq <= 3) noteGap(row, found);
    if (seq % EVERY === 0) progress(check.events, source.count);
  }
  if (check.events === 0 && !part) witnesses.begin('', '');
  else if (check.log === '')
    return { seq: 1, property: 'readable', words: 'the first event does not say whose log this is' };
  if (says && (says.log !== check.log || says.last !== check.last.seq))
    return {
      seq: check.last.seq + 1,
      property: 'order',
      words: `the export ends here, although it says that it goes to event ${says.last} of log ${says.log}`,
    };
  return (
    check.end() ??
    ended(source, check, found) ??
    stored(source, check, found) ??
    (part ? undefined : witnesses.end(check.last.seq, found.gap))
  );
}

function ended({ exported }: Source, check: ChainCheck, found: Found): Bad | undefined {
  const end = exported && checkedEnd(exported, check);
  if (typeof end === 'object') return end;
  if (end) found.end = end;
  return undefined;
}

function stored({ conversations }: Source, check: ChainCheck, found: Found): Bad | undefined {
  if (!conversations) return undefined;
  const result = check.conversations.check(
    { log: check.log, signed: check.signedUpTo },
    conversations(),
    (writer, text, signature) => check.isSignedBy(writer, text, signature),
  );
  if ('property' in result) return result;
  found.conversations = result;
  return undefined;
}

function introduced(introductions: readonly { body: string; prev: string }[], check: ChainCheck): Bad | undefined {
  for (const { body, prev } of introductions) {
    const wrong = check.introduce(body, prev);
    if (wrong) return wrong;
  }
  return undefined;
}

function noteGap({ body }: Row, found: Found): void {
  const event = body.includes('"type":"gap"') ? parseBody(body) : undefined;
  const reason = event?.type === 'gap' ? event.data['reason'] : undefined;
  if (typeof reason === 'string') found.gap = reason;
}

/** The same verdict, with something wrong that the chain does not show. */
export function brokenBy(problem: Bad, verdict: Verdict): Verdict {
  return { ...verdict, state: 'broken', ok: false, problem };
}

/** Where there is nothing to check: the problem is all that is known. */
export function unreadable(last: number, words: string, against: Against): Verdict {
  const none: Earlier[] = [];
  return {
    ...{
      state: 'broken',
      ok: false,
      log: '',
      account: '',
      accountChecked: against.account?.from ?? 'unchecked',
      events: last,
    },
    ...{ first: 1, writers: 0, erased: 0, left: 0, signedUpTo: 0, unsigned: last, uncovered: last, earlier: none },
    witnesses: new WitnessCheck(against.testimonies, against.place).reports(),
    problem: { seq: last + 1, property: 'readable', words },
  };
}

import { counted } from '../../shared/named.ts';
import { verdictWords } from '../audit/verdict.ts';
import { POLICY_KEYS } from '../policy/keys/table.ts';
import { OPEN_POLICY, pass, type Check } from './check.ts';

const DAY_MS = 86_400_000;
const LATELY_DAYS = 7;
const VERIFY = 'oversign.verifyLog';

/** What remains of it, and whether others can believe it. */
export const EVIDENCE_CHECKS: readonly Check[] = [
  {
    id: 'log-whole',
    title: 'The audit log is whole',
    why: 'A log that was changed proves nothing.',
    judge: ({ log, now }) => {
      if (log === undefined) return { state: 'unknown', words: 'It has not been checked yet.', command: VERIFY };
      if (log === 'none') return pass('There is none yet.');
      const [first = '', ...evidence] = verdictWords(log.verdict, new Date(now));
      const isWhole = log.verdict.state === 'whole' || log.verdict.state === 'unsigned';
      return isWhole
        ? pass(first, evidence)
        : { state: 'fail', words: first, fix: 'docs/audit.md says what to do.', command: VERIFY, evidence };
    },
  },
  {
    id: 'log-verified',
    title: 'The log was checked lately',
    why: 'The longer nobody looks, the less can be found out about who changed what.',
    judge: ({ log, now }) => {
      if (log === 'none') return pass('There is none yet.');
      const days = log === undefined ? Infinity : (now - log.checked) / DAY_MS;
      if (days <= LATELY_DAYS)
        return pass(days < 1 ? 'Within the last day.' : `${counted(Math.floor(days), 'day')} ago.`);
      return {
        state: 'fail',
        words: days === Infinity ? 'Nobody has checked it.' : `${Math.floor(days)} days ago.`,
        fix: 'Run oversign verify.',
        command: VERIFY,
      };
    },
  },
  {
    id: 'log-witness',
    title: 'Somebody outside has seen the log',
    why: 'Whoever has the account’s key can replace a whole log; only a witness outside would notice.',
    judge: ({ log }) => {
      if (log === 'none') return pass('There is no log yet.');
      const seen = log?.verdict.witnesses.filter(({ heads, problem }) => heads > 0 && problem === undefined) ?? [];
      const evidence =
        log?.verdict.witnesses.map(
          ({ name, upTo, time, problem }) => problem ?? `${name}: up to event ${upTo}, ${time}`,
        ) ?? [];
      if (seen.length > 0) return pass(`${counted(seen.length, 'witness', 'witnesses')}.`, evidence);
      return {
        state: 'fail',
        words: 'Nobody outside vouches for any of it.',
        fix: `Name a file on another disk or in a synced folder in ${POLICY_KEYS.audit.witnessFiles.path}.`,
        command: OPEN_POLICY,
        evidence,
      };
    },
  },
  {
    id: 'runs-reviewed',
    title: 'What was to be reviewed afterwards was reviewed',
    why: 'Review afterwards means that somebody looks.',
    judge: ({ review }) => {
      if (review === undefined) return { state: 'unknown', words: 'It has not been looked at yet.' };
      if (review.open === 0) return pass(review.runs === 0 ? 'There was nothing.' : `All of the last ${review.runs}.`);
      return {
        state: 'fail',
        words: `Of ${counted(review.open, 'run')} here nobody has reviewed the changes.`,
        fix: 'Run oversign review, or Oversign: Review Changes.',
        command: 'oversign.reviewChanges',
      };
    },
  },
  {
    id: 'organization-policy',
    title: 'An organization’s policy is there, and an administrator owns it',
    why: 'Only what the account cannot change itself binds whoever uses it.',
    judge: ({ organization: { file, state, words } }) => {
      switch (state) {
        case 'counts':
          return pass('It counts.', [file]);
        case 'absent':
          return {
            state: 'advice',
            words: 'There is none: you alone decide.',
            fix: `Where others are to be bound, an administrator writes ${file}.`,
            evidence: [file],
          };
        case 'not-administrators':
        case 'unreadable':
          return {
            state: 'fail',
            words,
            fix: `Have an administrator own ${file}, and nobody else write it.`,
            evidence: [file],
          };
      }
    },
  },
];

import { ActionSchema, type Action } from '../../../shared/action.ts';
import type { AuditRecord } from '../../../shared/auditEvent.ts';
import { VerdictSchema, type Verdict } from '../../../shared/decision.ts';
import { FlagsSchema, type Flags } from '../../../shared/flow.ts';
import { canonicalJson } from '../../../shared/json.ts';
import { WaySchema } from '../../../shared/way.ts';
import type { Way } from '../../../shared/wayWords.ts';
import { isNotThePolicy } from '../../audit/outcome.ts';
import { readAction } from '../../audit/storedAction.ts';
import { REVIEWED } from '../../kinds/reviewed.ts';
import { A_MASK } from '../../redaction/placeholder.ts';
import type { Left } from './left.ts';

/** One decision as the log has it, in the order in which it was taken. */
export interface PastDecision {
  /** Of the action, in the log. */
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  title: string;
  tool: string;
  /** What it was about, where all of that can still be read; else why not. Read when it is asked for: it takes its time. */
  about: () => About;
  was: { verdict: Verdict; rule: string; reason: string; grant?: string };
  /** A person was asked about it, and that was not taken back to be decided anew. */
  isAsked: boolean;
  isOutdated: boolean;
  /** It was begun: it was allowed, or approved. */
  isStarted: boolean;
  /** The flags as they were recorded when it began. */
  flagsAfter?: Flags;
  /** A person said no. */
  isRefused: boolean;
  /** Decided right after a person had approved it as it stood before: no grant was looked at. */
  isAfterApproval: boolean;
  /** It was to be reviewed afterwards, and turned out not to be undone whole. */
  isUncovered: boolean;
}

type About = { action: Action } | { left: Left };

/** What happened in a run that a later decision of it rests on, in its order. */
export type PastStep =
  | { kind: 'decided'; of: PastDecision }
  | { kind: 'started'; of: PastDecision }
  | {
      kind: 'granted';
      of: PastDecision | undefined;
      grant: string;
      until: string;
      words: string | undefined;
      at: number;
    }
  | { kind: 'revoked'; grant: string }
  | { kind: 'way'; way: Way | undefined }
  /** Lit by a look that Oversign took by itself. */
  | { kind: 'flags'; flags: Flags };

/** What a run's events say of its decisions. Nothing of them is trusted: what cannot be read is said to be so. */
export function pastSteps(events: readonly AuditRecord[]): PastStep[] {
  const steps: PastStep[] = [];
  const [proposed, last] = [new Map<string, AuditRecord>(), new Map<string, PastDecision>()];
  const [approved, asked] = [new Set<string>(), new Map<unknown, PastDecision>()];
  let flags: Flags | undefined;
  for (const event of events) {
    const { type, action = '', data, payload } = event;
    if (type === 'conversation') continue; // stored with them
    // The flags that an action lights are recorded right before it begins: those are found out anew.
    const lit = flags;
    if (lit && type !== 'started') steps.push({ kind: 'flags', flags: lit });
    flags = undefined;
    const of = last.get(action);
    switch (type) {
      case 'run_started':
      case 'run_continued':
      case 'way_changed':
        steps.push({ kind: 'way', way: WaySchema.safeParse(data['way']).data });
        break;
      case 'flags':
        flags = FlagsSchema.safeParse(data).data;
        break;
      case 'proposed':
        proposed.set(action, event);
        break;
      case 'decided': {
        const verdict = VerdictSchema.safeParse(data['verdict']);
        const rule = data['rule'];
        const call = proposed.get(action);
        // A person wanted to see its effects; and what was no call at all. No policy decided either.
        if (call?.data['effectsOf'] !== undefined || isNotThePolicy(rule)) break;
        const now = decisionOf(event, call, { verdict: verdict.data, rule });
        now.isAfterApproval = approved.delete(action);
        now.isUncovered = of?.was.rule === REVIEWED && !of.isStarted;
        last.set(action, now);
        steps.push({ kind: 'decided', of: now });
        break;
      }
      case 'asked':
        if (of) {
          of.isAsked = true;
          asked.set(data['approval'], of);
        }
        break;
      case 'answered': {
        const about = asked.get(data['approval']) ?? of;
        if (data['by'] === 'outdated') {
          if (about) about.isOutdated = true;
        } else if (data['choice'] === 'deny') {
          if (about) about.isRefused = data['by'] === 'person' || data['by'] === 'input';
        } else if (data['choice'] !== 'save-first') approved.add(action);
        break;
      }
      case 'granted': {
        const [grant, until, words] = [text(data['grant']), text(data['until']), text(payload?.['words'])];
        if (grant !== undefined && until !== undefined)
          steps.push({ kind: 'granted', of, grant, until, words, at: Date.parse(event.time) });
        break;
      }
      case 'grant_revoked':
        if (typeof data['grant'] === 'string') steps.push({ kind: 'revoked', grant: data['grant'] });
        break;
      case 'started':
        if (of) {
          of.isStarted = true;
          if (lit) of.flagsAfter = lit;
          steps.push({ kind: 'started', of });
        }
        break;
      default:
        break;
    }
  }
  return steps;
}

function decisionOf(
  { action: id = '', payload, time }: AuditRecord,
  call: AuditRecord | undefined,
  { verdict, rule }: { verdict: Verdict | undefined; rule: unknown },
): PastDecision {
  const decision = payload?.['decision'];
  const said = typeof decision === 'object' && decision !== null && !Array.isArray(decision) ? decision : {};
  const grant = text(said['grant']);
  const left: Left | undefined = verdict === undefined || typeof rule !== 'string' ? 'unreadable' : undefined;
  return {
    ...{ id, at: Date.parse(time) },
    title: text(call?.payload?.['title']) ?? '',
    tool: text(call?.data['tool']) ?? '',
    about: () => (left ? { left } : aboutOf(call)),
    was: {
      verdict: verdict ?? 'deny',
      rule: text(rule) ?? '',
      reason: text(said['reason']) ?? '',
      ...(grant !== undefined && { grant }),
    },
    ...{ isAsked: false, isOutdated: false, isStarted: false, isRefused: false },
    ...{ isAfterApproval: false, isUncovered: false },
  };
}

function aboutOf(call: AuditRecord | undefined): About {
  const stored = readAction(call?.payload);
  switch (stored.kind) {
    case 'gone':
      return { left: 'erased' };
    case 'newer':
      return { left: 'newer' };
    case 'no call':
      return { left: 'undescribed' };
    case 'action': {
      if (!stored.isWhole) return { left: 'cut' };
      const { version: _, ...recorded } = stored.recorded;
      const { data: action } = ActionSchema.safeParse(recorded);
      if (!action) return { left: 'unreadable' };
      // The texts that a call has decide nothing, and would be much to keep.
      const deciding = { ...action, arguments: {} };
      return isMasked(deciding) ? { left: 'masked' } : { action: deciding };
    }
  }
}

/** Whether a secret was masked in what decides. The values of variables are never recorded, and none of that. */
function isMasked(action: Action): boolean {
  const seen = action.kind === 'run' ? { ...action, launch: { ...action.launch, environment: {} } } : action;
  return canonicalJson(seen).search(A_MASK) !== -1;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

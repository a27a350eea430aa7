import type { Action, Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { ruleOfTwoReason, wouldLightThird } from '../flow/ruleOfTwo.ts';
import { kindOf } from '../kinds/table.ts';
import { denialOf } from '../scope/guard.ts';
import type { Scope } from '../scope/scope.ts';
import { decision } from './decision.ts';
import type { Facts, Family, GrantView } from './facts.ts';
import type { EffectivePolicy } from './merge.ts';
import { maximumPrivacy, PRIVACY_RULE, privacyWords } from './privacy.ts';
import { mayStandFor } from './remembered.ts';
import type { Rulebook, Ruling } from './rules.ts';
import type { WayInForce } from '../../shared/way.ts';
import { sentence } from '../../shared/named.ts';

/** What decides: the policy, and what was made ready from it. */
export interface InForce {
  policy: EffectivePolicy;
  scope: Scope;
  rulebook: Rulebook;
  /** In which way the run works. */
  way: WayInForce;
}

/** What stays under Maximum privacy: every other kind of tool, also one to come, reaches something elsewhere. */
const STAYS_HERE: ReadonlySet<Family> = new Set<Family>([
  ...(['file_system', 'code_execution', 'bash', 'code', 'environment', 'database', 'conversation'] as const),
]);

/** Whether the model is offered tools of a family at all; a denial says which rule took them away. */
export function offered(policy: EffectivePolicy, family: Family): Decision {
  const isPrivate = maximumPrivacy(policy);
  if (isPrivate && !STAYS_HERE.has(family))
    return decision('deny', PRIVACY_RULE, `${privacyWords(isPrivate)}: nothing is sent to other hosts.`, isPrivate);
  switch (family) {
    case 'file_system':
      return policy.fileSystem.value
        ? decision('allow', 'tools.file_system.enabled', 'File tools are switched on.', policy.fileSystem.origin)
        : decision('deny', 'tools.file_system.enabled', 'File tools are switched off.', policy.fileSystem.origin);
    case 'code_execution':
    case 'bash':
    case 'code':
      return programsOffered(policy, family);
    case 'web_browsing':
      return policy.webBrowsing.value
        ? decision('allow', 'tools.web_browsing.enabled', 'Web pages are switched on.', policy.webBrowsing.origin)
        : decision('deny', 'tools.web_browsing.enabled', 'Web pages are switched off.', policy.webBrowsing.origin);
    case 'api_calls':
      return policy.apiCalls.value
        ? decision('allow', 'tools.api_calls.enabled', 'API requests are switched on.', policy.apiCalls.origin)
        : decision('deny', 'tools.api_calls.enabled', 'API requests are switched off.', policy.apiCalls.origin);
    case 'environment':
      return policy.variables.value.length > 0
        ? decision('allow', 'environment.allowed_variables', 'Your policy names variables.', policy.variables.origin)
        : decision('deny', 'environment.allowed_variables', 'Your policy names no variable.', policy.variables.origin);
    case 'database':
      return policy.databases.value
        ? decision('allow', 'tools.database.enabled', 'Databases are switched on.', policy.databases.origin)
        : decision('deny', 'tools.database.enabled', 'Databases are switched off.', policy.databases.origin);
    case 'plugins':
      return policy.plugins.value.length > 0
        ? decision('allow', 'plugins.servers', 'Your policy names plugins.', policy.plugins.origin)
        : decision('deny', 'plugins.servers', 'Your policy names no plugin.', policy.plugins.origin);
    case 'conversation':
      return decision('allow', 'talk', 'It only speaks to you.');
  }
}

const LANGUAGES_MISSING = {
  code_execution: 'No language is allowed, so nothing can be run.',
  bash: 'Commands are written in bash, and bash is not among the allowed languages.',
  code: 'Neither Python nor JavaScript is among the allowed languages.',
} as const;

function programsOffered(policy: EffectivePolicy, family: keyof typeof LANGUAGES_MISSING): Decision {
  const { codeExecution, languages } = policy;
  const rule = 'tools.code_execution.enabled';
  if (!codeExecution.value) return decision('deny', rule, 'Commands are switched off.', codeExecution.origin);
  const isOne = languages.value.some((one) => family === 'code_execution' || (one === 'bash') === (family === 'bash'));
  return isOne
    ? decision('allow', rule, 'Commands are switched on.', codeExecution.origin)
    : decision('deny', 'tools.code_execution.languages', LANGUAGES_MISSING[family], languages.origin);
}

/**
 * The decision for one action, as `decided` says it; but nothing is changed under a person's unsaved text without a
 * question, whatever allows it.
 */
export function decide(action: Action, facts: Facts, inForce: InForce, grants: readonly GrantView[]): Decision {
  const wanted = decided(action, facts, inForce, grants);
  const { unsaved = '' } = facts;
  if (wanted.verdict !== 'allow' || unsaved === '') return wanted;
  return { ...decision('ask', UNSAVED, `You have unsaved changes in the editor: ${unsaved}.`), eachTime: true };
}

const UNSAVED = 'unsaved';

/** The unsaved files that a past decision was about; empty where it was about none. */
export function unsavedIn({ rule, reason }: Pick<Decision, 'rule' | 'reason'>): string {
  if (rule !== UNSAVED) return '';
  // Of one whose reason was erased the rule is known, and that is enough to decide by.
  return /^You have unsaved changes in the editor: (.+)\.$/s.exec(reason)?.[1] ?? '?';
}

/**
 * The decision for one action. Pure and total: unknown asks, broken denies, and a denial is final: no grant and
 * no click passes it. In this order: what is switched off; denied, outside and protected paths; missing confinement;
 * the policy's rules over what asks by default; the Rule of Two; and last `grants`, which only turn an `ask` that may
 * be covered into an `allow`. A run that only looks is denied all else before any rule is asked.
 */
function decided(action: Action, facts: Facts, given: InForce, grants: readonly GrantView[]): Decision {
  const inForce = unreviewed(facts, given);
  const { policy, scope, rulebook, way } = inForce;
  const kind = kindOf(action);
  const available = offered(policy, facts.family);
  if (available.verdict === 'deny') return available;
  const forbidden = firstDenial(action.resources, scope);
  if (forbidden) return forbidden;
  if (kind.isConfined && facts.sandboxRefusal !== undefined)
    return decision('deny', 'sandbox', facts.sandboxRefusal, policy.sandbox.origin);
  if (way.way === 'look' && (kind.footprint(action).kind !== 'nothing' || !kind.canOnlyLook))
    return decision('deny', 'way: look', 'This run only looks. Put the change into your plan instead.', way.origin);
  const standard = because(kind.standard(action, inForce), facts);
  if (standard.verdict === 'deny') return standard;
  const wanted = ruled(standard, rulebook.ruling(action), action, inForce);
  if (wanted.verdict === 'deny') return wanted;
  const labels = kind.labels(action, inForce);
  if (wouldLightThird(facts.flags, labels)) {
    const why = ruleOfTwoReason(facts.flags, labels);
    return wanted.verdict === 'ask'
      ? { ...wanted, reason: `${sentence(wanted.reason)} ${why}` }
      : decision('ask', 'rule-of-two', why);
  }
  const grant = mayStandFor(wanted, grants, policy).find((candidate) => candidate.covers(action));
  if (grant)
    return { ...decision('allow', 'grant', `You approved ${grant.words}.`, { layer: 'run' }), grant: grant.id };
  return wanted;
}

/** What cannot be undone whole after all is nothing to be reviewed afterwards. */
function unreviewed({ uncovered }: Facts, inForce: InForce): InForce {
  return uncovered === undefined || inForce.way.way !== 'review'
    ? inForce
    : { ...inForce, way: { ...inForce.way, way: 'ask' } };
}

function because(wanted: Decision, { uncovered }: Facts): Decision {
  return uncovered === undefined || wanted.verdict !== 'ask'
    ? wanted
    : { ...wanted, reason: `${sentence(wanted.reason)} ${uncovered}` };
}

function firstDenial(resources: readonly Resource[], scope: Scope): Decision | undefined {
  for (const { path, access } of resources) {
    const denial = denialOf(scope, path, access);
    if (denial) return denial;
  }
  return undefined;
}

/** What a rule makes of the standard decision. */
function ruled(wanted: Decision, ruling: Ruling | undefined, action: Action, inForce: InForce): Decision {
  if (!ruling) return namingThePart(wanted, action, inForce);
  const own = decision(ruling.verdict, ruling.name, ruling.why, ruling.origin);
  if (ruling.verdict === 'deny') return own;
  if (ruling.verdict === 'ask') return asked(ruling.eachTime ? { ...own, eachTime: true } : own, wanted);
  if (wanted.verdict === 'allow') return wanted;
  if (wanted.isSensitive === true && !ruling.isAboutPaths) return wanted;
  return kindOf(action).allowed(action, own, wanted, inForce);
}

/** Where a rule allows a command but for a part of it, the question is about that part. */
function namingThePart(wanted: Decision, action: Action, { rulebook }: InForce): Decision {
  if (wanted.verdict !== 'ask' || wanted.rule !== 'command') return wanted;
  const part = rulebook.asking(action);
  return part === undefined
    ? wanted
    : { ...wanted, reason: `Your rules allow the rest of it, but not ${sentence(part)}` };
}

/** A rule that asks takes nothing from what asks by itself: what no grant covers, none covers then either. */
function asked(own: Decision, { eachTime, isSensitive, reason }: Decision): Decision {
  if (eachTime !== true && isSensitive !== true) return own;
  return {
    ...own,
    reason: `${sentence(own.reason)} ${reason}`,
    ...(eachTime === true && { eachTime }),
    ...(isSensitive === true && { isSensitive }),
  };
}

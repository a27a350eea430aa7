import type { Answerer } from './port.ts';
import type { PathRule } from '../scope/pathRule.ts';
import { offered } from '../policy/decide.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Rule, RuleList } from '../policy/rules.ts';
import { cutVisibly } from '../../shared/cut.ts';
import { allowedLanguages, LANGUAGES } from '../tools/code/languages.ts';
import { visibleLine } from '../../shared/visible.ts';
import type { Way } from '../../shared/wayWords.ts';

const MOST_PATHS = 12;
const MOST_RULES = 10;
const MAX_WORDS = 100;
const MOST_OF_PLUGINS = 1000;

/** What a policy allows, asks and denies, in a few lines for a model. What a repository wrote into it is not repeated here. */
export function policyWords(policy: EffectivePolicy, answerer: Answerer, way: Way): string[] {
  return [
    ...wayWords(way),
    ...decisionWords(policy, way),
    ...ruleWords(policy),
    ...pathWords('Denied to every tool and command', [...policy.deniedPaths]),
    ...narrowedWords(policy),
    ...pluginWords(policy, way),
    ANSWERED[answerer],
    `Limits: ${policy.maxIterations.value} turns and ${policy.timeoutSeconds.value} s of work at a time.`,
  ];
}

const ANSWERED: Record<Answerer, string> = {
  person: 'The person is there and answers questions; each one costs them time. Prefer what needs none.',
  input: 'Answers were given beforehand; questions beyond them are denied.',
  nobody:
    'Nobody is there to answer: whatever would be asked is denied. Do what needs no approval, and say at the end what was left.',
};

/** What is so of a run beside what its policy says. */
function wayWords(way: Way): string[] {
  switch (way) {
    case 'look':
      return [
        'This run only looks: nothing can be changed, and commands run only where they are known to only look. End with a plan: what you would change, where, and how it would be checked.',
      ];
    case 'ask':
      return [];
    case 'review':
      return [
        'What can be undone whole is done without a question: edits, deletes, moves, and commands in the sandbox. The person reviews all of it at the end, and may put any part back.',
      ];
  }
}

function decisionWords(policy: EffectivePolicy, way: Way): string[] {
  const files = offered(policy, 'file_system').verdict === 'allow';
  const commands = offered(policy, 'bash').verdict === 'allow';
  const programs = offered(policy, 'code').verdict === 'allow';
  const requests = offered(policy, 'api_calls').verdict === 'allow' && way !== 'look';
  const pages = offered(policy, 'web_browsing').verdict === 'allow' && way !== 'look';
  const databases = offered(policy, 'database').verdict === 'allow';
  const isSandboxed = commands && policy.sandbox.value;
  const allowed = [
    ...(files ? ['reading, listing and searching in the workspace'] : []),
    ...(isSandboxed ? ['commands that only look (ls, cat, grep, git status, git log, …)'] : []),
    ...(files && way === 'review' ? ['edits, deletes and moves whose earlier content is kept'] : []),
    ...(isSandboxed && way === 'review' ? ['commands where undo covers all of the workspace'] : []),
  ];
  const asked = [
    ...(files && way === 'ask' ? ['edits, deletes and moves'] : []),
    ...(files ? ['reading likely secrets (.env, keys)'] : []),
    ...(commands && way !== 'look'
      ? [policy.sandbox.value ? 'other commands' : 'commands (they run without a sandbox)']
      : []),
    ...(programs && way !== 'look' ? [`programs in ${languagesOf(policy)}`] : []),
    ...(requests ? ['HTTP requests'] : []),
    ...(pages ? ['web pages of hosts that are not in allowed_domains'] : []),
    ...(databases ? [way === 'look' ? 'reading databases' : 'reading and changing databases'] : []),
  ];
  const denied = [
    'files outside the workspace',
    way === 'look'
      ? 'whatever changes anything'
      : 'changes of .git, editor settings and policies by file tools, and of what git runs and of policies by commands',
    ...(commands ? [] : ['commands']),
    ...(files ? [] : ['file tools']),
  ];
  return [
    ...(allowed.length > 0 ? [`Done at once: ${allowed.join('; ')}.`] : []),
    ...(asked.length > 0 ? [`Asked first: ${asked.join('; ')}.`] : []),
    `Denied: ${denied.join('; ')}.`,
  ];
}

function languagesOf(policy: EffectivePolicy): string {
  return allowedLanguages(policy)
    .map((one) => LANGUAGES[one].label)
    .join(' and ');
}

/** Whoever named them may start programs: no workspace does. */
function pluginWords(policy: EffectivePolicy, way: Way): string[] {
  if (way === 'look' || policy.plugins.value.length === 0) return [];
  const names = policy.plugins.value.map(({ name, tools }) => `${name} (${tools.join(', ')})`);
  return [`Plugins that start_plugin can start, with their tools: ${cutVisibly(names.join('; '), MOST_OF_PLUGINS)}.`];
}

/** Whoever wrote a workspace's policy may be anybody. */
function isTheirs({ origin }: { origin: Rule['origin'] }): boolean {
  return origin.layer === 'workspace';
}

function ruleWords({ rules: books }: EffectivePolicy): string[] {
  const counting = books.flat().flatMap((list: RuleList) => list.rules.filter((rule) => counts(rule, list)));
  const own = counting.filter((rule) => !isTheirs(rule));
  const lines = [...new Set(own.map(oneRule))];
  const more = Math.max(0, lines.length - MOST_RULES) + new Set(counting.filter(isTheirs)).size;
  const words = lines.slice(0, MOST_RULES).map((line) => `Rule: ${line}.`);
  return more === 0 ? words : [...words, `${more} more ${more === 1 ? 'rule is' : 'rules are'} in force.`];
}

function counts({ keys }: Rule, { mayLoosen }: RuleList): boolean {
  return keys.decision !== 'allow' || mayLoosen;
}

function oneRule({ keys }: Rule): string {
  const about = [
    ...(keys.commands ?? []).map(quoted),
    ...(keys.paths ?? []).map(quoted),
    ...(keys.commands || keys.paths ? [] : (keys.tools ?? [])),
  ];
  return cutVisibly(`${keys.decision} ${about.join(', ')}`, MAX_WORDS);
}

function pathWords(what: string, rules: readonly PathRule[]): string[] {
  const own = [...new Set(rules.filter((rule) => !isTheirs(rule)).map(({ written }) => written))];
  const theirs = new Set(rules.filter(isTheirs).map(({ written }) => written)).size;
  if (own.length + theirs === 0) return [];
  const more = Math.max(0, own.length - MOST_PATHS) + theirs;
  const listed = own.slice(0, MOST_PATHS).map(quoted);
  return [`${what}: ${[...listed, ...(more > 0 ? [`${more} more`] : [])].join(', ')}.`];
}

function narrowedWords({ allowedPaths }: EffectivePolicy): string[] {
  return pathWords(
    'Of the workspace only this is there',
    allowedPaths.flatMap(({ rules }) => rules),
  );
}

function quoted(text: string): string {
  return `\`${visibleLine(text)}\``;
}

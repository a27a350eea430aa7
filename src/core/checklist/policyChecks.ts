import { counted, named, namedList } from '../../shared/named.ts';
import { WAY_WORDS } from '../../shared/wayWords.ts';
import { originText } from '../../shared/decision.ts';
import { denialOf } from '../scope/guard.ts';
import { isInside } from '../scope/spelling.ts';
import type { RuleKeys } from '../policy/ruleSchema.ts';
import { POLICY_KEYS } from '../policy/keys/table.ts';
import { toolsThat } from '../policy/toolsThat.ts';
import { ofPolicy, OPEN_POLICY, pass, said, type Check } from './check.ts';

const MOST_TURNS = 25;
const MOST_SECONDS = 3600;

/** Where people keep keys and credentials: below the home folder. */
const SENSITIVE = [
  ...['.ssh', '.aws', '.config', '.gnupg', '.kube', '.docker', '.azure', '.password-store', '.terraform.d'],
  ...[
    '.npmrc',
    '.netrc',
    '.pypirc',
    '.git-credentials',
    '.cargo/credentials.toml',
    '.gem/credentials',
    '.m2/settings.xml',
  ],
];

/** What a policy says. */
export const POLICY_CHECKS: readonly Check[] = [
  ofPolicy(
    {
      id: 'confirmation',
      title: 'Actions are confirmed, or reviewed afterwards',
      why: 'What changes something should pass under somebody’s eyes, before or after.',
    },
    ({ policy, way }) => {
      const wide = policy.rules
        .flat()
        .flatMap(({ mayLoosen, rules }) =>
          rules.filter(({ keys }) => mayLoosen && keys.decision === 'allow' && isWide(keys)),
        );
      const evidence = [said(POLICY_KEYS.confirmActions, policy.confirmActions)];
      if (wide.length === 0) return pass(`${WAY_WORDS[way].name}: ${WAY_WORDS[way].about}`, evidence);
      return {
        state: 'fail',
        words: `${counted(wide.length, 'rule allows', 'rules allow')} commands or changes whatever they are.`,
        fix: 'Name the commands or paths that the rule is for.',
        command: OPEN_POLICY,
        evidence: [...evidence, ...wide.map(({ origin }) => originText(origin))],
      };
    },
  ),
  ofPolicy(
    {
      id: 'scope',
      title: 'Paths are scoped to the workspace',
      why: 'What lies outside of the work is nobody’s business in it.',
    },
    ({ policy }, { workspace: { roots, home } }) => {
      const wide = roots.filter((root) => isInside(root, home));
      const widened = policy.allowedPaths.flatMap(({ rules }) =>
        rules.filter(({ written }) => ['/', '~', '~/', home].includes(written)),
      );
      if (wide.length === 0 && widened.length === 0)
        return pass(
          `The agent works in ${namedList(roots, 3)}.`,
          roots.map((root) => root),
        );
      return {
        state: 'fail',
        words:
          wide.length > 0 ? 'The home folder lies in the workspace.' : 'allowed_paths names all of the home folder.',
        fix: `Open the project’s own folder, and name single folders in ${POLICY_KEYS.allowedPaths.path}.`,
        command: OPEN_POLICY,
        evidence: [...wide, ...widened.map(({ written, origin }) => `${written}, ${originText(origin)}`)],
      };
    },
  ),
  ofPolicy(
    {
      id: 'sensitive-folders',
      title: 'Folders with keys and credentials are out of reach',
      why: 'A key that was read once can be used by others for ever.',
    },
    ({ scope }, { workspace: { home } }) => {
      const open = SENSITIVE.map((name) => `${home}/${name}`).filter(
        (path) => denialOf(scope, path, 'read') === undefined || denialOf(scope, `${path}/x`, 'read') === undefined,
      );
      if (open.length === 0)
        return pass(`All ${SENSITIVE.length} that are looked for are denied, or outside.`, SENSITIVE);
      return {
        state: 'fail',
        words: `Tools may read ${namedList(open, 3)}.`,
        fix: `Add to ${POLICY_KEYS.deniedPaths.path}: ${open.map((path) => path.replace(home, '~')).join(', ')}`,
        command: OPEN_POLICY,
        evidence: open,
      };
    },
  ),
  ofPolicy(
    {
      id: 'max-iterations',
      title: `At most ${MOST_TURNS} turns in one go`,
      why: 'A run that goes round in circles ends by itself.',
    },
    ({ policy: { maxIterations } }) =>
      maxIterations.value <= MOST_TURNS
        ? pass(`It stops after ${counted(maxIterations.value, 'turn')}.`, [
            said(POLICY_KEYS.maxIterations, maxIterations),
          ])
        : {
            state: 'fail',
            words: `It stops after ${maxIterations.value} turns.`,
            fix: `Set max_iterations: ${MOST_TURNS}, or less.`,
            command: OPEN_POLICY,
            evidence: [said(POLICY_KEYS.maxIterations, maxIterations)],
          },
  ),
  ofPolicy(
    { id: 'timeout', title: 'Runs end after a time', why: 'What nobody waits for any more should not go on.' },
    ({ policy: { timeoutSeconds } }) =>
      timeoutSeconds.value <= MOST_SECONDS
        ? pass(`After ${timeoutSeconds.value} seconds of work.`, [said(POLICY_KEYS.timeoutSeconds, timeoutSeconds)])
        : {
            state: 'fail',
            words: `They end after ${timeoutSeconds.value} seconds of work, which is more than an hour.`,
            fix: `Set timeout: ${MOST_SECONDS}, or less.`,
            command: OPEN_POLICY,
            evidence: [said(POLICY_KEYS.timeoutSeconds, timeoutSeconds)],
          },
  ),
  ofPolicy(
    { id: 'budget', title: 'A run has a budget', why: 'What a model costs has an end, too.' },
    ({ policy: { budget } }) =>
      budget.tokens.value !== null || budget.money.value !== null
        ? pass('Tokens or money of a run are limited.', [
            said(POLICY_KEYS.budget.tokens, budget.tokens),
            said(POLICY_KEYS.budget.money, budget.money),
          ])
        : {
            state: 'advice',
            words: 'Nothing limits the tokens or the money of a run, but its turns and its time.',
            fix: `Set ${POLICY_KEYS.budget.tokens.path}, or ${POLICY_KEYS.budget.money.path} with ${POLICY_KEYS.budget.prices.path}.`,
            command: OPEN_POLICY,
          },
  ),
  ofPolicy(
    {
      id: 'requests',
      title: 'Requests to the web are off, or confirmed',
      why: 'What is sent is gone, and what comes back may be written to lead the agent astray.',
    },
    ({ policy: { apiCalls, apiConfirmation, allowedDomains } }) => {
      const evidence = [
        said(POLICY_KEYS.apiCalls, apiCalls),
        said(POLICY_KEYS.apiConfirmation, apiConfirmation),
        said(POLICY_KEYS.allowedDomains, allowedDomains),
      ];
      if (!apiCalls.value) return pass('Off.', evidence);
      if (apiConfirmation.value) return pass('Each is confirmed.', evidence);
      const wide = allowedDomains.value.filter((entry) => entry.startsWith('*.'));
      if (wide.length === 0) return pass('Unasked only to hosts that are named one by one.', evidence);
      return {
        state: 'fail',
        words: `Sent unasked to whatever lies below ${namedList(wide, 3)}.`,
        fix: `Set ${POLICY_KEYS.apiConfirmation.path}: true, or name single hosts in allowed_domains.`,
        command: OPEN_POLICY,
        evidence,
      };
    },
  ),
  ofPolicy(
    {
      id: 'network',
      title: 'Commands reach no host unasked but those that are named',
      why: 'A program that reaches any host can take what it read anywhere.',
    },
    ({ policy: { network, allowedDomains } }) => {
      const evidence = [said(POLICY_KEYS.network, network), said(POLICY_KEYS.allowedDomains, allowedDomains)];
      if (network.value !== 'allowed') return pass(`${POLICY_KEYS.network.path} is ${named(network.value)}.`, evidence);
      return {
        state: 'fail',
        words: 'Every public host that is not denied is reached unasked.',
        fix: `Set ${POLICY_KEYS.network.path}: ask, and name hosts in allowed_domains.`,
        command: OPEN_POLICY,
        evidence,
      };
    },
  ),
  ofPolicy(
    {
      id: 'retention',
      title: 'How long records are kept is set',
      why: 'Texts of runs hold what people wrote; somebody should have decided how long they stay.',
    },
    ({ policy: { audit } }) => {
      const { days, bytes } = audit.retention;
      const evidence = [said(POLICY_KEYS.audit.retention.days, days), said(POLICY_KEYS.audit.retention.bytes, bytes)];
      if (days.value !== null || bytes.value !== null) return pass('It is set.', evidence);
      return {
        state: 'advice',
        words: 'Nothing is ever erased by itself.',
        fix: `Set ${POLICY_KEYS.audit.retention.days.path} or ${POLICY_KEYS.audit.retention.bytes.path}.`,
        command: OPEN_POLICY,
        evidence,
      };
    },
  ),
  ofPolicy(
    {
      id: 'policy-notes',
      title: 'All that the policies say counts',
      why: 'A line that is ignored protects nobody, and looks as if it did.',
    },
    ({ policy: { notes } }) =>
      notes.length === 0
        ? pass('Nothing in them is ignored.')
        : {
            state: 'advice',
            words: `${counted(notes.length, 'remark')} on the policies.`,
            fix: 'Look at each place, and mend or remove what is written there.',
            command: 'oversign.showPolicy',
            evidence: notes.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
          },
  ),
];

/** An allowance that speaks of a tool and of nothing that it is for. */
function isWide({ tools = [], commands, paths }: RuleKeys): boolean {
  if (commands?.some((one) => ANY_PROGRAM.test(one)) === true) return true;
  if (paths?.some((one) => ['/', '/**', '~', '~/**'].includes(one)) === true) return true;
  return commands === undefined && paths === undefined && tools.some((tool) => CHANGING.has(tool));
}

/** What runs whatever it is told to. */
const ANY_PROGRAM = /^(?:ba|da|z|k|fi)?sh \*\*$|^(?:env|sudo|xargs|python3?|node|perl|ruby|php|deno|bun) \*\*$/;

const CHANGING: ReadonlySet<string> = new Set(
  (['execute', 'write', 'delete', 'move', 'request'] as const).flatMap((effect) => toolsThat(effect)),
);

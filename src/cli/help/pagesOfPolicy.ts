import { HOST_SETS } from '../../core/egress/hostSets.ts';
import { LINES, ONE, WAY, WORKSPACE, type Page } from './page.ts';

const PLACES = [
  WORKSPACE,
  ['--user-policy FILE', "instead of the user's own policy"],
  ['--org-policy FILE', "instead of the organization's policy"],
] as const;

/** What would be decided, and by which policy. */
export const PAGES_OF_POLICY = {
  decide: {
    forms: [
      ['decide', 'tool calls in, one JSON object a line ({"tool", "arguments", "id"}); decisions out; nothing is done'],
    ],
    options: [
      ...PLACES,
      WAY,
      [
        '--expect FILE',
        'calls with the decision that each must get ("expect": "allow", "ask" or "deny", and a "rule" if wanted); says what differs',
      ],
    ],
    json: `${LINES}, without it too: a decision, with the number of its line and the "id" that the call had; with --expect what differs, and at the end how many`,
    examples: [
      ['oversign decide < calls.jsonl', 'what would be decided about each call'],
      ['oversign decide --expect gate.jsonl --json', 'a gate: ends with 1 where a decision is another one'],
    ],
  },
  plugins: {
    forms: [
      ['plugins', 'the plugins that your policy names, what each may do, and what was accepted of it'],
      ['plugins forget NAME', 'take back what was accepted: it asks again'],
    ],
    options: PLACES,
    json: `${LINES}: a plugin`,
    examples: [['oversign plugins', 'before a run that uses one']],
  },
  replay: {
    forms: [
      [
        'replay [RUN...]',
        'past runs decided anew, as recorded; nothing is done, asked or written (default: the last 50 runs)',
      ],
    ],
    options: [
      ['--policy FILE', "instead of the user's own policy; without it the policies as they are now"],
      ['--org-policy FILE', "instead of the organization's policy"],
      ['--look | --ask | --review', 'suppose this way of working, instead of the one that each run had'],
      ['--limit N', 'the last N runs (default: 50)'],
      [
        '--expect nothing-stopped|nothing-looser|same',
        'ends with 1 where something done would be stopped (default), something is decided more loosely, or anything differs',
      ],
      ['--strict', 'ends with 1, too, where a decision cannot be replayed'],
    ],
    json: `${LINES}: a decision that would be another one; the last one has the counts, what could not be replayed, and what that says of the policy`,
    examples: [
      ['oversign replay --policy new.yaml', 'what a policy would have asked and stopped'],
      ['oversign replay last --review', 'the last run, as if it had been reviewed afterwards'],
      ['oversign replay --policy new.yaml --expect nothing-looser --strict', 'a gate for changes of a policy'],
    ],
  },
  policy: {
    forms: [
      ['policy check [FILE]', 'whether policy files are valid; without FILE, those of the workspace'],
      ['policy show', 'the policy in force, each value with its origin'],
      ['policy schema', 'the JSON Schema of policy files'],
      [
        'policy allow-hosts [NAME...]',
        `name hosts in your policy: ${HOST_SETS.map(({ name }) => name).join(', ')} (--yes: unasked)`,
      ],
      ['policy accept', "let the workspace's policy loosen what it asks for, after you saw it (--yes: unasked)"],
    ],
    options: [
      ...PLACES,
      ['--strict', 'check: what does not count is an error, too'],
      [
        '--layer organization|user|workspace|run',
        'check FILE: as which layer it is read (default: user, with roles organization)',
      ],
      ['--yes', 'accept: without asking'],
    ],
    json: `${LINES}: a finding, a value, or a policy that was accepted; the last one of check says what they come to; of schema ${ONE}, with it and without`,
    examples: [
      ['oversign policy check --strict', 'in a pipeline'],
      ['oversign policy allow-hosts npm pypi', 'packages without a question'],
      ['oversign policy show', 'which rule comes from where'],
    ],
  },
} as const satisfies Record<string, Page>;

import { HERE } from '../modelOptions.ts';
import { PROVIDER_NAMES, PROVIDERS } from '../../shared/providers.ts';
import { LINES, ONE, WAY, WORKSPACE, type Page } from './page.ts';

const VARIABLES = [...new Set(PROVIDER_NAMES.map((name) => PROVIDERS[name].server?.keyVariable ?? null))].filter(
  (variable) => variable !== null,
);

const SERVER = [
  ['--base-url URL', "another server than the provider's usual one"],
  ['--api-key-file FILE', `a file with the API key (or the variable ${VARIABLES.join(', ')})`],
  ['--proxy URL', 'a proxy for model servers on other machines (no variable names one)'],
  ['--ca-file FILE', "certificates (PEM) to believe besides the system's"],
] as const;

/** What works, and what is at work. */
export const PAGES_OF_RUNS = {
  run: {
    forms: [
      ['run "task"', 'do a task in a workspace; asks "Allow? [y/N]" where the policy says so'],
      ['run -', 'the task is what comes on standard input (also without "-", where that is a pipe)'],
    ],
    options: [
      WORKSPACE,
      ['--task-file FILE', 'the task is what stands in this file'],
      [`--model ${HERE.join('|')}`, `the provider (at a terminal without it: ${PROVIDER_NAMES[0]})`],
      ['--model-name NAME', "the model's name at the provider"],
      ...SERVER,
      ['--first-byte-seconds N', 'how long to wait for a reply to begin (usually 300; 900 nearby)'],
      ['--between-bytes-seconds N', 'how long between two pieces of it (usually 300)'],
      ['--policy FILE', 'a policy for this run; it may only tighten'],
      [
        '--privacy maximum',
        'Maximum privacy: a model on this machine, the sandbox, no network, nothing sent elsewhere',
      ],
      WAY,
      ['--resume RUN', 'go on with a run, however it ended, and tell it the task, if one is given'],
      ['--continue', 'the same with the last run in this folder'],
      ['--folder DIR', 'with --resume: where its folder is now, which was moved or renamed'],
      ['--fork RUN[:N]', 'a new run that knows what was said in RUN, before your message N; files stay as they are'],
      ['--take-over RUN', 'go on here with a run that is at work in another window or terminal'],
      ['--answers-from-input', 'without a terminal: lines of standard input answer the questions, and are recorded so'],
      ['--once', 'at a terminal: do not ask for a further message when the work has ended'],
      ['--last-message FILE', 'write what the agent said last into this file, as it ends'],
      ['--quiet', 'say nothing on the way: questions, problems and what the agent said last alone'],
      [
        '--output-format text|json|stream-json',
        'text (as it goes); json (as --json); stream-json: each event of the log as it is recorded, a line each, and at the end what --json writes',
      ],
    ],
    json: `${ONE}: how it ended and what the agent said last; everything else goes to standard error`,
    examples: [
      ['oversign run "Find the bug and mend it" --model demo', 'see how it works, without a key'],
      ['git diff | oversign run - --look --model ollama --quiet', 'a plan from what a pipe says'],
      ['oversign run --continue "And now the tests"', 'go on with the last run here'],
    ],
  },
  models: {
    forms: [['models', 'the models that can be chosen here, and where each sends data']],
    options: [
      WORKSPACE,
      [`--model ${HERE.join('|')}`, 'this provider alone, which the next four are for'],
      ...SERVER,
      ['--policy FILE', 'a policy for this; it may only tighten'],
      ['--privacy maximum', 'only models on this machine can be chosen'],
    ],
    json: `${LINES}: a source`,
    examples: [['oversign models --model ollama', 'what the local server has']],
  },
  runs: {
    forms: [['runs', 'what is at work now, in any window or terminal of yours']],
    json: `${LINES}: a run`,
    examples: [['oversign runs', 'what "oversign stop" can end']],
  },
  stop: {
    forms: [['stop RUN', 'ends it, wherever it is at work']],
    json: `${ONE}: the run, and how it stands`,
    examples: [['oversign stop last', 'the one that began last']],
  },
  sandbox: {
    forms: [['sandbox -- CMD …', "your own command in the sandbox that the agent's commands get"]],
    options: [
      WORKSPACE,
      ['--policy FILE', 'a policy for this command; it may only tighten'],
      ['--backend NAME', 'that sandbox (host, docker), where the policy leaves it open'],
      ['--yes', 'also what removes packages that cannot be fetched again without network'],
    ],
    json: `${ONE}: how it ended, limits and resource use, with the output in it`,
    examples: [['oversign sandbox -- npm test', 'whether the tests pass without network and secrets']],
  },
  doctor: {
    forms: [['doctor', 'what works on this machine, and the security checklist, with what to do about the rest']],
    options: [
      WORKSPACE,
      ['--strict', 'ends with 1, too, where the checklist has something open'],
      ['--sarif', 'the checklist alone, as pipelines read it (SARIF 2.1.0)'],
    ],
    json: `${LINES}: a check, then an item of the checklist`,
    examples: [
      ['oversign doctor', 'before the first run'],
      ['oversign doctor --sarif --strict > oversign.sarif', 'in a pipeline'],
    ],
  },
} as const satisfies Record<string, Page>;

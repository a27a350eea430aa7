import { plotPicture } from '../support/plotPicture.ts';
import type { ReviewedFile } from '../../src/shared/review.ts';
import type { Approval } from '../../src/shared/approval.ts';
import type { Entry, PanelHead, PanelState, RunView } from '../../src/shared/runView.ts';
import {
  changed,
  connection,
  databaseChange,
  databaseQuestion,
  databaseShown,
  delete1,
  edit,
  effectsBarred,
  effectsShown,
  long,
  longEdit,
  outside,
  page,
  pageReview,
  program,
  refused,
  removal,
  renaming,
  variable,
} from './cards.ts';

/** The state of a panel with nothing in it. */
const EMPTY: Omit<PanelHead, 'run'> = {
  ...{ trusted: true, attended: true, enterSends: true, folder: '/home/ada/sample', approvals: [], interrupted: [] },
  model: {
    ...{ provider: 'openai', label: 'gpt-5 (openai)' },
    destination: 'Prompts and tool results are sent to api.openai.com.',
  },
  sandbox: {
    ...{ state: 'works', text: 'bubblewrap: tested on this machine, 26 of 26 attempts to get out held.' },
    probes: { held: 26, all: 26 },
  },
  policy: { state: 'ok', notes: [] },
  way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
  workplace: { folders: [{ label: 'sample', path: '/home/ada/sample', bounds: false }], others: [] },
};

const DEMO: PanelHead['model'] = {
  ...{ provider: 'demo', label: 'demo (scripted)' },
  destination: 'Nothing leaves this machine: the words are scripted.',
};

const action = (id: string, said: Partial<Extract<Entry, { kind: 'action' }>>): Entry => ({
  ...{ kind: 'action', id, tool: 'run_command', title: 'Run node test/total.test.mjs', status: 'done' },
  ...{ verdict: 'allow', why: 'reading inside the workspace' },
  decidedBy: 'built-in',
  ...said,
});

const STORY: Entry[] = [
  { kind: 'user', text: 'Find the bug, fix it, and run the tests', point: { run: 'r1', message: 1 } },
  { kind: 'assistant', text: 'I will look at the failing test first.', streaming: false },
  action('1', { tool: 'list_directory', title: 'List ./' }),
  action('2', { tool: 'read_file', title: 'Read test/total.test.mjs' }),
  action('3', {
    ...{ status: 'failed', verdict: 'ask', why: 'node can change anything in this workspace', decidedBy: 'you' },
    ...{ exit: 1, durationMs: 400 },
    output: 'not ok 1 - the total of a receipt\n  500 !== 699\n[exit code 1, 0.4 s]',
  }),
  {
    ...{ kind: 'assistant', streaming: false },
    text: '`total` stops one item early: src/total.mjs:4 loops to `length - 1`.\n\n- [x] found\n- [ ] mended',
  },
];

function reviewed(name: string, more: Partial<ReviewedFile> = {}): ReviewedFile {
  return {
    ...{ path: `/home/ada/sample/${name}`, name, what: 'changed', state: 'open', since: false, actions: ['a1'] },
    ...more,
  };
}

const RUN: RunView = {
  ...{ id: 'r1', task: 'Find the bug', folder: '/home/ada/sample', state: 'running', reason: '' },
  ...{
    model: EMPTY.model.label,
    destination: EMPTY.model.destination,
    turn: 3,
    maxTurns: 25,
    way: 'ask' as const,
    questions: 1,
  },
  usage: { tokens: 18_200, cost: 0.12, context: { tokens: 34_000, limit: 100_000 } },
  flags: { untrusted: true, private: false, outward: true },
  grants: [{ id: 'g1', words: 'node test/total.test.mjs in ./', uses: 1 }],
  plan: [
    { step: 'Find the failing test', status: 'completed' },
    { step: 'Mend it', status: 'in_progress' },
    { step: 'Run all tests', status: 'pending' },
  ],
  ...{ entries: STORY, entriesBefore: 0 },
};

const running = (said: Partial<RunView> = {}, head: Partial<typeof EMPTY> = {}): PanelState => ({
  ...EMPTY,
  ...head,
  run: { ...RUN, ...said },
});
const waiting = (approvals: Approval[], head: Partial<typeof EMPTY> = {}): PanelState =>
  running({ state: 'waiting' }, { approvals, ...head });

const answer =
  '**Done.** The loop in `src/total.mjs` now counts the last item; all tests pass. I left `build/` as it is.';

const { folder: _, ...NO_FOLDER } = EMPTY;

/** Every state of the panel that somebody meets. */
export const STATES = {
  empty: { ...EMPTY, model: DEMO },
  'no folder': NO_FOLDER,
  restricted: { ...EMPTY, trusted: false },
  'earlier runs': {
    ...EMPTY,
    earlier: [
      {
        run: 'r1',
        title: 'The parser',
        state: 'finished',
        told: 'yesterday · 3 files changed · 2 asked',
        pinned: true,
      },
      {
        ...{ run: 'r2', state: 'interrupted', told: '14:02 · 12 files changed · 1 asked · cost 0.12', pinned: false },
        title: 'Rename parse to read in every module of the workspace, and in what is written about it',
      },
      { run: 'r3', title: 'Update the changelog', state: 'failed', told: '4 Nov 2026', pinned: false },
    ],
  },
  running: running(),
  queued: running({
    queued: [
      { id: 'm1', text: 'Also look at the tests of the parser, and do not touch the generated files there.' },
      { id: 'm2', text: 'Be quick.' },
    ],
  }),
  command: waiting([delete1]),
  program: waiting([program]),
  'what a program made': running({
    entries: [
      ...STORY.slice(0, 2),
      action('9', {
        ...{ tool: 'run_code', title: 'Run Python: import csv [… 8 more lines]', verdict: 'ask', decidedBy: 'you' },
        ...{ exit: 0, durationMs: 900, output: '48 receipts, 6321.40 in all\n[exit code 0]' },
        made: {
          files: [
            { name: 'plot.png', bytes: 812, picture: plotPicture() },
            { name: 'data/a-folder-with-a-long-name/totals-of-each-month.csv', bytes: 12_345 },
          ],
          left: 3,
        },
      }),
    ],
  }),
  renaming: waiting([renaming]),
  variable: waiting([variable]),
  edit: waiting([edit]),
  'long edit': waiting([longEdit]),
  'as changed': waiting([changed]),
  'change refused': waiting([refused]),
  'effects shown': waiting([effectsShown]),
  'effects that cannot be applied': waiting([effectsBarred]),
  connection: waiting([connection]),
  page: waiting([page]),
  'page review': waiting([pageReview]),
  'database read': waiting([databaseQuestion]),
  'database change': waiting([databaseChange]),
  'database change shown': waiting([databaseShown]),
  'long command': waiting([long]),
  outside: waiting([outside]),
  delete: waiting([removal]),
  several: waiting([edit, delete1, removal]),
  question: waiting([], {
    questions: [
      { id: 'q1', run: 'r1', text: 'Which of the two should stay?', choices: ['The old one', 'The new one'] },
    ],
  }),
  limit: waiting([], {
    limit: {
      ...{ id: 'l1', run: 'r1', limit: 'turns', words: 'The run has used its 25 turns.', more: '25 turns' },
    },
  }),
  finished: running({
    ...{ state: 'finished', turn: 7, questions: 3, reason: '' },
    entries: [...STORY, { kind: 'assistant', text: answer, streaming: false }],
  }),
  review: {
    ...running({
      ...{ state: 'finished', turn: 7, questions: 0, reason: '', way: 'review' as const },
      entries: STORY,
    }),
    way: { ...EMPTY.way, now: 'review' },
    review: {
      run: 'r1',
      files: [
        reviewed('src/total.mjs', { added: 1, removed: 1 }),
        reviewed('src/a-folder-with-a-long-name/and-a-file-with-one/\u202Etsrever.mjs', {
          added: 120,
          removed: 7,
          since: true,
        }),
        reviewed('build/till.js', { what: 'deleted', added: 0, removed: 9, state: 'put back' }),
        reviewed('test/total.test.mjs', { what: 'new', added: 9, removed: 0, state: 'kept' }),
        reviewed('logo.png', { what: 'moved', from: 'media/logo.png' }),
      ],
      more: 0,
      actions: [{ id: 'a1', title: 'Edit src/total.mjs' }],
      unknown: ['node_modules'],
    },
  },
  failed: running({ state: 'failed', reason: 'api.openai.com answered 401: the key is not known there.' }),
  'sandbox missing': {
    ...EMPTY,
    sandbox: { state: 'refused', text: 'bubblewrap is not installed.', fix: 'Install it: sudo apt install bubblewrap' },
  },
  'policy broken': {
    ...EMPTY,
    policy: {
      state: 'invalid',
      notes: [
        { file: '/home/ada/policy.yaml', line: 2, column: 1, words: 'unknown key "tols"' },
        { file: '/home/ada/sample/.oversign/policy.yaml', line: 12, column: 9, words: 'expected a list of paths' },
      ],
    },
  },
  'model fails': { ...EMPTY, model: { ...EMPTY.model, problem: 'No API key is set for api.openai.com.' } },
  private: {
    ...EMPTY,
    model: {
      ...{ provider: 'ollama', label: 'qwen3:8b (Ollama, 127.0.0.1:11434)' },
      destination:
        'Prompts and tool results are sent to 127.0.0.1:11434 on this machine; what that program forwards is its own affair.',
    },
    privacy: { by: 'user policy, /home/ada/.config/oversign/policy.yaml:1:10', isOwn: true },
  },
  'private, and a model elsewhere': {
    ...EMPTY,
    model: {
      ...EMPTY.model,
      problem:
        'Maximum privacy is on (organization policy): no prompt goes to https://api.openai.com. Choose a model that runs on this machine.',
    },
    privacy: { by: 'organization policy, /etc/oversign/policy.yaml:3:10', isOwn: false },
  },
  'several folders': {
    ...EMPTY,
    workplace: {
      folders: [
        { label: 'app (one)', path: '/home/ada/one/app', bounds: false },
        { label: 'app (two)', path: '/home/ada/two/app', bounds: true },
      ],
      others: ['Library (lib)'],
    },
    elsewhere: [
      {
        ...{ run: 'r9', task: 'Update the changelog', canShow: true },
        words: 'It is waiting for an answer in the window “app” since 10:42.',
      },
    ],
  },
  interrupted: {
    ...EMPTY,
    interrupted: [{ run: 'r0', task: 'Update the changelog', reason: 'The window was closed or reloaded.' }],
  },
} satisfies Record<string, PanelState>;
export type StateName = keyof typeof STATES;

/** What is opened on a card with a few clicks: the state before, and the buttons by their names for tests. */
export const OPENED = {
  'a new run from a message': { state: 'finished', clicks: ['fork'] },
  'what Maximum privacy means': { state: 'private', clicks: ['privacy'] },
  'ways to approve': { state: 'command', clicks: ['approve-menu'] },
  'reasons to deny': { state: 'command', clicks: ['deny-menu'] },
  'editing a command': { state: 'command', clicks: ['approve-menu', 'edit-first'] },
  'editing a long text': { state: 'long edit', clicks: ['approve-menu', 'edit-first'] },
} satisfies Record<string, { state: StateName; clicks: string[] }>;

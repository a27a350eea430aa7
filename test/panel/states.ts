import { connectionCard } from '../../src/core/tools/connect/connectionCard.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { pageCard } from '../../src/core/tools/web/pageCard.ts';
import { PAGE_HEADERS } from '../../src/core/tools/web/fetchPage.ts';
import type { KeptPage } from '../../src/core/tools/web/keptPages.ts';
import { reviewing } from '../../src/core/tools/web/reviewedPage.ts';
import { requestOf } from '../../src/core/tools/web/requestOf.ts';
import { changeCard, queryCard } from '../../src/core/tools/database/databaseCard.ts';
import { sqliteShown } from '../../src/core/tools/database/sqliteShown.ts';
import { commandCard, type CommandFacts } from '../../src/core/tools/command/commandCard.ts';
import { deleteCard } from '../../src/core/tools/files/deletePath.ts';
import { diffCard } from '../../src/core/tools/files/diffCard.ts';
import { plotPicture } from '../support/plotPicture.ts';
import type { ReviewedFile } from '../../src/shared/review.ts';
import type { Approval, Card } from '../../src/shared/approval.ts';
import type { Block } from '../../src/shared/block.ts';
import type { Entry, PanelHead, PanelState, RunView } from '../../src/shared/runView.ts';

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

const COMMAND: CommandFacts = {
  ...{ command: 'rm -rf build/', cwd: './', outside: false, sandbox: 'bubblewrap: no network' },
  ...{ environment: ['PATH', 'HOME'], times: { waits: 120, endsAfter: 600, isLess: false }, limits: ['2 GiB memory'] },
  ...{ programs: [{ words: 'rm -rf build/', doubt: 'rm deletes' }], programsLeft: 0 },
  losses: [{ path: 'build/', loss: { files: 2, bytes: 55, more: false, tracked: 'tracked', unsaved: false } }],
  ...{ lossesLeft: 0, unknownLosses: [], unknownLossesLeft: 0 },
  ...{ secrets: [], secretsLeft: 0, secretsAtLeast: false, readOnly: false, scripts: [] },
};

/** A unified diff that replaces so many lines by others. */
function diffOf(lines: number): string {
  const text = (sign: string, word: string): string =>
    Array.from({ length: lines }, (_, index) => `${sign}${word} line ${index} of the file`).join('\n');
  return `--- a/x\n+++ b/x\n@@ -1,${lines} +1,${lines} @@\n${text('-', 'old')}\n${text('+', 'new')}\n`;
}

const EDIT = (lines: number): Card =>
  diffCard({
    ...{ path: 'src/total.mjs', absolute: '/home/ada/sample/src/total.mjs', change: 'edit' },
    ...{ diff: diffOf(lines), unseen: { lines: 0, characters: 0 }, added: lines, removed: lines, unsaved: false },
  });

export function approvalOf(card: Card, said: Partial<Approval> = {}): Approval {
  return {
    ...{ id: 'a1', run: 'r1', action: 'x1', tool: 'run_command', title: 'Run rm -rf build/', digest: 'd1', card },
    ...{ undo: 'Cannot be undone: no earlier version is kept.', undoState: 'none' },
    ...{ claim: 'There is a stale build folder. I would like to remove it.', where: ['in ./', 'sandbox, no network'] },
    ...{ why: 'Runs `rm`, which deletes files.' },
    decision: {
      ...{ verdict: 'ask', rule: 'command', reason: 'rm deletes files of this workspace' },
      origin: { layer: 'built-in' },
    },
    grantOffers: [
      { id: 'exact', words: 'rm -rf build/ in ./' },
      { id: 'program', words: 'rm, whatever it is given, in ./' },
    ],
    ...{ grantLimits: { minutes: 60, uses: 20 }, alwaysOffer: 'rules: allow rm -rf build/' },
    ...{ flags: RUN.flags, lights: ['outward'] },
    ...said,
  };
}

const editable = (text: string) => ({ edit: { label: 'The new text', text } });

/** What `rm -rf build/ && npm run pack` did in a view; `left`: so many paths more than are listed. */
const EFFECTS = (left: number): Block[] => [
  {
    ...{ kind: 'sentence', icon: 'eye', tone: 'plain' },
    words: ['It ran in a view of the workspace. ', { strong: 'Nothing is changed yet.' }, ' There: exit code 0.'],
  },
  {
    ...{ kind: 'effects', left, hasDiffs: true },
    files: [
      { what: 'gone', path: 'build/', words: ['folder, deleted with 2 entries in it'] },
      { what: 'changed', path: 'package-lock.json', words: ['11.8 KiB to 12.1 KiB'], added: 14, removed: 3 },
      { what: 'new', path: 'dist/a-rather-long-name-of-a-file.mjs', words: ['4.2 KiB'], added: 120, removed: 0 },
      { what: 'mode', path: 'bin/run.sh', words: ['mode 644 to 755'] },
      { what: 'new', path: 'latest', words: ['link to ', { exact: 'dist/total.mjs' }] },
    ],
  },
  {
    kind: 'sentence',
    icon: 'git-commit',
    tone: 'plain',
    words: ['Git’s own files change: ', { exact: 'refs/heads/main' }, ', 5 more files.'],
  },
  { kind: 'exact', label: 'Output', text: '> pack\n> node pack.mjs\n\npacked 4 files\n' },
];

function withEffects(card: Card, left = 0): Card {
  return { ...card, blocks: [...card.blocks.slice(0, 2), ...EFFECTS(left), ...card.blocks.slice(2)] };
}

const effectsShown = approvalOf(withEffects(commandCard(COMMAND)), {
  ...{ id: 'a7', digest: 'd7', grantOffers: [], effects: { state: 'shown' } },
});
const effectsBarred = approvalOf(withEffects(commandCard(COMMAND), 3), {
  ...{ id: 'a8', digest: 'd8', grantOffers: [] },
  effects: { state: 'shown', obstacle: 'it changes `.env`, which your policy denies' },
});

/** A change of a SQLite file, as it asks; and once its effects were shown. */
const CHANGE_CARD = changeCard({
  rows: '512 rows changed, and 12 rows by triggers and references, counted just now on a copy.',
  statements: ["update people set age = age + 1 where city = 'Ulm'", 'delete from sessions where ended < 20260101'],
  warnings: [],
  facts: [
    { label: 'How', value: ['all statements in one transaction, or none'] },
    { label: 'Engine', value: ['SQLite, on a copy of the file, in the sandbox; the copy then takes its place'] },
  ],
});
const databaseChange = approvalOf(CHANGE_CARD, {
  ...{ id: 'a9', digest: 'd9', tool: 'change_database', title: 'Change data/shop.db by 2 statements' },
  ...{ claim: 'Ages are one year behind.', where: [], why: 'Asks because it changes a database.' },
  ...{ undo: 'Can be undone: puts the earlier database back.', undoState: 'whole', grantOffers: [] },
  ...{ lights: ['private'], effects: { state: 'offered' } },
});
const { card: _card, ...withoutCard } = databaseChange;
const databaseShown = approvalOf(
  {
    ...CHANGE_CARD,
    blocks: [
      { kind: 'exact', label: 'Statement', text: 'delete from sessions' },
      ...sqliteShown({
        results: { changed: 512, alsoChanged: 12 },
        touches: ['update people', 'delete from sessions', 'update hits'],
        text: '| id  | name  |\n|-----|-------|\n| 7   | Ada   |\n[1 row]\n512 rows changed, and 12 rows by triggers and references',
      }),
      ...CHANGE_CARD.blocks.slice(1),
    ],
  },
  { ...withoutCard, id: 'b1', digest: 'e1', effects: { state: 'shown' } },
);
const databaseQuestion = approvalOf(
  queryCard({
    ...{ shown: 'shop', statement: "select name, city from people where city like 'U%' order by name" },
    goesTo: 'Prompts and tool results are sent to api.openai.com.',
    facts: [
      { label: 'Engine', value: ['PostgreSQL, database ', { exact: 'shop' }, ' as ', { exact: 'oversign_reader' }] },
      { label: 'Host', value: [{ exact: 'db.example.com' }, ', port 5432'] },
      { label: 'Encrypted', value: ['yes, and the server’s certificate is checked'] },
      { label: 'Time', value: ['at most 30 s'] },
    ],
  }),
  {
    ...{ id: 'b2', digest: 'e2', tool: 'query_database', title: 'Ask shop: select name, city from people' },
    ...{ claim: 'I want to see which names are meant.', where: [], why: 'Reading a database asks.' },
    ...{ undo: 'Nothing to undo: nothing changes on disk.', undoState: 'nothing', lights: ['private', 'untrusted'] },
    grantOffers: [{ id: 'database', words: 'reading the database `shop`, whatever is asked' }],
  },
);

const delete1 = approvalOf(commandCard(COMMAND), {
  edit: { label: 'The command', text: 'rm -rf build/' },
  effects: { state: 'offered' },
});
const PROGRAM = [
  'import csv',
  'import matplotlib.pyplot as plt',
  '',
  '# One bar a month',
  "rows = list(csv.DictReader(open('data/receipts.csv')))",
  "totals = {row['month']: float(row['total']) for row in rows}",
  'plt.bar(list(totals), list(totals.values()))',
  "plt.savefig('plot.png', dpi=80)",
  "print(f'{len(rows)} receipts, {sum(totals.values()):.2f} in all')",
].join('\n');
const program = approvalOf(
  commandCard({
    ...COMMAND,
    ...{ losses: [], lossesLeft: 0, programs: [{ words: 'python3 -', doubt: 'python3 is not known to only look' }] },
    source: { label: 'Python', language: 'python', text: PROGRAM, interpreter: '/usr/bin/python3 3.12.3' },
  }),
  {
    ...{ id: 'a10', digest: 'd10', tool: 'run_code', title: 'Run Python: import csv [… 8 more lines]' },
    why: 'Runs `python3`, which can change anything in this workspace.',
    edit: { label: 'The program', text: PROGRAM },
    effects: { state: 'offered' },
  },
);
const renaming = approvalOf(
  {
    kind: 'edit',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'replace-all', tone: 'plain' },
        words: [
          { exact: 'total' },
          ' becomes ',
          { exact: 'sumOfItems' },
          ' in 2 files, as the editor’s language services say.',
        ],
      },
      ...EDIT(1).blocks,
      ...diffCard({
        ...{ path: 'test/total.test.mjs', absolute: '/home/ada/sample/test/total.test.mjs', change: 'edit' },
        ...{ diff: diffOf(3), unseen: { lines: 0, characters: 0 }, added: 3, removed: 3, unsaved: true },
      }).blocks,
    ],
  },
  {
    ...{ id: 'a11', digest: 'd11', tool: 'rename_symbol', undo: 'Can be undone: puts the earlier texts back.' },
    ...{ title: 'Rename total to sumOfItems in src/total.mjs, test/total.test.mjs', undoState: 'whole', where: [] },
    why: 'Asks because it changes files.',
  },
);
const variable = approvalOf(
  {
    kind: 'read',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'symbol-variable', tone: 'plain' },
        words: ['Reads the environment variable ', { exact: 'EDITOR_THEME' }, ': 9 characters.'],
      },
      {
        ...{ kind: 'sentence', icon: 'export', tone: 'plain' },
        words: [`Its value would go to the model. ${EMPTY.model.destination}`],
      },
    ],
  },
  {
    ...{ id: 'a12', digest: 'd12', tool: 'read_environment', title: 'Read the variable EDITOR_THEME', where: [] },
    ...{ undo: 'Nothing to undo: it changes nothing.', undoState: 'nothing', lights: ['private'] },
    why: 'The value of `EDITOR_THEME` would go to the model, and stay in the conversation.',
    claim: 'I need to know which theme the editor has.',
    grantOffers: [{ id: 'variable', words: 'reading the variable `EDITOR_THEME`' }],
  },
);
const edit = approvalOf(EDIT(1), {
  id: 'a2',
  digest: 'd2',
  title: 'Edit src/total.mjs',
  undo: 'Can be undone.',
  undoState: 'whole',
  ...editable('new line 0 of the file'),
});
const longEdit = approvalOf(EDIT(200), {
  id: 'a3',
  digest: 'd3',
  title: 'Edit src/total.mjs',
  undo: 'Can be undone.',
  undoState: 'whole',
  ...editable(Array.from({ length: 200 }, (_, index) => `new line ${index} of the file`).join('\n')),
});
const changed = approvalOf(commandCard({ ...COMMAND, command: 'rm -rf build/ && rm -rf dist/' }), {
  ...{ id: 'a5', digest: 'd5', title: 'Run rm -rf build/ && rm -rf dist/', edited: true },
  askedAgain: 'You changed this; this is how it stands now.',
  edit: { label: 'The command', text: 'rm -rf build/ && rm -rf dist/' },
});
const LINE = `find . -name '*.log' ${'-o -name "*.tmp" '.repeat(12)}| xargs rm -rf`;
const { claim: _claim, alwaysOffer: _always, ...connecting } = delete1;
const connection: Approval = {
  ...connecting,
  ...{ id: 'a9', tool: 'connect', title: 'Connect to registry.npmjs.org', where: ['sandbox'] },
  card: connectionCard({ host: 'registry.npmjs.org', port: 443 }, 'npm install left-pad'),
  why: '`registry.npmjs.org` is not among your allowed hosts.',
  undo: 'Cannot be undone: what is sent is sent.',
  decision: {
    ...{ verdict: 'ask', rule: 'other-host', reason: '`registry.npmjs.org` is not among your allowed hosts.' },
    origin: { layer: 'built-in' },
  },
  grantOffers: [{ id: 'host', words: 'connections of commands to `registry.npmjs.org`' }],
};
const PAGE = 'http://docs.example.org/guide/2.4/configuration/networks.html?view=all';
const FETCHED: KeptPage = {
  number: 1,
  fetched: {
    page: {
      ...{ kind: 'page', title: 'Networks', byline: '', published: '', canonical: '', leadsOn: '', embedded: [] },
      text: `# Networks\n\n${'Each network has a name, and each container joins the ones that it names. '.repeat(30)}`,
      ...{ encoding: 'utf-8', unseen: 37, shown: 'main', whole: 9120, scripts: 4, needsScripts: false, isCut: false },
    },
    from: `Status 200 from ${PAGE} at 192.0.2.7.`,
    ...{ url: PAGE, status: 200, notFollowed: undefined, retryAfter: undefined },
  },
};
const page: Approval = {
  ...connection,
  ...{ id: 'a10', tool: 'fetch_page', title: `Fetch ${PAGE}`, where: [] },
  consequence: ['Sends all of this address to ', { exact: 'docs.example.org' }, '.'],
  card: pageCard({
    request: requestOf({ method: 'GET', url: PAGE, headers: PAGE_HEADERS }, new Redactor()),
    robots: 'passed over',
  }),
  why: '`docs.example.org` asks programs not to fetch this page (robots.txt).',
  grantOffers: [
    { id: 'page', words: 'exactly this page' },
    { id: 'host', words: 'pages of `docs.example.org:80`' },
  ],
};
const pageReview: Approval = {
  ...page,
  ...{ id: 'a11', grantOffers: [], why: 'You see what came back before the model does.' },
  ...reviewing(FETCHED, { host: 'docs.example.org', start: 0, redactor: new Redactor() }),
  undo: 'Cannot be undone: what the model has read, it has read.',
};
const long = approvalOf(commandCard({ ...COMMAND, command: LINE }), {
  ...{ id: 'a7', digest: 'd7', title: `Run ${LINE.slice(0, 100)} [… 130 more characters …]` },
  consequence: ['Would be lost: ', { exact: 'build/' }, ', not in git.'],
});
const outside = approvalOf(
  commandCard({ ...COMMAND, outside: true, sandbox: 'It runs without any sandbox: it can do whatever you can.' }),
  { id: 'a8', digest: 'd8', claim: 'I need to do this. '.repeat(20) },
);
const refused = approvalOf(commandCard(COMMAND), {
  ...{ id: 'a6', digest: 'd6', edit: { label: 'The command', text: 'rm -rf build/' } },
  askedAgain: 'What you changed it to cannot be: Never touches dist/.',
});
const removal = approvalOf(deleteCard('many/'), {
  ...{ id: 'a4', digest: 'd4', title: 'Delete many/', undo: 'Can be undone.', undoState: 'whole' },
  consequence: [
    { amount: { files: 200, bytes: 1_234_567, more: true } },
    ', not in git, with unsaved changes in an editor.',
  ],
});

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

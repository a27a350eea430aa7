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
import type { Approval, Card } from '../../src/shared/approval.ts';
import type { Block } from '../../src/shared/block.ts';

// The questions of the states (states.ts): real cards of the tools.

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
    ...{ flags: { untrusted: true, private: false, outward: true }, lights: ['outward'] },
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

export const effectsShown = approvalOf(withEffects(commandCard(COMMAND)), {
  ...{ id: 'a7', digest: 'd7', grantOffers: [], effects: { state: 'shown' } },
});
export const effectsBarred = approvalOf(withEffects(commandCard(COMMAND), 3), {
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
export const databaseChange = approvalOf(CHANGE_CARD, {
  ...{ id: 'a9', digest: 'd9', tool: 'change_database', title: 'Change data/shop.db by 2 statements' },
  ...{ claim: 'Ages are one year behind.', where: [], why: 'Asks because it changes a database.' },
  ...{ undo: 'Can be undone: puts the earlier database back.', undoState: 'whole', grantOffers: [] },
  ...{ lights: ['private'], effects: { state: 'offered' } },
});
const { card: _card, ...withoutCard } = databaseChange;
export const databaseShown = approvalOf(
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
export const databaseQuestion = approvalOf(
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

export const delete1 = approvalOf(commandCard(COMMAND), {
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
export const program = approvalOf(
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
export const renaming = approvalOf(
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
export const variable = approvalOf(
  {
    kind: 'read',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'symbol-variable', tone: 'plain' },
        words: ['Reads the environment variable ', { exact: 'EDITOR_THEME' }, ': 9 characters.'],
      },
      {
        ...{ kind: 'sentence', icon: 'export', tone: 'plain' },
        words: ['Its value would go to the model. Prompts and tool results are sent to api.openai.com.'],
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
export const edit = approvalOf(EDIT(1), {
  id: 'a2',
  digest: 'd2',
  title: 'Edit src/total.mjs',
  undo: 'Can be undone.',
  undoState: 'whole',
  ...editable('new line 0 of the file'),
});
export const longEdit = approvalOf(EDIT(200), {
  id: 'a3',
  digest: 'd3',
  title: 'Edit src/total.mjs',
  undo: 'Can be undone.',
  undoState: 'whole',
  ...editable(Array.from({ length: 200 }, (_, index) => `new line ${index} of the file`).join('\n')),
});
export const changed = approvalOf(commandCard({ ...COMMAND, command: 'rm -rf build/ && rm -rf dist/' }), {
  ...{ id: 'a5', digest: 'd5', title: 'Run rm -rf build/ && rm -rf dist/', edited: true },
  askedAgain: 'You changed this; this is how it stands now.',
  edit: { label: 'The command', text: 'rm -rf build/ && rm -rf dist/' },
});
const LINE = `find . -name '*.log' ${'-o -name "*.tmp" '.repeat(12)}| xargs rm -rf`;
const { claim: _claim, alwaysOffer: _always, ...connecting } = delete1;
export const connection: Approval = {
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
export const page: Approval = {
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
export const pageReview: Approval = {
  ...page,
  ...{ id: 'a11', grantOffers: [], why: 'You see what came back before the model does.' },
  ...reviewing(FETCHED, { host: 'docs.example.org', start: 0, redactor: new Redactor() }),
  undo: 'Cannot be undone: what the model has read, it has read.',
};
export const long = approvalOf(commandCard({ ...COMMAND, command: LINE }), {
  ...{ id: 'a7', digest: 'd7', title: `Run ${LINE.slice(0, 100)} [… 130 more characters …]` },
  consequence: ['Would be lost: ', { exact: 'build/' }, ', not in git.'],
});
export const outside = approvalOf(
  commandCard({ ...COMMAND, outside: true, sandbox: 'It runs without any sandbox: it can do whatever you can.' }),
  { id: 'a8', digest: 'd8', claim: 'I need to do this. '.repeat(20) },
);
export const refused = approvalOf(commandCard(COMMAND), {
  ...{ id: 'a6', digest: 'd6', edit: { label: 'The command', text: 'rm -rf build/' } },
  askedAgain: 'What you changed it to cannot be: Never touches dist/.',
});
export const removal = approvalOf(deleteCard('many/'), {
  ...{ id: 'a4', digest: 'd4', title: 'Delete many/', undo: 'Can be undone.', undoState: 'whole' },
  consequence: [
    { amount: { files: 200, bytes: 1_234_567, more: true } },
    ', not in git, with unsaved changes in an editor.',
  ],
});

import { LINES, ONE, WORKSPACE, type Page } from './page.ts';

const MOVED = ['--workspace DIR', "where the run's folder is now (default: where it worked)"] as const;

/** What was done: looked at, checked, taken back. */
export const PAGES_OF_LOG = {
  history: {
    forms: [
      ['history', 'past runs, the newest first'],
      ['history RUN', 'the events of one; RUN is a name, the beginning of one, or "last"'],
    ],
    options: [
      ['--text WORDS', 'runs, or actions of a run, with these words; the last may be cut short'],
      ['--decision allow|ask|deny|approved|refused', 'in which something was decided so'],
      ['--tool NAME', 'in which this tool was called'],
      ['--effect NAME', 'in which something had this effect'],
      ['--path PATH', 'in which this path was touched'],
      ['--host HOST', 'in which this host was asked'],
      ['--limit N', 'at most so many runs (default: 50)'],
    ],
    json: `${LINES}: a run, or an event as the log has it; the last one says how many more there are, if any`,
    examples: [
      ['oversign history --decision refused --limit 5', 'what was not allowed lately'],
      ['oversign history last', 'what the last run did'],
    ],
  },
  report: {
    forms: [['report RUN', 'a run as a document (Markdown)']],
    json: `${ONE}: the document`,
    examples: [['oversign report last > run.md', 'the last run, to be read by others']],
  },
  exposure: {
    forms: [
      ['exposure', 'what the agent can see here, and what has left of all runs of this workspace'],
      ['exposure RUN', 'what has left for one run: where to, how much, which files’ content; and its receipt'],
    ],
    options: [
      WORKSPACE,
      ['--receipt md|html|json', 'of a run: a privacy receipt, which "oversign verify --receipt" checks'],
      ['--output FILE', 'the receipt into a new file'],
    ],
    json: `${ONE}: what can be seen and what has left; of a run what has left; with --receipt the receipt, in its own form`,
    examples: [
      ['oversign exposure', 'what could leave this workspace, and what did'],
      ['oversign exposure last --receipt html --output receipt.html', 'the receipt of the last run, to be kept'],
    ],
  },
  questions: {
    forms: [['questions', 'how much people were asked, week by week']],
    json: `${LINES}: a week`,
    examples: [['oversign questions', 'whether a policy asks too much']],
  },
  undo: {
    forms: [['undo RUN', 'put back what a run changed, file tools and commands alike; shown and asked first']],
    options: [
      ['--action ID', 'one action alone ("history RUN --json" has the names)'],
      ['--since ID', 'an action, and all that the run did after it'],
      ['--file PATH', 'this file or folder alone'],
      ['--dry-run', 'only what would be done'],
      MOVED,
    ],
    json: `${ONE}: what was done, or with --dry-run would be`,
    examples: [['oversign undo last --dry-run', 'what undo would do']],
  },
  review: {
    forms: [['review [RUN]', 'what a run changed, file by file, to be kept or put back (default: the last run here)']],
    options: [
      ['--keep FILE', 'keep it as it is; may be given several times'],
      ['--revert FILE', 'put it back; may be given several times'],
      MOVED,
    ],
    json: `${ONE}: what was changed`,
    examples: [['oversign review last --revert src/a.js', 'put one file back']],
  },
  verify: {
    forms: [['verify [FILE]', 'whether the audit log, another one, or an export of one (-: standard input) is whole']],
    options: [
      ['--key FILE', 'the public key that it must be signed under, as "oversign key" prints it'],
      ['--witness FILE', 'a witness file, or what a collector wrote (OTLP as JSON); may be given several times'],
      ['--receipt FILE', 'a privacy receipt of a run, in any of its forms, to be held against the log'],
    ],
    json: `${ONE}: the verdict`,
    examples: [
      ['oversign verify', "the account's own log"],
      ['oversign verify run.jsonl --key key.pem', 'what somebody else exported'],
      ['oversign verify --receipt receipt.html', 'whether a receipt says what the log says'],
    ],
  },
  export: {
    forms: [['export', 'the log as JSON Lines that can be checked without it']],
    options: [
      ['--run RUN', 'one run alone, with what it takes to check it'],
      ['--output FILE', 'into a new file'],
    ],
    json: `${LINES}, without it too: what "oversign verify" reads`,
    examples: [['oversign export --run last --output run.jsonl', 'evidence of the last run']],
  },
  key: {
    forms: [['key', 'the public key that the log is signed under']],
    json: `${ONE}: the key`,
    examples: [['oversign key > key.pem', 'for whoever checks exports']],
  },
  erase: {
    forms: [['erase', 'take task texts, arguments and outputs out of the log for good']],
    options: [
      ['--run RUN', 'of one run'],
      ['--user NAME', 'of all that an account started'],
      ['--yes', 'without asking'],
    ],
    json: `${ONE}: how much was erased`,
    examples: [['oversign erase --run last', 'asks first']],
  },
} as const satisfies Record<string, Page>;

import { WAYS } from '../shared/wayWords.ts';

/** Every option that there is, as parseArgs(node:util) wants it told. */
export const OPTIONS = {
  workspace: { type: 'string' },
  model: { type: 'string' },
  'model-name': { type: 'string' },
  'base-url': { type: 'string' },
  'api-key-file': { type: 'string' },
  proxy: { type: 'string' },
  'ca-file': { type: 'string' },
  'first-byte-seconds': { type: 'string' },
  'between-bytes-seconds': { type: 'string' },
  policy: { type: 'string' },
  privacy: { type: 'string' },
  backend: { type: 'string' },
  resume: { type: 'string' },
  folder: { type: 'string' },
  'take-over': { type: 'string' },
  look: { type: 'boolean', default: false },
  ask: { type: 'boolean', default: false },
  review: { type: 'boolean', default: false },
  fork: { type: 'string' },
  'answers-from-input': { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
  'user-policy': { type: 'string' },
  'org-policy': { type: 'string' },
  text: { type: 'string' },
  decision: { type: 'string' },
  tool: { type: 'string' },
  effect: { type: 'string' },
  path: { type: 'string' },
  host: { type: 'string' },
  limit: { type: 'string' },
  action: { type: 'string' },
  since: { type: 'string' },
  file: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  run: { type: 'string' },
  receipt: { type: 'string' },
  user: { type: 'string' },
  output: { type: 'string' },
  expect: { type: 'string' },
  'task-file': { type: 'string' },
  'last-message': { type: 'string' },
  'output-format': { type: 'string' },
  continue: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  key: { type: 'string' },
  witness: { type: 'string', multiple: true },
  keep: { type: 'string', multiple: true },
  revert: { type: 'string', multiple: true },
  layer: { type: 'string' },
  strict: { type: 'boolean', default: false },
  sarif: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

type Option = keyof typeof OPTIONS;

/** How a model's server is reached, and how long its reply is waited for. */
const SERVER = ['base-url', 'api-key-file', 'proxy', 'ca-file'] as const;
const WAITS = ['first-byte-seconds', 'between-bytes-seconds'] as const;
const POLICY_PLACES = ['workspace', 'user-policy', 'org-policy'] as const;
const SEARCHED = ['text', 'decision', 'tool', 'effect', 'path', 'host'] as const;

/**
 * What each command takes, besides --json, --help and --version. An option that a command would ignore is an error: whoever
 * gives `run` a policy meant it to count.
 */
const TAKES: ReadonlyMap<string, readonly Option[]> = new Map<string, readonly Option[]>([
  [
    'run',
    [
      ...(['workspace', 'policy', 'privacy', 'model', 'model-name'] as const),
      ...SERVER,
      ...WAITS,
      ...(['task-file', 'last-message', 'output-format', 'quiet', 'continue'] as const),
      ...(['resume', 'folder', 'take-over', 'fork', 'answers-from-input', 'once'] as const),
      ...WAYS,
    ],
  ],
  ['models', ['workspace', 'policy', 'privacy', 'model', ...SERVER]],
  ['runs', []],
  ['stop', []],
  ['history', [...SEARCHED, 'limit']],
  ['history RUN', SEARCHED],
  ['report', []],
  ['questions', []],
  ['exposure', ['workspace']],
  ['exposure RUN', ['receipt', 'output']],
  ['verify', ['key', 'witness', 'receipt']],
  ['key', []],
  ['export', ['run', 'output']],
  ['erase', ['run', 'user', 'yes']],
  ['undo', ['workspace', 'action', 'since', 'file', 'dry-run']],
  ['review', ['workspace', 'keep', 'revert']],
  ['doctor', ['workspace', 'sarif', 'strict']],
  ['decide', [...POLICY_PLACES, ...WAYS, 'expect']],
  ['sandbox', ['workspace', 'policy', 'backend', 'yes']],
  ['plugins', [...POLICY_PLACES]],
  ['replay', ['policy', 'org-policy', ...WAYS, 'expect', 'strict', 'limit']],
  ['policy check', [...POLICY_PLACES, 'layer', 'strict']],
  ['policy check FILE', ['layer', 'strict']],
  ['policy show', [...POLICY_PLACES]],
  ['policy schema', []],
  ['policy accept', ['workspace', 'yes']],
]);

/** What is wrong about the options given, as a sentence; undefined where the command takes them all. */
export function notTaken(command: string, words: readonly string[], given: readonly string[]): string | undefined {
  const form = formOf(command, words);
  const taken = TAKES.get(form);
  const strange = given.find((name) => taken?.some((one) => one === name) === false && !EVERYWHERE.has(name));
  return strange === undefined ? undefined : `${form} does not take --${strange}`;
}

const EVERYWHERE: ReadonlySet<string> = new Set<Option>(['help', 'version', 'json']);

/** The row of a command line: some commands take other options with a word behind them. */
function formOf(command: string, [first, ...more]: readonly string[]): string {
  if ((command === 'history' || command === 'exposure') && first !== undefined) return `${command} RUN`;
  if (command !== 'policy' || first === undefined) return command;
  return first === 'check' && more.length > 0 ? 'policy check FILE' : `policy ${first}`;
}

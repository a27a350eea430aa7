import fc from 'fast-check';
import { parsePolicy, type Layer, type ParsedLayer } from '../../src/core/policy/parse.ts';
import type { Family } from '../../src/core/policy/facts.ts';
import type { Action, Resource } from '../../src/shared/action.ts';

export const ROOTS = ['/w/one', '/w/two'] as const;

export function layerOf(text: string, layer: Layer, base?: string): ParsedLayer {
  const result = parsePolicy(text, `${layer}.yaml`, layer);
  if (!result.ok)
    throw new Error(`a generated policy does not parse: ${result.diagnostics[0]?.message ?? ''}\n${text}`);
  return base === undefined ? result.parsed : { ...result.parsed, base };
}

const optional = { requiredKeys: [] };
const path = fc.constantFrom(
  'src',
  'src/a',
  './docs',
  '*.key',
  '**/x',
  '/w/one',
  '/w/two/src',
  '/w',
  '/',
  '~',
  '~/x',
  '.',
  '..',
  '../two',
  '.git',
  'lock',
  '[a-z]*',
  '{src,docs}/**',
  '/w/one-more',
);
const paths = fc.array(path, { maxLength: 4 });
const variables = fc.subarray(['HOME', 'PATH', 'TOKEN', 'LANG']);
const size = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map((n) => `${n}g`),
  fc.integer({ min: 1, max: 9000 }).map((n) => `${n}M`),
  fc.integer({ min: 1, max: 2 ** 33 }),
);
const seconds = fc.integer({ min: 1, max: 2000 });
const enabled = fc.record({ enabled: fc.boolean() }, optional);

const policy = fc.record(
  {
    confirm_actions: fc.boolean(),
    max_iterations: fc.integer({ min: 1, max: 100 }),
    timeout: seconds,
    sandbox: fc.oneof(
      fc.boolean(),
      fc.record(
        {
          backend: fc.constantFrom('auto', 'host', 'docker'),
          memory: size,
          cpu: seconds,
          disk: size,
          processes: fc.integer({ min: 8, max: 2000 }),
          network: fc.constant('none'),
        },
        optional,
      ),
    ),
    protected_paths: paths,
    environment: fc.record({ allowed_variables: variables }, optional),
    redaction: fc.record({ variables }, optional),
    tools: fc.record(
      {
        file_system: fc.record({ enabled: fc.boolean(), allowed_paths: paths, denied_paths: paths }, optional),
        code_execution: fc.record(
          { enabled: fc.boolean(), languages: fc.subarray(['python', 'javascript', 'bash']), timeout: seconds },
          optional,
        ),
        web_browsing: enabled,
        api_calls: fc.record({ enabled: fc.boolean(), require_confirmation: fc.boolean() }, optional),
      },
      optional,
    ),
  },
  optional,
);

/** The text of a policy file: block and flow style, in both of which it says the same. */
export const policyText = fc
  .tuple(policy, fc.boolean())
  .map(([value, isFlow]) => (isFlow ? JSON.stringify(value) : block(value, '')));

function block(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return `${JSON.stringify(value)}\n`;
  if (Array.isArray(value))
    return value.length === 0 ? '[]\n' : `\n${value.map((item) => `${indent}- ${JSON.stringify(item)}\n`).join('')}`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}\n';
  return `${indent === '' ? '' : '\n'}${entries.map(([key, item]) => `${indent}${key}: ${block(item, `${indent}  `)}`).join('')}`;
}

/** An action as tools describe them. */
export function actionOn(
  tool: string,
  effect: Action['effect'],
  resources: Resource[],
  undo: Action['undo'] = 'full',
): Action {
  return { tool, effect, resources, arguments: {}, preImages: [], undo };
}

const PLACES = [
  '/w/one',
  '/w/one/src',
  '/w/one/src/a',
  '/w/one/docs/b.key',
  '/w/two/src/x',
  '/w/two/.env',
  '/w/one/.git/config',
  '/w/two/lock',
  '/w/one-more/a',
  '/etc/passwd',
  '/home/u/x',
];

/** Calls to hold policies against: every effect on places inside, beside and outside the folders. */
export const PROBES: readonly { action: Action; family: Family }[] = PLACES.flatMap((place) => [
  {
    family: 'file_system' as const,
    action: actionOn('read_file', 'read', [{ path: place, access: 'read' }], 'nothing-to-undo'),
  },
  {
    family: 'file_system' as const,
    action: actionOn('list_directory', 'list', [{ path: place, access: 'list' }], 'nothing-to-undo'),
  },
  { family: 'file_system' as const, action: actionOn('write_file', 'write', [{ path: place, access: 'write' }]) },
  {
    family: 'file_system' as const,
    action: actionOn('write_file', 'write', [{ path: place, access: 'write' }], 'none'),
  },
  { family: 'file_system' as const, action: actionOn('delete_path', 'delete', [{ path: place, access: 'delete' }]) },
  {
    family: 'file_system' as const,
    action: actionOn('move_path', 'move', [
      { path: place, access: 'delete' },
      { path: '/w/two/new', access: 'write' },
    ]),
  },
  {
    family: 'code_execution' as const,
    action: actionOn('run_command', 'execute', [{ path: place, access: 'list' }], 'none'),
  },
]);

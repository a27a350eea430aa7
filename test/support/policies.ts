import fc from 'fast-check';
import type { Family } from '../../src/core/policy/facts.ts';
import type { Layer, ParsedLayer } from '../../src/core/policy/layer.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { rolesOf } from '../../src/core/policy/roles.ts';
import type { Action, Change, Launch, Look, Resource, Run } from '../../src/shared/action.ts';

export const ROOTS = ['/w/one', '/w/two'] as const;

export function layerOf(text: string, layer: Layer, base?: string): ParsedLayer {
  const result = parsePolicy(text, `${layer}.yaml`, layer);
  if (!result.ok)
    throw new Error(`a generated policy does not parse: ${result.diagnostics[0]?.message ?? ''}\n${text}`);
  return base === undefined ? result.parsed : { ...result.parsed, base };
}

/** A workspace policy whose content the user has accepted. */
export function acceptedLayer(text: string, base: string): ParsedLayer {
  return { ...layerOf(text, 'workspace', base), isAccepted: true };
}

/** An organization's policy as it is for the account `u` in the group `g`. */
export function organizationLayers(text: string): ParsedLayer[] {
  return rolesOf(layerOf(text, 'organization'), { user: 'u', groups: ['g'] });
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
const hosts = fc.subarray([
  'example.com',
  '*.example.com',
  'api.example.com:8443',
  'Example.ORG.',
  '*.org.test:*',
  '10.0.0.1',
]);
const variables = fc.subarray(['HOME', 'PATH', 'TOKEN', 'LANG']);
const size = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map((n) => `${n}g`),
  fc.integer({ min: 1, max: 9000 }).map((n) => `${n}M`),
  fc.integer({ min: 1, max: 2 ** 33 }),
);
const seconds = fc.integer({ min: 1, max: 2000 });

const commands = fc.array(fc.constantFrom('npm test', 'npm **', 'npm *', 'rm **', 'ls **', 'make', '/bin/rm **'), {
  minLength: 1,
  maxLength: 3,
});
const ruleTools = fc.subarray(['read_file', 'list_directory', 'write_file', 'delete_path', 'move_path'], {
  minLength: 1,
});
const rule = fc
  .tuple(
    fc.constantFrom('allow', 'ask', 'deny'),
    fc.oneof(
      fc.record({ commands }),
      fc.record({ commands, paths: fc.array(path, { minLength: 1, maxLength: 2 }) }),
      fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }) }),
      fc.record({ tools: ruleTools }),
      fc.record({ tools: ruleTools, paths: fc.array(path, { minLength: 1, maxLength: 2 }) }),
      fc.constant({ tools: ['run_command'] }),
    ),
    fc.boolean(),
  )
  .map(([decision, subject, each]) => ({
    decision,
    ...subject,
    why: 'because',
    ...(decision === 'ask' && each && { each_time: true }),
  }));
export const ruleList = fc.array(rule, { maxLength: 4 });

const policyKeys = {
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
        image: fc.constant('debian'),
        require_enforced_limits: fc.oneof(fc.boolean(), fc.subarray(['disk', 'cpu', 'memory', 'processes'])),
      },
      optional,
    ),
  ),
  protected_paths: paths,
  own_paths: paths,
  allowed_domains: hosts,
  denied_domains: hosts,
  other_domains: fc.constantFrom('ask', 'deny'),
  rules: ruleList,
  model: fc.record({ allow_cloud: fc.boolean() }, optional),
  grants: fc.record(
    { enabled: fc.boolean(), max_minutes: fc.integer({ min: 1, max: 200 }), max_uses: fc.integer({ min: 1, max: 50 }) },
    optional,
  ),
  environment: fc.record({ allowed_variables: variables }, optional),
  redaction: fc.record({ variables }, optional),
  audit: fc.record(
    {
      witness_files: fc.subarray(['/w.jsonl', '~/w.jsonl']),
      otlp: fc.record(
        {
          endpoint: fc.constantFrom('http://a', 'https://b'),
          payloads: fc.boolean(),
          headers_variable: fc.constant('H'),
        },
        { requiredKeys: ['endpoint'] },
      ),
      retention: fc.record({ days: fc.integer({ min: 1, max: 9 }), size }, optional),
    },
    optional,
  ),
  tools: fc.record(
    {
      file_system: fc.record({ enabled: fc.boolean(), allowed_paths: paths, denied_paths: paths }, optional),
      code_execution: fc.record(
        { enabled: fc.boolean(), languages: fc.subarray(['python', 'javascript', 'bash']), timeout: seconds },
        optional,
      ),
      web_browsing: fc.record({ enabled: fc.boolean(), review_replies: fc.boolean() }, optional),
      api_calls: fc.record({ enabled: fc.boolean(), require_confirmation: fc.boolean() }, optional),
    },
    optional,
  ),
};
const policy = fc.record(policyKeys, optional);

/** An organization's policy, with roles that fit the account and roles that do not. */
export const organizationText = fc
  .tuple(
    policy,
    fc.array(
      fc.record({
        policy,
        whom: fc.constantFrom({ users: ['u'] }, { groups: ['g'] }, { users: ['v'], groups: ['h'] }, {}),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([own, roles]) =>
    JSON.stringify({ ...own, roles: roles.map(({ whom, policy: keys }) => ({ ...whom, policy: keys })) }),
  );

/** A policy that says nothing in rules and own_paths. */
export const plainText = policy.map((value) => JSON.stringify({ ...value, rules: undefined, own_paths: undefined }));

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

/** An action of a file tool, as it describes it. */
export function actionOn(
  tool: string,
  effect: (Look | Change)['effect'],
  resources: Resource[],
  undo: Action['undo'] = 'whole',
): Action {
  const common = { tool, resources, arguments: {}, undo };
  switch (effect) {
    case 'read':
    case 'list':
    case 'search':
      return { ...common, kind: 'look', effect };
    case 'write':
    case 'delete':
    case 'move':
      return { ...common, kind: 'change', effect, changes: [] };
  }
}

/** A command that starts in the first of these, as its tool describes it; it does nothing that is known to only look. */
export function commandOn(
  resources: Resource[],
  parts: Partial<Pick<Run, 'binds' | 'command' | 'undo'> & { launch: Partial<Launch> }> = {},
): Run {
  return {
    tool: 'run_command',
    kind: 'run',
    effect: 'execute',
    resources,
    arguments: {},
    binds: [],
    command: { programs: [], doubts: [{ why: 'not known' }], scripts: [] },
    undo: 'none',
    ...parts,
    launch: {
      argv: [],
      cwd: resources[0]?.path ?? '/w',
      environment: {},
      workspace: 'writable',
      secrets: 'hidden',
      ...parts.launch,
    },
  };
}

export const PLACES = [
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
    action: actionOn('read_file', 'read', [{ path: place, access: 'read' }], 'nothing'),
  },
  {
    family: 'file_system' as const,
    action: actionOn('list_directory', 'list', [{ path: place, access: 'list' }], 'nothing'),
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
    action: commandOn([{ path: place, access: 'list' }]),
  },
]).concat(
  [['npm', 'test'], ['npm', 'run', 'x'], ['rm', 'x'], ['ls'], ['make'], ['npm', null]].flatMap((words) =>
    [undefined, '/w/one/src/a', '/w/two/src/x'].map((path) => ({
      family: 'code_execution' as const,
      action: commandOn(
        [
          { path: '/w/one', access: 'list' as const },
          ...(path === undefined ? [] : [{ path, access: 'read' as const }]),
        ],
        {
          command: {
            programs: [words],
            doubts: words[0] === 'ls' ? [] : [{ why: 'not known', program: 0 }],
            scripts: [],
          },
          launch: { workspace: words[0] === 'ls' ? 'read-only' : 'writable' },
        },
      ),
    })),
  ),
);

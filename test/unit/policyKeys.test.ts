import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completionsAt, hoverAt } from '../../src/core/policy/assist.ts';
import { keysIn, keysWith, type PathsOf } from '../../src/core/policy/keys/keyGroup.ts';
import type { PolicyKey } from '../../src/core/policy/keys/policyKey.ts';
import { POLICY_KEYS } from '../../src/core/policy/keys/table.ts';
import { mergePolicies, type EffectivePolicy } from '../../src/core/policy/merge.ts';
import type { Layer, ParsedLayer } from '../../src/core/policy/layer.ts';
import { stricterOf } from '../../src/core/policy/restrict.ts';
import {
  acceptedLayer,
  layerOf,
  organizationLayers,
  organizationText,
  policyText,
  ROOTS,
} from '../support/policies.ts';

type Path = PathsOf<typeof POLICY_KEYS>;

/** What is kept is kept for all runs: it follows the policy as it is now, like evidence. */
const OF_ALL_RUNS: ReadonlySet<string> = new Set(['undo.file_size', 'undo.size', 'undo.days']);

/** What a file says, and a stricter thing to say; undefined is to say nothing. A key that is not here does not compile. */
const SIDES: Record<Path, { looser: unknown; stricter: unknown } | 'without effect'> = {
  privacy: { looser: 'usual', stricter: 'maximum' },
  confirm_actions: { looser: false, stricter: true },
  'ways.default': { looser: 'review', stricter: 'look' },
  'ways.allowed': { looser: ['look', 'ask', 'review'], stricter: ['look'] },
  max_iterations: { looser: 30, stricter: 20 },
  timeout: { looser: 700, stricter: 500 },
  'budget.tokens': { looser: 90_000, stricter: 50_000 },
  'budget.money': { looser: 9.5, stricter: 0.5 },
  'budget.prices': { looser: [{ model: 'm*', input: 1, output: 2 }], stricter: undefined },
  sandbox: { looser: false, stricter: true },
  'sandbox.backend': { looser: 'auto', stricter: 'host' },
  'sandbox.memory': { looser: '3g', stricter: '900m' },
  'sandbox.cpu': { looser: 400, stricter: 9 },
  'sandbox.disk': { looser: 2_000_000_000, stricter: '1k' },
  'sandbox.processes': { looser: 999, stricter: 8 },
  'sandbox.require_enforced_limits': { looser: ['cpu'], stricter: true },
  'sandbox.repository_above': { looser: true, stricter: false },
  'sandbox.network': { looser: 'allowed', stricter: 'none' },
  'sandbox.image': 'without effect',
  protected_paths: { looser: [], stricter: ['lock'] },
  own_paths: { looser: ['src'], stricter: undefined },
  allowed_domains: { looser: ['*.example.com', 'other.test'], stricter: ['api.example.com'] },
  denied_domains: { looser: [], stricter: ['evil.test'] },
  other_domains: { looser: 'ask', stricter: 'deny' },
  secrets: {
    looser: [{ name: 'a', hosts: ['a.test', 'b.test'] }],
    stricter: [{ name: 'a', hosts: ['a.test'] }],
  },
  'plugins.servers': {
    looser: [{ name: 'a', command: ['a'], folders: ['.'], writable: true, hosts: ['a.test'], tools: ['x', 'y'] }],
    stricter: [{ name: 'a', command: ['a'], folders: ['.'], tools: ['x'] }],
  },
  'environment.allowed_variables': { looser: ['HOME', 'LANG'], stricter: ['HOME'] },
  'redaction.variables': { looser: [], stricter: ['MINE'] },
  'model.allow_cloud': { looser: true, stricter: false },
  'model.nearby_hosts': { looser: ['ollama', 'llm:8080'], stricter: ['ollama'] },
  'grants.enabled': { looser: true, stricter: false },
  'grants.max_minutes': { looser: 90, stricter: 5 },
  'grants.max_uses': { looser: 30, stricter: 2 },
  'audit.witness_files': { looser: ['/w'], stricter: undefined },
  'audit.otlp': { looser: { endpoint: 'https://x' }, stricter: undefined },
  'audit.retention.days': { looser: 3, stricter: undefined },
  'audit.retention.size': { looser: '1g', stricter: undefined },
  'undo.leave_out': { looser: ['node_modules', 'dist', 'out'], stricter: ['dist'] },
  'undo.file_size': { looser: '8m', stricter: undefined },
  'undo.size': { looser: '1g', stricter: undefined },
  'undo.days': { looser: 3, stricter: undefined },
  rules: { looser: [], stricter: [{ decision: 'deny', commands: ['npm **'], why: 'w' }] },
  'tools.file_system.enabled': { looser: true, stricter: false },
  'tools.file_system.allowed_paths': { looser: undefined, stricter: ['src'] },
  'tools.file_system.denied_paths': { looser: [], stricter: ['*.key'] },
  'tools.code_execution.enabled': { looser: true, stricter: false },
  'tools.code_execution.languages': { looser: ['python', 'bash'], stricter: ['bash'] },
  'tools.code_execution.timeout': { looser: 200, stricter: 1 },
  'tools.code_execution.background_timeout': { looser: 2000, stricter: 1 },
  'tools.web_browsing.enabled': { looser: true, stricter: false },
  'tools.web_browsing.review_replies': { looser: false, stricter: true },
  'tools.api_calls.enabled': { looser: true, stricter: false },
  'tools.api_calls.require_confirmation': { looser: false, stricter: true },
  'database.connections': {
    looser: [
      { name: 'shop', host: 'db.test', database: 'shop', user: 'u', access: 'write' },
      { name: 'logs', host: 'db.test', database: 'logs', user: 'u' },
    ],
    stricter: [{ name: 'shop', host: 'db.test', database: 'shop', user: 'u' }],
  },
  'tools.database.enabled': { looser: true, stricter: false },
};

const sides = Object.entries(SIDES).flatMap(([path, side]) => (side === 'without effect' ? [] : [{ path, ...side }]));

function textOf(path: string, value: unknown): string {
  if (value === undefined) return '';
  return JSON.stringify(path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value));
}

function policyOf(path: string, ...said: [Layer, unknown][]): EffectivePolicy {
  return mergePolicies(
    said.map(([layer, value]) => layerOf(textOf(path, value), layer, layer === 'workspace' ? ROOTS[0] : undefined)),
  );
}

const linesOf = (key: PolicyKey<unknown>, value: unknown): string[] => [
  ...new Set(key.entries(value).map((entry) => `${entry.key}: ${entry.value}`)),
];

/** The lines of one key in a policy. */
const saidOf = (policy: EffectivePolicy, path: string): string[] =>
  keysWith(POLICY_KEYS, policy).flatMap(({ key, value }) => (key.path === path ? linesOf(key, value).sort() : []));

describe('every key', () => {
  test('stands in the table once, and is compared here', () => {
    const paths = keysIn(POLICY_KEYS).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(Object.keys(SIDES).sort()).toEqual([...paths].sort());
    const counting = keysWith(POLICY_KEYS, mergePolicies([])).map(({ key }) => key.path);
    expect(counting).toEqual(paths.filter((path) => SIDES[path as Path] !== 'without effect'));
  });

  test.each(keysIn(POLICY_KEYS))('$path is documented, completed and explained', ({ path, about, standard }) => {
    expect(about).toMatch(/^[A-Z].*\.$/);
    const page = readFileSync('docs/policy.md', 'utf8').replaceAll('\\|', '|');
    expect(page).toContain(`\`${path}\``);
    expect(page).toContain(about);
    const names = path.split('.');
    const lines = names.map((name, depth) => `${'  '.repeat(depth)}${name}:`);
    const hover = hoverAt(`${lines.join('\n')} 1\n`, lines.join('\n').length - 2);
    expect(hover?.markdown).toContain(about);
    if (standard !== undefined) expect(hover?.markdown).toContain(JSON.stringify(standard));
    const above = names.length === 1 ? '' : `${lines.slice(0, -1).join('\n')}\n${'  '.repeat(names.length - 1)}`;
    expect(completionsAt(above, above.length).map(({ label }) => label)).toContain(names.at(-1));
  });

  test.each(sides)('$path has lines with the place that says so', ({ path, looser, stricter }) => {
    const said = stricter === undefined || (Array.isArray(stricter) && stricter.length === 0) ? looser : stricter;
    const policy = mergePolicies([layerOf(`# words\n${textOf(path, said)}`, 'user')]);
    const entries = keysWith(POLICY_KEYS, policy).flatMap(({ key, value }) =>
      key.path === path ? key.entries(value) : [],
    );
    const mine = entries.filter(({ origin }) => origin.layer === 'user');
    expect(mine.length).toBeGreaterThan(0);
    for (const { key, origin } of mine) {
      expect(key).toBe(path);
      expect(origin).toMatchObject({ file: 'user.yaml', line: 2 });
      expect(origin.column).toBeGreaterThan(path.length); // its own place, not the file's beginning
    }
  });
});

test('what works on all keys names none: a new key is one entry of the table', () => {
  const words = keysIn(POLICY_KEYS).flatMap(({ path }) => path.split('.').filter((word) => word.includes('_')));
  expect(words.length).toBeGreaterThan(20);
  const general = 'schema merge restrict entries settle realRules jsonSchema schemaWords assist suggest'.split(' ');
  for (const file of [...general, 'keys/keyGroup', 'keys/policyKey']) {
    const code = readFileSync(`src/core/policy/${file}.ts`, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    expect(
      words.filter((word) => code.includes(word)),
      file,
    ).toEqual([]);
  }
});

describe('the stricter side of', () => {
  test.each(sides)('$path is kept from a workspace and a run', ({ path, looser, stricter }) => {
    const alone = saidOf(policyOf(path, ['user', stricter]), path);
    expect(saidOf(policyOf(path, ['user', looser]), path)).not.toEqual(alone);
    for (const layer of ['workspace', 'run'] as const)
      expect(saidOf(policyOf(path, ['user', stricter], [layer, looser]), path)).toEqual(alone);
  });

  test.each(sides.filter(({ stricter }) => stricter !== undefined))(
    '$path is what a workspace and a run can say over a looser user',
    ({ path, looser, stricter }) => {
      const alone = saidOf(policyOf(path, ['user', stricter]), path);
      for (const layer of ['workspace', 'run'] as const)
        expect(saidOf(policyOf(path, ['user', looser], [layer, stricter]), path)).toEqual(alone);
    },
  );

  test.each(sides)('$path counts for a run, whichever of start and now has it', ({ path, looser, stricter }) => {
    const [loose, strict] = [policyOf(path, ['user', looser]), policyOf(path, ['user', stricter])];
    const wanted = saidOf(strict, path);
    expect(saidOf(stricterOf(loose, strict), path)).toEqual(wanted);
    // Evidence is of all runs, and prices are as they are: both follow the policy as it is now.
    expect(saidOf(stricterOf(strict, loose), path)).toEqual(
      path.startsWith('audit.') || path === 'budget.prices' || OF_ALL_RUNS.has(path) ? saidOf(loose, path) : wanted,
    );
  });
});

/** Whether each key says in `after` nothing looser than in `before`, by its own idea of what is stricter. */
function expectAsStrict(
  after: EffectivePolicy,
  before: EffectivePolicy,
  counts: (before: unknown) => boolean = () => true,
): void {
  const earlier = new Map(keysWith(POLICY_KEYS, before).map(({ key, value }) => [key, value]));
  for (const { key, value } of keysWith(POLICY_KEYS, after))
    if (counts(earlier.get(key)))
      expect(linesOf(key, key.stricter(earlier.get(key), value)).sort(), key.path).toEqual(linesOf(key, value).sort());
}

const isOfOrganization = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'origin' in value &&
  (value.origin as { layer: string }).layer === 'organization';

describe('property: no key is loosened', () => {
  test('by a workspace, a second one, and a run, whatever stands before them', () => {
    fc.assert(
      fc.property(organizationText, policyText, policyText, policyText, policyText, (org, own, first, second, run) => {
        const base = [...organizationLayers(org), layerOf(own, 'user')];
        const lower: ParsedLayer[] = [
          layerOf(first, 'workspace', ROOTS[0]),
          layerOf(second, 'workspace', ROOTS[1]),
          layerOf(run, 'run'),
        ];
        for (const count of lower.keys())
          expectAsStrict(
            mergePolicies([...base, ...lower.slice(0, count + 1)], 2),
            mergePolicies([...base, ...lower.slice(0, count)], 2),
          );
      }),
      { numRuns: 100 },
    );
  });

  test('below what the organization set, by nobody', () => {
    fc.assert(
      fc.property(organizationText, policyText, policyText, policyText, (org, own, shared, run) => {
        const base = organizationLayers(org);
        const all = [...base, layerOf(own, 'user'), acceptedLayer(shared, ROOTS[0]), layerOf(run, 'run')];
        expectAsStrict(mergePolicies(all), mergePolicies(base), isOfOrganization);
      }),
      { numRuns: 100 },
    );
  });

  test('by a change while a run goes on, with every layer in play', () => {
    const whole = fc
      .tuple(organizationText, policyText, policyText)
      .map(([org, own, shared]) =>
        mergePolicies([...organizationLayers(org), layerOf(own, 'user'), acceptedLayer(shared, ROOTS[0])]),
      );
    fc.assert(
      fc.property(whole, whole, (start, now) => {
        const both = stricterOf(start, now);
        expectAsStrict(both, start);
        expectAsStrict(both, now);
      }),
      { numRuns: 100 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostDecision } from '../../src/core/egress/hostDecision.ts';
import type { HostRules } from '../../src/core/egress/hostRules.ts';
import { alwaysPolicy } from '../../src/core/policy/always.ts';
import { alwaysOffer, alwaysRule } from '../../src/core/policy/alwaysRule.ts';
import type { ParsedLayer } from '../../src/core/policy/layer.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { matcher } from '../../src/core/policy/rules.ts';
import { withRule } from '../../src/core/policy/writeRule.ts';
import { absoluteOrNone } from '../../src/core/scope/spelling.ts';
import type { Action, Run } from '../../src/shared/action.ts';
import { actionOn, commandOn, policyText } from '../support/policies.ts';

const CONTEXT = { roots: ['/w'], home: '/home/u' };
const running = (...programs: (string | null)[][]): Run =>
  commandOn([{ path: '/w', access: 'list' }], {
    command: { programs, doubts: programs.map((_, program) => ({ why: 'not known', program })), scripts: [] },
  });
const at = (cwd: string, ...program: string[]): Run =>
  commandOn([{ path: cwd, access: 'list' }], { command: running(program).command });
const writing = (path: string, tool = 'write_file'): Action => actionOn(tool, 'write', [{ path, access: 'write' }]);
const always = (action: Action, text = ''): ReturnType<typeof alwaysPolicy> =>
  alwaysPolicy(action, text, 'user.yaml', 'you chose it', CONTEXT);

function parsed(text: string): ParsedLayer {
  const result = parsePolicy(text, 'user.yaml', 'user');
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.parsed;
}

/** The last rule of a policy, as a test for actions. */
function lastRule(text: string): (action: Action) => boolean {
  const layer = parsed(text);
  const keys = layer.values.rules?.at(-1);
  if (!keys) throw new Error('there is no rule');
  const origin = layer.originOf(['rules', 0]);
  return matcher({ keys, origin, paths: (keys.paths ?? []).map((written) => ({ written, origin })) }, CONTEXT);
}

const ODD = [
  ...['it’s', "it's", 'say "hi"', `both ' and "`, '*', '**', '?x', '[a]', '{a,b}', 'a\nb', 'a\tb', '#x', ' #', 'a: b'],
  ...[
    '- x',
    '-',
    '*a',
    '&a',
    '!tag',
    '%a',
    '@a',
    '`x`',
    '|',
    '>',
    'null',
    'true',
    '~',
    '1e3',
    '0x10',
    '',
    ' ',
    '  a  ',
  ],
  ...[
    'é',
    '\u202e',
    '\u{1f600}',
    'a\\b',
    '\\',
    '$x',
    '$(x)',
    'a;b',
    'a&b',
    '--flag=a b',
    'yes',
    '2026-01-01',
    '\u0085',
    '\u2028',
  ],
  ...['x'.repeat(500), `${'y z '.repeat(125)}.`],
];
const word = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const program = fc.constantFrom('npm', 'make', './x.sh', 'python3', '/opt/tool', 'a b', '#x', '-x', '*', '&', 'it');
const words = fc
  .tuple(program, fc.array(fc.oneof(word, fc.constant('test')), { maxLength: 4 }))
  .map(([one, more]) => [one, ...more]);
const edited = fc
  .array(
    word.filter((one) => !/[/\0]/.test(one) && one !== '' && one !== '..' && one !== '.'),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => `/w/${parts.join('/')}`);

const TEXTS = [
  '',
  '# only a comment\n',
  '# mine\nconfirm_actions: true   # yes\n\n\ntools:\n      file_system: {denied_paths: [ a,   b ]}\n# end\n',
  'timeout: 5',
  'timeout: 5\r\n# windows\r\nmax_iterations: 9\r\n',
  'rules: []\n',
  'rules: [] # none yet\ntimeout: 5\n',
  'timeout: 5\nrules:\n  # the first\n  - decision: deny\n    commands: [rm **] # never\n    why: w\n# the end\nmax_iterations: 9\n',
  'rules: [{decision: deny, paths: [x], why: w}]\n',
  '{confirm_actions: true}\n',
  '{rules: [{decision: deny, paths: [x], why: w}], timeout: 5}',
  '---\ntimeout: 5\n',
  '---\ntimeout: 5\n...\n',
  'timeout: 5\nredaction:\n  variables: [A] # rules:\n',
  '"rules":\n  - {decision: ask, paths: [x], why: "rules:"}\n',
  'protected_paths:\n  - "a\n    rules: b"\ntimeout: 5\n',
];

/** `././x` and `/w/x` are the file that `./x` is. */
function sameFile([program, ...rest]: readonly (string | null)[]): (string | null | undefined)[] {
  return [program?.includes('/') ? (absoluteOrNone(program, '/w', '/home/u') ?? program) : program, ...rest];
}

test('a rule holds in the folder and workspace it was made in, unless every workspace was chosen', () => {
  const made = always(at('/w/sub', './build.sh', 'x'));
  expect(made).toMatchObject({ ok: true });
  const fits = lastRule(made.ok ? made.text : '');
  expect(fits(at('/w/sub', './build.sh', 'x'))).toBe(true);
  for (const cwd of ['/w', '/w/other', '/w/sub/deep', '/v/sub'])
    expect(fits(at(cwd, './build.sh', 'x')), cwd).toBe(false);
  const wide = alwaysPolicy(at('/w/sub', 'npm', 'test'), '', 'user.yaml', 'w', {
    ...CONTEXT,
    reach: 'every workspace',
  });
  expect(lastRule(wide.ok ? wide.text : '')(at('/v/else', 'npm', 'test'))).toBe(true); // the control
});

test('a pattern with a slash is the file seen from the workspace folder; below it another folder has another file', () => {
  const fits = lastRule('rules: [{decision: allow, commands: [scripts/x.sh, node tools/a.js], why: w}]\n');
  expect(fits(at('/w', './scripts/x.sh'))).toBe(true);
  expect(fits(at('/w/sub', '../scripts/x.sh'))).toBe(true);
  expect(fits(at('/w/sub', 'scripts/x.sh'))).toBe(false);
  expect(fits(at('/w', 'x.sh'))).toBe(false);
  expect(fits(at('/w', 'node', 'tools/a.js'))).toBe(true);
  expect(fits(at('/w/sub', 'node', 'tools/a.js'))).toBe(false);
});

const NO_HOSTS: HostRules = {
  allowedDomains: { value: [], origin: { layer: 'built-in' } },
  deniedDomains: [],
  otherDomains: { value: 'ask', origin: { layer: 'built-in' } },
};

describe('property', () => {
  test('a rule for a command is refused, or is read back and fits that command and no other words', () => {
    let written = 0;
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 6 }), fc.constantFrom(...TEXTS), (own, others, text) => {
        const result = always(running(own), text);
        if (!result.ok) return;
        written += 1;
        const fits = lastRule(result.text);
        expect(fits(running(own))).toBe(true);
        const near = [
          [...own, 'x'],
          own.slice(0, -1),
          [...own, ''],
          own.map((one) => `${one} `),
          [own.join(' ')],
          ['sh', ...own],
        ];
        for (const other of [...others, ...near, [`./${own[0] ?? ''}`, ...own.slice(1)], [...own.slice(0, -1), null]])
          if (JSON.stringify(sameFile(other)) !== JSON.stringify(sameFile(own)))
            expect(fits(running(other)), JSON.stringify(other)).toBe(false);
        for (const line of [running(own, ['rm', 'x']), running()]) expect(fits(line)).toBe(false);
        expect(fits(writing('/w/a'))).toBe(false);
      }),
      { numRuns: 600 },
    );
    expect(written).toBeGreaterThan(200);
  });

  test('a rule for edits is refused, or fits edits of that file alone', () => {
    let written = 0;
    fc.assert(
      fc.property(edited, edited, fc.constantFrom(...TEXTS), (path, other, text) => {
        const result = always(writing(path), text);
        if (!result.ok) return;
        written += 1;
        const fits = lastRule(result.text);
        for (const tool of ['write_file', 'edit_file']) expect(fits(writing(path, tool))).toBe(true);
        for (const near of [other, `${path}x`, path.slice(0, -1), '/w', path.toUpperCase(), `/w${path}`])
          if (near !== path && !near.startsWith(`${path}/`)) expect(fits(writing(near)), near).toBe(false);
        expect(fits(actionOn('delete_path', 'delete', [{ path, access: 'delete' }]))).toBe(false);
        expect(fits(actionOn('read_file', 'read', [{ path, access: 'read' }]))).toBe(false);
      }),
      { numRuns: 400 },
    );
    expect(written).toBeGreaterThan(100);
  });

  test('everything else in the file says what it said; without rules before, it is there letter for letter', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...TEXTS), policyText),
        fc.oneof(
          words.map((one) => running(one)),
          edited.map((one) => writing(one)),
        ),
        (text, action) => {
          const result = always(action, text);
          if (!result.ok) return;
          const [before, after] = [parsed(text).values, parsed(result.text).values];
          expect({ ...after, rules: undefined }).toEqual({ ...before, rules: undefined });
          expect(after.rules?.slice(0, -1)).toEqual(before.rules ?? []);
          for (const comment of text.match(/# \w+/g) ?? []) expect(result.text).toContain(comment);
          if (before.rules === undefined && !/^(---|\{)/.test(text)) expect(result.text.startsWith(text)).toBe(true);
          // What a line says is not wrapped, however long.
          if (action.kind === 'run')
            expect(
              result.text.split('\n').filter((line) => line.includes('commands:') || line.includes('- ')),
            ).not.toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a rule', () => {
  test('for a program with 500 characters stands on one line', () => {
    const long = `--message=${'word '.repeat(100)}`;
    const result = always(running(['tool', long]));
    expect(result.ok && result.text.split('\n').some((line) => line.includes(long))).toBe(true);
  });

  test.each<[string, Action]>([
    ['reads', actionOn('read_file', 'read', [{ path: '/w/.env', access: 'read' }])],
    ['deletes', actionOn('delete_path', 'delete', [{ path: '/w/a', access: 'delete' }])],
    [
      'moves',
      actionOn('move_path', 'move', [
        { path: '/w/a', access: 'delete' },
        { path: '/w/b', access: 'write' },
      ]),
    ],
    ['has a word that is not known', running(['npm', null])],
    ['has a program that is not known', running([null, 'x'])],
    ['has a glob', running(['npm', '*'])],
    ['has a line break', running(['npm', 'a\nb'])],
    [
      'has a doubt about the line',
      { ...running(['npm']), command: { programs: [['npm']], doubts: [{ why: 'it writes f' }], scripts: [] } },
    ],
    ['has no doubt', { ...running(['ls']), command: { programs: [['ls']], doubts: [], scripts: [] } }],
    ['was not looked into', commandOn([])],
    ['edits a name with a glob', writing('/w/[a].ts')],
    ['edits a name with a backslash', writing('/w/a\\b')],
  ])('is not proposed for what %s', (_name, action) => {
    expect(alwaysRule(action, 'w', ['/w'])).toBeUndefined();
    expect(alwaysOffer(action, ['/w'], NO_HOSTS)).toBeUndefined();
    expect(always(action)).toMatchObject({ ok: false });
  });

  test('names each program that is not known, and no other', () => {
    const action = running(['ls'], ['npm', 'test'], ['npm', 'test'], ['make', 'a b']);
    const command = {
      programs: action.command.programs,
      scripts: [],
      doubts: [1, 2, 3].map((program) => ({ why: '', program })),
    };
    expect(alwaysOffer({ ...action, command }, ['/w'], NO_HOSTS)).toBe(
      'npm test and npm test and make "a b", in this folder',
    );
  });

  test.each([[['/usr/bin/npm', 'test']], [['/bin/make']]])('that is offered can be written: %j', (own) => {
    const action = running(own);
    expect(alwaysOffer(action, ['/w'], NO_HOSTS) === undefined || always(action).ok).toBe(true);
  });

  test.each([
    'timeout: [',
    'unknown: 1',
    'rules: 5',
    'rules:\n',
    'timeout: 5\ntimeout: 6',
    'rules: [{decision: allow, why: w}]',
    '- a',
  ])('is not written into a policy with errors: %j', (text) => {
    const result = always(running(['npm', 'test']), text);
    expect(result.ok ? '' : result.problem).toMatch(/has errors|mend|without changing the rest/);
  });

  test('is not written where it would be lost in an alias', () => {
    const rule = alwaysRule(running(['npm', 'test']), 'w', ['/w']);
    if (!rule) throw new Error('there is no rule');
    const text = 'protected_paths: &p [a]\nown_paths: *p\n';
    const result = withRule(text, 'f', rule);
    expect(result.ok && result.text.startsWith(text)).toBe(true);
  });
});

test('a line that changes its folder is none that a rule of one folder, or of a file in it, speaks of', () => {
  const own = running(['npm', 'test']);
  const text = always(own);
  if (!text.ok) throw new Error(text.problem);
  const matches = lastRule(text.text);
  const moved = (action: Run): Run => ({ ...action, command: { ...action.command, moves: true } });
  expect([matches(own), matches(moved(own))]).toEqual([true, false]);
  expect(alwaysRule(moved(own), 'x', ['/w'])).toBeUndefined();
  const byPath = lastRule('rules: [{decision: allow, commands: [./run.sh], why: x}]\n');
  expect([byPath(running(['./run.sh'])), byPath(moved(running(['./run.sh'])))]).toEqual([true, false]);
  const anywhere = lastRule('rules: [{decision: allow, commands: [npm test], why: x}]\n');
  expect(anywhere(moved(own))).toBe(true);
});

describe('a host that commands connect to', () => {
  const to = (host: string, port: number): Action => ({
    ...{ tool: 'connect', kind: 'connect', effect: 'connect', resources: [], undo: 'none', host, port },
    arguments: { host, port },
  });

  test.each([
    ['registry.example', 443, '', 'allowed_domains:\n  - registry.example\n'],
    ['registry.example', 8443, '', 'allowed_domains:\n  - registry.example:8443\n'],
    ['[2001:db8::1]', 443, 'timeout: 5 # mine\n', /^timeout: 5 # mine\nallowed_domains:\n {2}- "?\[2001:db8::1\]"?\n$/],
    ['b.example', 80, 'allowed_domains: [a.example] # of ours\n', /a\.example\n {2}- b\.example:80\n/],
  ])('%s:%i is named in the list, exactly, and the rest stays', (host, port, before, after) => {
    const written = always(to(host, port), before);
    expect(written).toMatchObject({ ok: true, holdsIn: 'every workspace' });
    const text = written.ok ? written.text : '';
    if (typeof after === 'string') expect(text).toBe(after);
    else expect(text).toMatch(after);
    const rules = {
      ...NO_HOSTS,
      allowedDomains: { value: parsed(text).values.allowed_domains as string[], origin: { layer: 'user' as const } },
    };
    expect(hostDecision({ host, port }, rules).verdict === 'allow' || host.startsWith('[')).toBe(true);
    expect(hostDecision({ host, port: port + 1 }, rules).verdict).not.toBe('allow');
  });

  test('is not offered where the organization says which hosts there are: it would allow nothing', () => {
    const offered = alwaysOffer(to('a.example', 443), ['/w'], NO_HOSTS);
    expect(offered).toBe('a.example as a host that commands reach, in every workspace');
    const organization = {
      ...NO_HOSTS,
      allowedDomains: { value: ['b.example'], origin: { layer: 'organization' as const } },
    };
    expect(alwaysOffer(to('a.example', 443), ['/w'], organization)).toBeUndefined();
  });
});

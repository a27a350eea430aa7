import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../src/core/agent/storedRun.ts';
import { labelsOf, lightened, ruleOfTwoReason, wouldLightThird } from '../../src/core/flow/ruleOfTwo.ts';
import { decide } from '../../src/core/policy/decide.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { Rulebook } from '../../src/core/policy/rules.ts';
import { wayInForce } from '../../src/core/policy/ways.ts';
import { scopeOf } from '../../src/core/policy/scopeOf.ts';
import type { Action, Launch } from '../../src/shared/action.ts';
import type { Flag, Flags } from '../../src/shared/flow.ts';
import { rememberFirst } from '../support/attempt.ts';
import { actionOn, commandOn, layerOf } from '../support/policies.ts';
import { scripted, workbench, type Turn, type Workbench } from '../support/workbench.ts';

const FLAGS: Flag[] = ['untrusted', 'private', 'outward'];
const SETS = Array.from({ length: 8 }, (_, bits) => FLAGS.filter((_flag, index) => (bits >> index) % 2 === 1));
const lit = (names: readonly Flag[]): Flags => ({
  untrusted: names.includes('untrusted'),
  private: names.includes('private'),
  outward: names.includes('outward'),
});

describe('the whole table: of 8 states and 8 label sets', () => {
  const rows = SETS.flatMap((before) => SETS.map((labels) => ({ before, labels })));

  test.each(rows)('lit $before, lights $labels', ({ before, labels }) => {
    const after = new Set([...before, ...labels]);
    expect(lightened(lit(before), labels)).toEqual(lit([...after]));
    expect(wouldLightThird(lit(before), labels)).toBe(after.size === 3 && before.length < 3);
  });

  test.each(rows.filter(({ before, labels }) => before.length < 3 && new Set([...before, ...labels]).size === 3))(
    'lit $before, lights $labels: asks though a rule allows it, grants cover it and questions are off',
    ({ before, labels }) => {
      const policy = mergePolicies([
        layerOf(
          `confirm_actions: false\n${labels.includes('untrusted') ? '' : 'own_paths: [.]\n'}rules:\n  - {decision: allow, tools: [run_command], why: w}\n  - {decision: allow, tools: [read_file, write_file], paths: [/w], why: w}\n`,
          'user',
        ),
      ]);
      const action = lighting(labels);
      const scope = scopeOf(policy, ['/w'], '/home/u', []);
      expect(labelsOf(action, { scope, policy }).sort()).toEqual([...labels].sort());
      const inForce = {
        policy,
        scope,
        rulebook: new Rulebook(policy.rules, { roots: ['/w'], home: '/home/u' }),
        way: wayInForce(undefined, policy),
      };
      const family = action.effect === 'execute' ? ('code_execution' as const) : ('file_system' as const);
      const grants = [{ id: 'g', covers: () => true, words: 'everything', isBroad: false }];
      const { verdict, rule, reason } = decide(action, { family, flags: lit(before) }, inForce, grants);
      expect([verdict, rule]).toEqual(['ask', 'rule-of-two']);
      expect(reason).toBe(ruleOfTwoReason(lit(before), labels));
      expect(reason.split(/, (?:and )?/)).toHaveLength(3); // one for each flag
      expect(decide(action, { family, flags: lit(FLAGS) }, inForce, grants).verdict).toBe('allow');
    },
  );
});

/** An action that lights exactly these, below a policy whose own_paths leave `untrusted` to `labels`. */
function lighting(labels: readonly Flag[]): Action {
  if (!labels.includes('outward'))
    return actionOn('read_file', 'read', [{ path: labels.includes('private') ? '/w/.env' : '/w/a', access: 'read' }]);
  return command({ secrets: labels.includes('private') ? 'visible' : 'hidden' });
}

function command(launch: Partial<Launch>, path?: string): Action {
  return commandOn(
    [{ path: '/w', access: 'list' }, ...(path === undefined ? [] : [{ path, access: 'read' as const }])],
    { launch },
  );
}

describe('what lights what', () => {
  const read = (path: string): Action => actionOn('read_file', 'read', [{ path, access: 'read' }]);
  const write = (undo: Action['undo'], effect: 'write' | 'delete' | 'move' = 'write'): Action =>
    actionOn('x', effect, [{ path: '/w/a', access: effect === 'delete' ? 'delete' : 'write' }], undo);
  const looking = command({ workspace: 'read-only' });
  const OWN = ['.'];

  test.each<[string, Action, string[] | undefined, boolean, Flag[]]>([
    ['reading', read('/w/a'), undefined, false, ['untrusted']],
    ['reading what is the user’s own', read('/w/a'), OWN, false, []],
    ['reading beside what is the user’s own', read('/w/a'), ['src'], false, ['untrusted']],
    ['reading below a name that only starts alike', read('/w/src-2/a'), ['src'], false, ['untrusted']],
    ['listing', actionOn('x', 'list', [{ path: '/w', access: 'list' }]), undefined, false, ['untrusted']],
    ['searching', actionOn('x', 'search', [{ path: '/w', access: 'list' }]), undefined, false, ['untrusted']],
    [
      'searching all where a part is own',
      actionOn('x', 'search', [{ path: '/w', access: 'list' }]),
      ['src'],
      false,
      ['untrusted'],
    ],
    ['reading a likely secret', read('/w/.env'), OWN, false, ['private']],
    ['reading a protected path', read('/w/.git/config'), OWN, false, ['private']],
    ['reading an example of a secret', read('/w/.env.example'), OWN, false, []],
    ['an edit that can be undone', write('whole'), undefined, false, []],
    ['an edit that comes back in part', write('partly'), undefined, false, ['outward']],
    ['an edit that cannot', write('none'), undefined, false, ['outward']],
    ['a delete that cannot', write('none', 'delete'), undefined, false, ['outward']],
    ['a move that cannot', write('none', 'move'), undefined, false, ['outward']],
    ['a command that looks', looking, OWN, false, []],
    ['a command that looks at what is not own', looking, undefined, false, ['untrusted']],
    // One that only looks is given none.
    ['a command that looks, where variables are allowed', looking, OWN, true, []],
    ['a command that may write, where one is allowed and not set', command({}), OWN, true, ['outward']],
    [
      'a command that is given an allowed variable',
      command({ environment: { FOO: 'x' } }),
      OWN,
      true,
      ['private', 'outward'],
    ],
    [
      'the same for one that looks',
      command({ workspace: 'read-only', environment: { FOO: 'x' } }),
      OWN,
      true,
      ['private'],
    ],
    ['a command that has others', command({ environment: { PATH: '/bin' } }), OWN, true, ['outward']],
    ['a command that reads a secret', command({ workspace: 'read-only' }, '/w/.env'), OWN, false, ['private']],
    ['a command that may write', command({}), OWN, false, ['outward']],
    ['a command that may write and see secrets', command({ secrets: 'visible' }), OWN, false, ['private', 'outward']],
    ['the same where nothing is own', command({ secrets: 'visible' }), undefined, false, FLAGS],
  ])('%s', (_name, action, own, isAllowed, labels) => {
    const environment = { allowed_variables: isAllowed ? ['FOO'] : [] };
    const policy = mergePolicies([layerOf(JSON.stringify({ ...(own && { own_paths: own }), environment }), 'user')]);
    expect(labelsOf(action, { scope: scopeOf(policy, ['/w'], '/h', []), policy })).toEqual(labels);
  });
});

describe('in a run', () => {
  const call = (name: string, args: unknown): Turn => ({ calls: [{ name, args }] });
  const read = (path: string): Turn => call('read_file', { path });
  const run = (command: string): Turn => call('run_command', { command });
  const flagsOf = async (bench: Workbench): Promise<unknown[]> =>
    (await bench.node.audit.events(bench.engine.view().run?.id ?? '')).flatMap(({ type, data }) =>
      type === 'flags' ? [data] : [],
    );

  test('secret read, file read, then a command that may write: the third asks in spite of a rule that allows it', async () => {
    const bench = await workbench({
      files: { '.env': 'A=1\n' },
      userPolicy: 'rules:\n  - {decision: allow, commands: ["touch *"], why: harmless}\n',
    });
    await bench.run([read('.env'), read('README.md'), run('touch t'), run('touch t')]);
    expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret', 'rule-of-two']);
    expect(bench.asked[1]).toMatchObject({ flags: lit(['untrusted', 'private']), lights: ['outward'] });
    expect(bench.asked[1]?.decision.reason).toContain('Rule of Two');
    expect(bench.engine.view().run?.flags).toEqual(lit(FLAGS));
    expect(await flagsOf(bench)).toEqual([lit(['untrusted', 'private']), lit(FLAGS)]);
  });

  test('a denied call lights nothing', async () => {
    const bench = await workbench({ files: { '.env': 'A=1\n' }, answer: () => ({ choice: 'deny' }) });
    await bench.run([read('.env'), run('touch t'), read('/etc/passwd')]);
    expect(bench.engine.view().run?.flags).toEqual(lit([]));
    expect(await flagsOf(bench)).toEqual([]);
  });

  test('a grant given before does not spare the call once it would light the third', async () => {
    const bench = await workbench({
      files: { '.env': 'A=1\n' },
      userPolicy: 'own_paths: ["."]\n',
      answer: rememberFirst,
    });
    const turns: Turn[] = [read('.env'), read('.env'), run('touch t'), run('touch t')];
    await bench.run((_request, turn) => {
      if (turn < turns.length) return turns[turn] ?? {};
      // The folder is the user’s own no more: a tightening counts at once, and the same reading is now a third flag.
      if (turn === turns.length) writeFileSync(bench.node.userPolicy, '');
      return turn === turns.length ? read('.env') : {};
    });
    expect(bench.asked.map(({ tool }) => tool)).toEqual(['read_file', 'run_command', 'read_file']);
    expect(bench.asked[2]?.decision.reason).toContain('Rule of Two');
    expect(bench.asked[2]).toMatchObject({ flags: lit(['private', 'outward']), lights: ['untrusted'] });
    expect(await flagsOf(bench)).toEqual([lit(['private']), lit(['private', 'outward']), lit(FLAGS)]);
  });

  test('a run grant for a command does not spare it when it would light the third', async () => {
    const bench = await workbench({ userPolicy: 'own_paths: ["."]\n', answer: rememberFirst });
    const turns: Turn[] = [run('touch t'), run('touch t')];
    await bench.run((_request, turn) => {
      if (turn < turns.length) return turns[turn] ?? {};
      if (turn === turns.length) {
        writeFileSync(`${bench.folder}/.env`, 'A=1\n');
        return read('.env');
      }
      if (turn === turns.length + 1) writeFileSync(bench.node.userPolicy, '');
      return turn === turns.length + 1 ? run('touch t') : {};
    });
    expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command', 'read_file', 'run_command']);
    expect(bench.asked[2]?.decision.reason).toContain('Rule of Two');
  });

  test('with own_paths: ["."] reading the workspace lights nothing, and the third never comes', async () => {
    const bench = await workbench({ files: { '.env': 'A=1\n' }, userPolicy: 'own_paths: ["."]\n' });
    await bench.run([read('README.md'), run('ls'), read('.env'), run('touch t')]);
    expect(bench.engine.view().run?.flags).toEqual(lit(['private', 'outward']));
    expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret', 'command']);
    expect(bench.asked.every(({ decision }) => !decision.reason.includes('Rule of Two'))).toBe(true);
  });

  test('flags survive a stop and a resume, and are not those of another run', async () => {
    const bench = await workbench({
      files: { '.env': 'A=1\n' },
      userPolicy: 'rules:\n  - {decision: allow, commands: ["touch *"], why: harmless}\n',
    });
    await bench.run((_request, turn) => {
      if (turn === 1) void bench.engine.stop('enough');
      return turn === 0 ? read('.env') : {};
    });
    const id = bench.engine.view().run?.id ?? '';
    expect(bench.engine.view().run?.state).toBe('stopped');
    expect(readRun((await bench.node.audit.loadTranscript(id)) ?? null)).toMatchObject({
      saved: { flags: lit(['untrusted', 'private']) },
    });
    await bench.run([]);
    expect(bench.engine.view().run?.flags).toEqual(lit([]));
    await bench.engine.resume(id, scripted([run('touch t')]));
    expect(bench.engine.view().run).toMatchObject({ id, flags: lit(FLAGS) });
    expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret', 'rule-of-two']);
  });

  test('a transcript without flags counts as having all three lit, and one with broken flags is not resumed', () => {
    const old = { version: 1, task: '', folder: '', turn: 1, contentOf: [], messages: [] };
    expect(readRun(old)).toMatchObject({ saved: { flags: lit(FLAGS) } });
    expect(readRun({ ...old, flags: { untrusted: false } }).ok).toBe(false);
    expect(readRun({ ...old, flags: null }).ok).toBe(false);
  });
});

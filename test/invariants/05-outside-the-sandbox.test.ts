import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { controlGroups } from '../../src/node/sandbox/groups/find.ts';
import { attempt, rememberFirst, unseen } from '../support/attempt.ts';
import { blocksOf } from '../support/cards.ts';
import { command, decide, lines, place, short } from '../support/decideCli.ts';
import { acceptedLayer, layerOf } from '../support/policies.ts';
import { processesWith, within } from '../support/processes.ts';
import { plant } from '../support/tree.ts';
import { scripted, workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

const OUTSIDE = 'sandbox: false\n';
const call = (text: string): { name: string; args: unknown } => ({ name: 'run_command', args: { command: text } });

/** A workbench with a file beside the workspace, which no command in the sandbox sees. */
async function besides(options: WorkbenchOptions): Promise<Workbench & { beside: string }> {
  const bench = await workbench(options);
  const beside = join(bench.folder, '../beside.txt');
  writeFileSync(beside, 'out there\n');
  return Object.assign(bench, { beside });
}

describe('with sandbox: false in the user’s policy', () => {
  test('a rule that asks, be it a workspace’s, makes nothing of it rememberable', async () => {
    const asked = 'rules: [{decision: ask, tools: [run_command], why: look at it}]\n';
    const files = { '.oversign/policy.yaml': asked };
    const bench = await workbench({ files, userPolicy: OUTSIDE, answer: rememberFirst });
    const done = await attempt(bench, [call('echo x > made'), call('echo x > made')]);
    expect(done.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect(bench.asked.map(({ grantOffers, alwaysOffer }) => [grantOffers.length, alwaysOffer])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
    // The control: in the sandbox the same rule leaves the person the choice.
    const inside = await workbench({ files, answer: rememberFirst });
    await attempt(inside, [call('echo x > made'), call('echo x > made')]);
    expect(inside.asked).toHaveLength(1);
  });

  test('each command asks, nothing can be remembered, and it runs outside; card, log and tree say so', async () => {
    const bench = await besides({ userPolicy: OUTSIDE, answer: rememberFirst });
    const show = call(unseen(`cat ${bench.beside}; echo x > ${bench.beside}.made; pwd`));
    const done = await attempt(bench, [show, show, call('ls')]);
    const { events } = done;
    expect(done.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    for (const { text } of done.slice(0, 2)) {
      expect(text).toContain(`out there\n${bench.folder}\n`);
      expect(text).toContain('[this command ran outside the sandbox]');
    }
    expect(existsSync(`${bench.beside}.made`)).toBe(true);
    // What waits beside one that was done is asked anew where it may stand otherwise by then.
    expect(new Set(bench.asked.map(({ action }) => action)).size).toBe(3);
    for (const { grantOffers, alwaysOffer, card, decision } of bench.asked) {
      expect({ grantOffers, alwaysOffer, rule: decision.rule }).toEqual({ grantOffers: [], rule: 'outside-sandbox' });
      expect(blocksOf(card, 'alarm')).toEqual([
        { kind: 'alarm', name: 'outside', words: [expect.stringMatching(/^OUTSIDE THE SANDBOX/) as string] },
      ]);
      expect(card.blocks[0]?.kind).toBe('alarm');
      expect(JSON.stringify(card)).not.toContain('cannot change the workspace');
    }
    const decided = events.filter(({ type }) => type === 'decided');
    expect(decided.length).toBeGreaterThanOrEqual(3);
    for (const { data } of decided) expect([data['verdict'], data['rule']]).toEqual(['ask', 'outside-sandbox']);
    expect(events.filter(({ type }) => type === 'started').map(({ data }) => data['outside'])).toEqual([
      true,
      true,
      true,
    ]);
    expect(turnsOf(events).flatMap(({ actions }) => actions.map(({ outside }) => outside))).toEqual([true, true, true]);
  });

  test('no rule and no setting makes it go without a question; what they deny is denied', async () => {
    const bench = await besides({
      files: { 'private/x': 'hush\n' },
      userPolicy: `${OUTSIDE}confirm_actions: false
rules:
  - {decision: deny, commands: ["rm **"], why: never}
  - {decision: allow, commands: ["echo **", "ls **"], why: fine}
  - {decision: allow, tools: [run_command], why: fine}
tools: {file_system: {denied_paths: [private]}}
`,
      answer: rememberFirst,
    });
    const tries = ['echo hi', 'ls', 'rm README.md', 'cat private/x', `cat ${bench.beside}`].map(call);
    const done = await attempt(bench, tries);
    expect(done.map(({ outcome }) => outcome)).toEqual([
      'done',
      'done',
      expect.stringMatching(/^denied:rules/),
      'denied:denied_paths',
      expect.stringMatching(/^denied:/),
    ]);
    // What waits beside one that was done is asked anew where it may stand otherwise by then.
    expect(new Set(bench.asked.map(({ action }) => action)).size).toBe(2);
    expect(existsSync(join(bench.folder, 'README.md'))).toBe(true);
  });

  test('without an answer that approves, nothing runs', async () => {
    const bench = await besides({ userPolicy: OUTSIDE, answer: () => ({ choice: 'deny' }) });
    const [only] = await attempt(bench, [call(unseen(`touch ${bench.beside}.made`))]);
    expect(only?.outcome).toBe('denied:person');
    expect(existsSync(`${bench.beside}.made`)).toBe(false);
  });

  test('Stop ends it with what it started, and what a command leaves behind goes when it ends', async () => {
    const hasGroups = controlGroups(process.getuid?.() ?? 0).length > 0;
    const mark = `96${String(Math.floor(Math.random() * 1e12))}`;
    const bench = await besides({ userPolicy: OUTSIDE });
    const leaving = hasGroups ? `(setsid sleep ${mark} &);` : `setsid sleep ${mark} &`;
    const running = bench.run(scripted([{ calls: [call(`${leaving} sleep ${mark}; true`)] }]));
    expect(await within(20_000, () => processesWith(mark).length >= 3)).toBe(true);
    await bench.engine.stop('Stopped by the test');
    await running;
    expect(bench.engine.view().run?.state).toBe('stopped');
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
    if (!hasGroups) return;
    const [left] = await attempt(bench, [call(`(setsid sleep ${mark} > /dev/null 2>&1 &); echo over`)]);
    expect(left).toMatchObject({ outcome: 'done', text: expect.stringContaining('over') as string });
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
  });
});

describe('who may switch it off', () => {
  test('not a workspace, also when it is accepted: the rest of its policy counts, and a note says why this does not', async () => {
    const bench = await besides({ files: { '.oversign/policy.yaml': `${OUTSIDE}max_iterations: 30\n` } });
    const [offer] = await bench.engine.acceptable();
    if (!offer) throw new Error('there is nothing to accept');
    await bench.engine.accept(offer, bench.node.acceptance);
    const policy = await bench.engine.policy();
    expect([policy.sandbox.value, policy.maxIterations.value]).toEqual([true, 30]);
    expect(policy.notes.map(({ message }) => message).join()).toContain(
      'sandbox is looser here than a workspace policy can ever make it, accepted or not',
    );
    const { events } = await attempt(bench, [call(unseen(`cat ${bench.beside}`))]);
    expect(blocksOf(bench.asked[0]?.card, 'exact')).toHaveLength(1);
    expect(blocksOf(bench.asked[0]?.card, 'alarm')).toEqual([]);
    expect(JSON.stringify(events)).not.toContain('out there');
  });

  test('only user and organization, and the organization binds', () => {
    const user = (text: string) => layerOf(text, 'user');
    const isInside = (...layers: Parameters<typeof mergePolicies>[0]): boolean => mergePolicies(layers).sandbox.value;
    expect(isInside()).toBe(true);
    expect(isInside(user(OUTSIDE))).toBe(false);
    expect(isInside(layerOf(OUTSIDE, 'organization'))).toBe(false);
    for (const strict of ['sandbox: true', 'sandbox: {}', 'sandbox: {memory: 1g}']) {
      expect(isInside(layerOf(strict, 'organization'), user(OUTSIDE)), strict).toBe(true);
      expect(isInside(user(OUTSIDE), layerOf(strict, 'workspace', '/w/one')), strict).toBe(true);
      expect(isInside(user(OUTSIDE), layerOf(strict, 'run')), strict).toBe(true);
    }
    expect(isInside(acceptedLayer(OUTSIDE, '/w/one'))).toBe(true);
    expect(isInside(layerOf(OUTSIDE, 'run'))).toBe(true);
  });

  test('oversign decide shows it', async () => {
    const base = await place({
      'off.yaml': `${OUTSIDE}rules:\n  - {decision: allow, commands: [npm test], why: fine}\n`,
      'org.yaml': 'sandbox: true\n',
    });
    const tries = lines(command('ls'), command('npm test'), command('cat private/plan.txt'));
    const own = await decide({ base }, tries, ['--user-policy', 'off.yaml']);
    expect(short(own).slice(0, 2)).toEqual(['ask outside-sandbox', 'ask outside-sandbox']);
    expect(own.answers[0]).toMatchObject({ layer: 'user', file: join(base, 'off.yaml'), line: 1 });
    const bound = await decide({ base }, tries, ['--user-policy', 'off.yaml', '--org-policy', 'org.yaml']);
    expect(short(bound)[0]).toBe('allow read-only-command');
    expect(short(bound).join()).not.toContain('outside');
  });
});

describe('a run that goes on', () => {
  test.each([
    ['stays inside when its policy is loosened', '', OUTSIDE, [undefined, undefined]],
    ['goes inside when its policy is tightened', OUTSIDE, 'sandbox: true\n', [true, undefined]],
  ])('%s', async (_name, before, after, expected) => {
    const bench = await besides({ userPolicy: before });
    const show = { calls: [call(unseen(`cat ${bench.beside} || echo ${randomUUID()}`))] };
    const events = await bench.run(async (_request, turn) => {
      if (turn === 1) await plant(bench.config, { 'policy.yaml': after });
      return turn < 2 ? show : {};
    });
    const outside = events.filter(({ type }) => type === 'started').map(({ data }) => data['outside']);
    expect(outside).toEqual(expected);
    const next = await bench.run([show]);
    expect(next.find(({ type }) => type === 'started')?.data['outside']).toBe(after === OUTSIDE ? true : undefined);
  });
});

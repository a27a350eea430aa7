import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actionReport } from '../../src/core/audit/details.ts';
import { explainDecision } from '../../src/core/audit/explain.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { PolicyLab } from '../../src/extension/policyLab.ts';
import type { Verdict } from '../../src/shared/decision.ts';
import type { Reach } from '../../src/shared/policyChange.ts';
import { outcomes, workbench, type Turn, type Workbench } from '../support/workbench.ts';

const NODE = { name: 'run_command', args: { command: 'node -e "1"' } };
const script = (): Turn[] => [{ calls: [NODE] }];

/** What *Make This a Rule* does with the last action of a run, where a person says "Write Rule". */
async function madeARule(
  bench: Workbench,
  run: string,
  verdict: Verdict,
  reach: Reach = 'this folder',
): Promise<string> {
  const lab = new PolicyLab(bench.engine, bench.node);
  const action = turnsOf(await bench.node.audit.events(run))
    .at(-1)
    ?.actions.at(-1);
  const found = await lab.ruleable({ run, action: action?.id ?? '' });
  if (!found) throw new Error('no rule can say it');
  const proposal = await lab.proposeRule(found.action, { verdict, reach, why: found.said ?? 'because' });
  await lab.write(proposal);
  return readFileSync(bench.node.userPolicy, 'utf8');
}

test('an approved command becomes a rule of this folder, and asks no more in the next run', async () => {
  const bench = await workbench();
  const [event] = await bench.run(script());
  expect(bench.asked).toHaveLength(1);
  const text = await madeARule(bench, event?.run ?? '', 'allow');
  expect(text).toContain('decision: allow');
  expect(text).toContain(bench.folder);
  await bench.run(script());
  expect(bench.asked).toHaveLength(1);
});

test('a denied command becomes a rule in the person’s own words, and is denied unasked', async () => {
  const bench = await workbench({ answer: () => ({ choice: 'deny', reason: 'Keep it: shop' }) });
  const [event] = await bench.run(script());
  const text = await madeARule(bench, event?.run ?? '', 'deny');
  expect(text).toContain('decision: deny');
  expect(text).not.toContain(' in:');
  const events = await bench.run(script());
  expect(bench.asked).toHaveLength(1);
  expect(outcomes(events)).toEqual(['denied:rules: deny node -e 1']);
  // Where the rule is explained, a link leads to it.
  const [action] = turnsOf(events).flatMap(({ actions }) => actions);
  const why = action ? explainDecision(action) : '';
  expect(why).toContain('Keep it: shop');
  expect(why).toMatch(/- From: \[`user policy, policy\.yaml:\d+:\d+`\]\(file:\/\/\/.*policy\.yaml#L\d+,\d+\)/);
});

test('what the person said stands in the details, the explanation and the tree', async () => {
  const bench = await workbench({ answer: () => ({ choice: 'deny', reason: 'Keep `build/`' }) });
  const [action] = turnsOf(await bench.run(script())).flatMap(({ actions }) => actions);
  if (!action) throw new Error('no action');
  expect(action).toMatchObject({ decision: 'You denied', said: 'Keep `build/`' });
  for (const text of [actionReport(action), explainDecision(action)])
    expect(text).toContain('Reason given: `` Keep `build/` ``');
});

test('nothing is a rule where the log does not have all of it', async () => {
  const bench = await workbench();
  const events = await bench.run([{ calls: [{ name: 'run_command', raw: '{' }] }]);
  const action = events.find(({ action }) => action !== undefined);
  const lab = new PolicyLab(bench.engine, bench.node);
  expect(await lab.ruleable({ run: action?.run ?? '', action: action?.action ?? '' })).toBeUndefined();
});

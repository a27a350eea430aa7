import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../../src/core/checklist/checklist.ts';
import { checklistHere } from '../../src/extension/checklistDesk.ts';
import { ReplayDesk } from '../../src/extension/replayDesk.ts';
import { workbench, type Turn } from '../support/workbench.ts';

// What a window shows of the checklist and of a replay, over a real engine and log.

const WORK: Turn[] = [
  { calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'one\n' } }] },
  { calls: [{ name: 'run_command', args: { command: 'touch made.txt' } }] },
];

test('the checklist of a window: runs that nobody reviewed, a log that was checked, a policy that breaks', async () => {
  const bench = await workbench({ userPolicy: 'ways: {default: review}\n' });
  const seen = { sandbox: undefined, isTrusted: true, verified: undefined };
  const state = async (id: string, more: object = {}): Promise<string | undefined> =>
    (await checklistHere(bench.engine, bench.node, { ...seen, ...more })).find((item) => item.id === id)?.state;
  expect(await state('runs-reviewed')).toBe('pass');
  await bench.run(WORK);
  expect(await state('runs-reviewed')).toBe('fail');
  expect(await checklistHere(bench.engine, bench.node, seen)).toHaveLength(CHECKS.length);
  expect(await state('log-whole')).toBe('unknown');
  const verdict = await bench.node.evidence.verify(new AbortController().signal);
  expect(await state('log-whole', { verified: { verdict, checked: Date.now() } })).toBe('pass');
  expect(await state('workspace-trusted', { isTrusted: false })).toBe('fail');
  expect(await state('timeout')).toBe('pass');
  writeFileSync(join(bench.config, 'policy.yaml'), 'timeout: soon\n');
  expect(await state('timeout')).toBe('fail');
});

test('a replay as a document, with links to the rules; it can be stopped', async () => {
  const bench = await workbench();
  const [first] = await bench.run(WORK);
  const policy = join(bench.home, 'other [x](y).yaml');
  mkdirSync(bench.home, { recursive: true });
  writeFileSync(policy, 'rules:\n  - {decision: deny, commands: ["touch **"], why: no}\n');
  const desk = new ReplayDesk(bench.node);
  const signal = new AbortController().signal;
  const counted: number[] = [];
  const text = await desk.document({ run: first?.run, policy }, signal, (runs) => counted.push(runs));
  expect(text).toMatch(
    /^# Would have asked 1 time instead of 2, stopped 1 action that was done and denied 1 instead of 0\./,
  );
  expect(text).toContain('## Would be stopped (1)');
  expect(text).toMatch(
    /now `rules: deny touch \*\*`, \[`user policy, other \[x\]\(y\)\.yaml:2:5`\]\(file:\/\/\/.*#L2,5\)/,
  );
  expect(counted).toEqual([1]);
  expect(await desk.document({}, signal, () => undefined)).toContain('Would have asked 2 times, as then.');
  await expect(desk.document({}, AbortSignal.abort(new Error('enough')), () => undefined)).rejects.toThrow('enough');
});

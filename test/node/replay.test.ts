import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli, type CliEnd } from '../support/cli.ts';
import { temporaryFolder } from '../support/tree.ts';
import { workbench, type Turn } from '../support/workbench.ts';

// `oversign replay`: past runs decided anew, at the command line.

const WORK: Turn[] = [
  { calls: [{ name: 'write_file', args: { path: 'src/a.ts', content: 'one\n' } }] },
  { calls: [{ name: 'run_command', args: { command: 'touch made.txt' } }] },
  { calls: [{ name: 'read_file', args: { path: 'README.md' } }] },
];
const STRICTER = 'rules:\n  - {decision: deny, commands: ["touch **"], why: no}\n';
const LOOSER = 'rules:\n  - {decision: allow, paths: ["src/**"], why: ours}\n';

async function world(): Promise<{
  base: string;
  run: string;
  replay: (...args: string[]) => Promise<CliEnd>;
  count: () => Promise<number>;
}> {
  const bench = await workbench();
  const [first] = await bench.run(WORK);
  const base = dirname(bench.folder);
  const run = first?.run ?? '';
  writeFileSync(join(base, 'stricter.yaml'), STRICTER);
  writeFileSync(join(base, 'looser.yaml'), LOOSER);
  writeFileSync(join(base, 'broken.yaml'), 'tols: 1\n');
  return {
    base,
    run,
    replay: (...args) => runCli(['replay', ...args], { base }),
    count: async () => (await bench.node.audit.events(run)).length,
  };
}

test('says what would be otherwise, with its rule; exit codes are a gate; nothing is written', async () => {
  const { base, run, replay, count } = await world();
  const before = await count();
  const same = await replay();
  expect(same.stdout).toContain('Would have asked 2 times, as then.');
  expect(same.stdout).toContain('3 decisions of 1 run taken anew, as recorded;');
  expect(same.code).toBe(0);

  const stricter = await replay('--policy', 'stricter.yaml');
  expect(stricter.stdout).toMatch(
    /would be stopped: .*touch made\.txt.*asked then by `command`; now by `rules: deny touch \*\*`/s,
  );
  expect(stricter.stdout.replace(/\s+/g, ' ')).toContain(`${join(base, 'stricter.yaml')}:2:`);
  expect(stricter.code).toBe(1);
  expect((await replay('--policy', 'stricter.yaml', '--expect', 'nothing-looser')).code).toBe(0);

  const looser = await replay(run.slice(0, 8), '--policy', 'looser.yaml');
  expect(looser.stdout).toContain('Would have asked 1 time instead of 2 and decided 1 call more loosely.');
  expect(looser.code).toBe(0);
  expect((await replay('last', '--policy', 'looser.yaml', '--expect', 'nothing-looser', '--limit', '2')).code).toBe(2);
  expect((await replay('--policy', 'looser.yaml', '--expect', 'nothing-looser')).code).toBe(1);
  expect((await replay('--policy', 'looser.yaml', '--expect', 'same')).code).toBe(1);
  expect((await replay('--expect', 'same', '--strict')).code).toBe(0);
  expect((await replay('--look')).stdout).toContain('stopped 2 actions that were done');
  expect(await count()).toBe(before);
});

test('as objects, one a line, the last one with the counts', async () => {
  const { base, run, replay } = await world();
  const { stdout, code } = await replay('--policy', 'stricter.yaml', '--json');
  const [difference, end, ...none] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(none).toEqual([]);
  expect(difference).toMatchObject({
    ...{ format: 'oversign.replayed/1', run, tool: 'run_command', difference: 'stopped' },
    was: { decision: 'ask', rule: 'command' },
    now: { decision: 'deny', rule: 'rules: deny touch **', layer: 'user', file: join(base, 'stricter.yaml'), line: 2 },
  });
  expect(end).toMatchObject({
    ...{ format: 'oversign.replay/1', runs: 1, decisions: 3, stopped: 1, looser: 0, stricter: 1 },
    ...{ asked: { then: 2, now: 1 }, denied: { then: 0, now: 1 }, left: {}, met: false, expect: 'nothing-stopped' },
    ...{ suggestions: [], deadRules: [], unusedGrants: [] },
  });
  expect(code).toBe(1);
});

describe('what is wrong is said:', () => {
  test('wrong usage, a policy that is not valid, no such run, no log', async () => {
    const { replay } = await world();
    for (const args of [
      ['--policy', 'nowhere.yaml'],
      ['--policy', '.'],
      ['--limit', '0'],
      ['--expect', 'peace'],
      ['--look', '--ask'],
      ['--workspace', '.'],
    ])
      expect((await replay(...args)).code, args.join(' ')).toBe(2);
    expect((await replay('--policy', 'broken.yaml')).code).toBe(78);
    expect((await replay('no-such-run')).code).toBe(67);
    const empty = await temporaryFolder();
    mkdirSync(join(empty, 'home'));
    expect((await runCli(['replay'], { base: empty })).code).toBe(7);
  });

  test('of nothing replayed nothing holds; it can be stopped', async () => {
    const { base, run, replay } = await world();
    await runCli(['erase', '--run', run, '--yes'], { base });
    const erased = await replay();
    expect(erased.stdout).toContain('Nothing could be replayed.');
    expect(erased.stdout).toContain('Not replayed: 3 decisions (3 erased from the log).');
    expect(erased.code).toBe(1);
    const stopped = startCli(['replay'], { base });
    stopped.child.kill('SIGTERM');
    const { code } = await stopped.ended;
    expect([null, 0, 1, 3]).toContain(code);
  });
});

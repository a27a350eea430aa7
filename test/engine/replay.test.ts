import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { symlink, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countWords, differenceLine } from '../../src/core/lab/replay/replayWords.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { decisionsOf, replayed } from '../support/replaying.ts';
import { plant } from '../support/tree.ts';
import { approving, workbench, type Turn } from '../support/workbench.ts';

// Past runs decided anew. Under the policy that they had, every decision is the one of the log.

const FILES = {
  'src/a.ts': 'const a = 1;\n',
  'src/deep/b.ts': 'b\n',
  '.env': 'KEY=abcdef123456\n',
  'build.sh': 'echo hi\n',
  'private/x': 'x\n',
};
const POLICIES = [
  '',
  'confirm_actions: false\n',
  'ways: {default: look}\n',
  'ways: {default: review}\n',
  'grants: {enabled: false}\n',
  'tools: {file_system: {denied_paths: ["private"]}}\n',
  'tools: {file_system: {allowed_paths: ["src"]}}\n',
  'tools: {file_system: {enabled: false}}\n',
  'tools: {code_execution: {languages: [python]}}\n',
  'own_paths: ["."]\n',
  'protected_paths: ["src/a.ts"]\n',
  'rules:\n  - {decision: deny, commands: ["git **"], why: none of it}\n  - {decision: allow, commands: ["bash build.sh"], why: ours}\n',
  'rules:\n  - {decision: allow, paths: ["src/**"], why: ours}\n  - {decision: ask, tools: [read_file], each_time: true, why: look}\n',
];
const PATHS = ['src/a.ts', 'src', '.env', 'private/x', 'new/file', '../outside', '.git/HEAD'];
const LINES = ['ls', 'cat src/a.ts', 'cat .env', 'bash build.sh', 'touch made', 'touch made', 'rm -r src', 'a=$(x'];
const TOOLS = ['read_file', 'list_directory', 'write_file', 'delete_path'];

const anyCall = fc.oneof(
  fc.record({ tool: fc.constantFrom(...TOOLS), about: fc.constantFrom(...PATHS) }),
  fc.record({ tool: fc.constant('run_command'), about: fc.constantFrom(...LINES) }),
);
const anyAnswer = fc.constantFrom('approve', 'deny', 'grant for the run', 'grant once', 'grant for a minute');

const turnsOf = (calls: readonly { tool: string; about: string }[], perTurn: number): Turn[] => {
  const turns: Turn[] = [];
  for (let at = 0; at < calls.length; at += perTurn)
    turns.push({
      calls: calls.slice(at, at + perTurn).map(({ tool, about }, index) => ({
        name: tool,
        args:
          tool === 'run_command'
            ? { command: about }
            : { path: about, ...(tool === 'write_file' && { content: `${at} ${index}\n` }) },
      })),
    });
  return turns;
};

function answered(how: string, approval: Approval): Answer {
  const offer = approval.grantOffers[0]?.id;
  if (approval.card.kind === 'appeared' || how === 'approve' || (offer === undefined && how !== 'deny'))
    return approving(approval);
  if (how === 'deny' || offer === undefined) return { choice: 'deny' };
  const until =
    how === 'grant once'
      ? ({ kind: 'uses', uses: 1 } as const)
      : how === 'grant for a minute'
        ? ({ kind: 'minutes', minutes: 1 } as const)
        : ({ kind: 'run' } as const);
  return { choice: 'approve-and-grant', grant: { offer, until } };
}

test('under the policy that a run had, every decision is the one that the log has', async () => {
  let answers: readonly string[] = [];
  let next = 0;
  const bench = await workbench({
    files: FILES,
    userPolicy: '',
    answer: (approval) => answered(answers[next++ % answers.length] ?? 'approve', approval),
  });
  const seen = new Set<string>();
  const rules = new Set<string>();
  let grants = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...POLICIES),
      fc.array(anyCall, { minLength: 4, maxLength: 9 }),
      fc.array(anyAnswer, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (policy, calls, how, perTurn) => {
        await plant(bench.config, { 'policy.yaml': policy });
        await plant(bench.folder, FILES);
        answers = how;
        const events = await bench.run(turnsOf(calls, perTurn));
        const all = await decisionsOf(bench, events);
        expect(all).toHaveLength(events.filter(({ type }) => type === 'decided').length);
        for (const { past, now, left } of all) {
          if (left) expect(['undescribed', 'machine']).toContain(left);
          else expect([past.title, now?.verdict, now?.rule]).toEqual([past.title, past.was.verdict, past.was.rule]);
          if (!left) {
            seen.add(past.was.verdict);
            rules.add(past.was.rule);
          }
          if (past.was.rule === 'grant') grants += 1;
        }
      },
    ),
    {
      numRuns: 14,
      examples: [
        [
          '',
          [
            { tool: 'write_file', about: 'new/file' },
            { tool: 'write_file', about: 'new/file' },
            { tool: 'read_file', about: '.env' },
            { tool: 'run_command', about: 'touch made' },
            { tool: 'run_command', about: 'touch made' },
          ],
          ['grant for the run'],
          1,
        ],
        [
          'ways: {default: review}\n',
          [
            { tool: 'write_file', about: 'new/file' },
            { tool: 'run_command', about: 'touch made' },
            { tool: 'delete_path', about: 'src' },
            { tool: 'read_file', about: 'private/x' },
          ],
          ['approve'],
          2,
        ],
        [
          'ways: {default: look}\n',
          [
            { tool: 'write_file', about: 'new/file' },
            { tool: 'run_command', about: 'ls' },
            { tool: 'delete_path', about: 'src' },
            { tool: 'read_file', about: '.env' },
          ],
          ['deny'],
          1,
        ],
        [
          POLICIES[5] ?? '',
          [
            { tool: 'read_file', about: 'private/x' },
            { tool: 'run_command', about: 'rm -r src' },
            { tool: 'run_command', about: 'a=$(x' },
            { tool: 'read_file', about: '.env' },
          ],
          ['grant once', 'deny'],
          3,
        ],
      ],
    },
  );
  // The control: they were no one decision for all, and grants were among them.
  expect([...seen].sort()).toEqual(['allow', 'ask', 'deny']);
  expect(rules.size).toBeGreaterThan(6);
  expect(grants).toBeGreaterThan(0);
  const { replay, found } = await replayed(bench, { policy: 'tools: {file_system: {enabled: false}}\n' });
  expect(replay.tally.counts.decisions + replay.tally.leftOut).toBeGreaterThan(20);
  expect(found.length).toBeGreaterThan(0);
});

const WORK: Turn[] = [
  { calls: [{ name: 'write_file', args: { path: 'src/a.ts', content: 'one\n' } }] },
  { calls: [{ name: 'write_file', args: { path: 'src/c.ts', content: 'two\n' } }] },
  { calls: [{ name: 'run_command', args: { command: 'touch made.txt' } }] },
  { calls: [{ name: 'run_command', args: { command: 'touch made.txt' } }] },
  { calls: [{ name: 'read_file', args: { path: 'private/x' } }] },
];

describe('under another policy', () => {
  test('a stricter one: what was done would be stopped, with the rule', async () => {
    const bench = await workbench({ files: FILES });
    await bench.run(WORK);
    const { replay, found } = await replayed(bench, {
      policy:
        'tools: {file_system: {denied_paths: ["private"]}}\nrules:\n  - {decision: deny, commands: ["touch **"], why: no}\n',
    });
    expect(found.map(({ difference, replayed: { past } }) => [difference, past.tool])).toEqual([
      ['stopped', 'run_command'],
      ['stopped', 'run_command'],
      ['stopped', 'read_file'],
    ]);
    expect(found[0] && differenceLine(found[0])).toMatch(
      /^would be stopped: .*asked then by `command`; now by `rules: deny touch \*\*`, user policy, .*other\.yaml:3:/,
    );
    expect(replay.tally.counts).toMatchObject({
      runs: 1,
      decisions: 5,
      stopped: 3,
      looser: 0,
      asked: { then: 4, now: 2 },
    });
    expect(countWords(replay.tally.counts)).toBe(
      'Would have asked 2 times instead of 4, stopped 3 actions that were done and denied 3 instead of 0.',
    );
  });

  test('a looser one: fewer questions, each with the rule that spares it', async () => {
    const bench = await workbench({ files: FILES });
    await bench.run(WORK);
    const { replay, found } = await replayed(bench, {
      policy:
        'rules:\n  - {decision: allow, paths: ["src/**"], why: ours}\n  - {decision: allow, commands: ["make **"], why: x}\n',
    });
    expect(found.map(({ difference, replayed: { now } }) => [difference, now?.rule])).toEqual([
      ['allowed', 'rules: allow src/**'],
      ['allowed', 'rules: allow src/**'],
    ]);
    expect(replay.tally.counts).toMatchObject({ asked: { then: 4, now: 2 }, stopped: 0, looser: 2 });
    expect(replay.findings().dead.map(({ speaksOf }) => speaksOf)).toEqual(['make **']);
  });

  test('the grant of a question that would not be asked is not given, and the way can be supposed', async () => {
    const bench = await workbench({ files: FILES, answer: (approval) => answered('grant for the run', approval) });
    await bench.run(WORK);
    const same = await replayed(bench);
    expect(same.found).toEqual([]);
    expect(same.replay.tally.counts.decisions).toBe(5);
    const none = await replayed(bench, { policy: 'grants: {enabled: false}\n' });
    expect(none.found.map(({ difference }) => difference)).toEqual(['asked']);
    const looking = await replayed(bench, { way: 'look' });
    expect(looking.found.filter(({ difference }) => difference === 'stopped')).toHaveLength(4);
  });

  test('what is lit along the run follows from what would be done', async () => {
    const bench = await workbench({ files: { ...FILES, 'README.md': 'x\n' } });
    const events = await bench.run([
      { calls: [{ name: 'read_file', args: { path: 'README.md' } }] },
      { calls: [{ name: 'read_file', args: { path: '.env' } }] },
      { calls: [{ name: 'run_command', args: { command: 'touch made.txt' } }] },
    ]);
    const rule = (all: Awaited<ReturnType<typeof decisionsOf>>) => all.at(-1)?.now?.reason;
    expect(rule(await decisionsOf(bench, events))).toContain('may have seen secrets');
    const denied = await decisionsOf(bench, events, {
      policy: 'tools: {file_system: {denied_paths: [".env"]}}\nprotected_paths: []\n',
    });
    expect(denied[1]?.now?.verdict).toBe('deny');
    expect(rule(denied)).toContain('could now see secrets');
  });

  test('which rule would have spared most, and never one that lets through what was denied', async () => {
    const bench = await workbench({
      files: FILES,
      userPolicy: 'own_paths: ["."]\n', // no Rule of Two, which no rule answers
      answer: (approval) => ({ choice: approval.title.includes('other') ? 'deny' : 'approve' }),
    });
    const run = (command: string): Turn => ({ calls: [{ name: 'run_command', args: { command } }] });
    await bench.run([
      run('touch made.txt'),
      run('touch made.txt'),
      run('touch made.txt'),
      run('touch other'),
      run('touch other'),
    ]);
    const { suggestions } = (await replayed(bench)).replay.findings();
    expect(suggestions).toEqual([
      { rule: expect.objectContaining({ commands: ['touch made.txt'] }) as unknown, spares: 3, of: 5 },
    ]);
  });
});

describe('what cannot be replayed is counted and said', () => {
  test('erased, newer, unknown, cut, masked, tampered: never guessed, nothing breaks', async () => {
    const bench = await workbench({ files: FILES });
    const events = await bench.run(WORK);
    const whole = await decisionsOf(bench, events);
    const other = async (change: (payload: Record<string, never>) => unknown): Promise<unknown[]> => {
      const changed = events.map((event) =>
        event.type === 'proposed' ? { ...event, payload: change(structuredClone(event.payload) as never) } : event,
      );
      return (await decisionsOf(bench, changed as typeof events)).map(({ left }) => left);
    };
    const action = (payload: Record<string, never>, more: object): unknown => ({
      ...payload,
      action: { ...(payload['action'] as unknown as object), ...more },
    });
    const all = (left: string): string[] => whole.map(() => left);
    expect(whole.map(({ left }) => left)).toEqual(whole.map(() => undefined)); // the control
    expect(await other(() => undefined)).toEqual(all('erased'));
    expect(await other((payload) => action(payload, { version: 99 }))).toEqual(all('newer'));
    expect(await other((payload) => action(payload, { kind: 'constructor' }))).toEqual(all('unreadable'));
    expect(await other((payload) => action(payload, { kind: 'teleport' }))).toEqual(all('unreadable'));
    expect(await other((payload) => ({ ...payload, cut: { action: 9 } }))).toEqual(all('cut'));
    expect(await other((payload) => action(payload, { resources: [{ path: 7 }] }))).toEqual(all('unreadable'));
    expect(
      await other((payload) => action(payload, { resources: [{ path: '/x/[redacted]', access: 'read' }] })),
    ).toEqual(all('masked'));
    expect(await other((payload) => action(payload, { resources: [{ path: 'no/path', access: 'read' }] }))).toEqual(
      all('links'),
    );
    const broken = events.map((event) => (event.type === 'decided' ? { ...event, data: { rule: 3 } } : event));
    expect((await decisionsOf(bench, broken as never)).map(({ left }) => left)).toEqual(all('unreadable'));
  });

  test('a path that is a link by now; scripts that changed; a folder that is gone', async () => {
    const bench = await workbench({ files: FILES });
    await bench.run([...WORK, { calls: [{ name: 'run_command', args: { command: 'bash build.sh' } }] }]);
    const before = (await replayed(bench)).replay.tally;
    expect([before.leftOut, before.counts.otherScripts]).toEqual([0, 0]);
    await writeFile(join(bench.folder, 'build.sh'), 'rm -rf /\n');
    await rename(join(bench.folder, 'private'), join(bench.folder, 'moved'));
    await symlink('moved', join(bench.folder, 'private'));
    const after = (await replayed(bench)).replay.tally;
    expect([...after.left]).toEqual([['links', 1]]);
    expect(after.counts.otherScripts).toBe(1);
    await plant(bench.folder, { '.oversign/policy.yaml': 'tols: 1\n' });
    expect([...(await replayed(bench)).replay.tally.left]).toEqual([['folder', 6]]);
    await plant(bench.folder, { '.oversign/policy.yaml': '' });
    await expect(replayed(bench, { policy: 'tols: 1\n' })).rejects.toThrow('The policy is invalid');
    await rename(bench.folder, `${bench.folder}-gone`);
    const gone = (await replayed(bench)).replay.tally;
    expect([...gone.left]).toEqual([['folder', 6]]);
    expect(countWords(gone.counts)).toBe('Nothing could be replayed.');
    await rename(`${bench.folder}-gone`, bench.folder);
  });
});

test('nothing is written, asked or started; it can be stopped', async () => {
  const bench = await workbench({ files: FILES });
  const events = await bench.run(WORK);
  const stands = (): string[] =>
    readdirSync(bench.folder, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map(
        (path) =>
          `${path} ${existsSync(path) && !path.includes('.git') && path.endsWith('.ts') ? readFileSync(path, 'utf8') : ''}`,
      );
  const [files, asked] = [stands(), bench.asked.length];
  await replayed(bench, { policy: 'confirm_actions: false\n' });
  expect(stands()).toEqual(files);
  expect(bench.asked).toHaveLength(asked);
  expect(await bench.node.audit.events(events[0]?.run ?? '')).toHaveLength(events.length);
  await bench.run([{ calls: [{ name: 'write_file', args: { path: 'src/a.ts', content: 'three\n' } }] }]);
  expect(stands()).not.toEqual(files); // the control
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await expect(replayed(bench, { signal: stop.signal })).rejects.toThrow('enough');
});

test('a run of very many actions holds up nobody for long, and can be stopped in the middle', async () => {
  const bench = await workbench({ files: FILES });
  const one = await bench.run(WORK);
  const about = one.filter(({ action }) => action !== undefined);
  const many = [one.find(({ type }) => type === 'run_started') ?? about[0]].flatMap((event) => (event ? [event] : []));
  for (let round = 0; round < 4000; round += 1)
    for (const event of about) many.push({ ...event, action: `${event.action ?? ''}-${round}` });
  const began = performance.now();
  let [longest, last] = [0, began];
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const all = await decisionsOf(bench, many);
  clearInterval(beat);
  expect(all).toHaveLength(20_000);
  if (process.env['REPLAY_FIGURES'] !== undefined)
    process.stdout.write(`20000 decisions: ${performance.now() - began} ms, longest hold ${longest} ms\n`);
  expect(longest).toBeLessThan(1000);
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort(new Error('enough'));
  }, 50);
  await expect(decisionsOf(bench, many, { signal: stop.signal })).rejects.toThrow('enough');
});

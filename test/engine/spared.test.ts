import { expect, test } from 'vitest';
import { lastQuestions } from '../../src/core/lab/lastQuestions.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { Approval, Until } from '../../src/shared/approval.ts';
import { sparedFor, sparedWords, type Spared } from '../../src/shared/spared.ts';
import { workbench, type Turn } from '../support/workbench.ts';

const write = (path: string): Turn => ({ calls: [{ name: 'write_file', args: { path, content: `${path}\n` } }] });
const run = (command: string): Turn => ({ calls: [{ name: 'run_command', args: { command } }] });

/** What was asked: one that is remembered by each of its offers, others that only some cover, and others that none does. */
const SCRIPT: Turn[] = [
  write('src/a.txt'),
  write('src/a.txt'),
  write('src/b.txt'),
  write('c.txt'),
  write('.env'),
  run('touch made.txt'),
  run('touch made.txt'),
  run('touch other.txt'),
  write('src/a.txt'),
].map((turn, index) => ({ calls: (turn.calls ?? []).map((call) => withText(call, index)) }));

function withText(call: NonNullable<Turn['calls']>[number], index: number): NonNullable<Turn['calls']>[number] {
  const args = call.args as { content?: string };
  return args.content === undefined ? call : { ...call, args: { ...args, content: `${index}\n` } };
}

const asked = (events: readonly AuditRecord[]): number =>
  events.filter(({ type, data }) => type === 'asked' || (type === 'answered' && data['by'] === 'outdated')).length;

/** What would have been spared of the runs so far, as it is said at the first question of the next one. */
async function looked(world: Awaited<ReturnType<typeof workbench>>, approval: Approval): Promise<Spared> {
  const audit = world.node.audit;
  const { waiting, runs } = await lastQuestions(audit, { waiting: approval.id, folders: [world.folder] });
  if (!waiting?.about) throw new Error('the question is not in the log');
  return world.engine.spared(waiting.about, runs);
}

test.each<[string, Until]>([
  ['edits', { kind: 'run' }],
  ['folder', { kind: 'run' }],
  ['workspace', { kind: 'run' }],
  ['edits', { kind: 'uses', uses: 1 }],
  ['workspace', { kind: 'uses', uses: 2 }],
  ['workspace', { kind: 'minutes', minutes: 60 }],
])('what %s for %j would have spared is what it spares where it is given', async (id, until) => {
  let spared: Promise<Spared> | undefined;
  let isSecond = false;
  const world = await workbench({
    answer: (approval) => {
      if (isSecond) spared ??= looked(world, approval);
      return { choice: 'approve' };
    },
  });
  const before = asked(await world.run(SCRIPT));
  isSecond = true;
  await world.run([{ calls: [{ name: 'write_file', args: { path: 'src/a.txt', content: 'other\n' } }] }]);
  const found = await spared;
  expect(found?.of).toBe(before);
  const said = sparedFor(found?.offers.find((one) => one.id === id)?.runs ?? [], until);
  expect(said).toBeGreaterThan(0);

  const given = await workbench({
    answer: ({ title, grantOffers }) => {
      const isOffered = grantOffers.some((offer) => offer.id === id) && (id !== 'edits' || title.includes('src/a.txt'));
      return isOffered ? { choice: 'approve-and-grant', grant: { offer: id, until } } : { choice: 'approve' };
    },
  });
  expect(asked(await given.run(SCRIPT))).toBe(before - said);
});

test('of a command: exactly this one, and no other; what asks each time is spared by nothing', async () => {
  let first: Promise<Spared> | undefined;
  let isSecond = false;
  const world = await workbench({
    userPolicy: 'rules: [{decision: ask, commands: ["touch other.txt"], each_time: true, why: mine}]\n',
    answer: (approval) => {
      if (isSecond) first ??= looked(world, approval);
      return { choice: 'approve' };
    },
  });
  await world.run([run('touch made.txt'), run('touch made.txt'), run('touch more.txt'), run('touch other.txt')]);
  isSecond = true;
  await world.run([run('touch made.txt')]);
  const { of, offers, always } = (await first) ?? { of: 0, offers: [], always: 0 };
  expect(of).toBe(4);
  expect(offers.map(({ runs }) => sparedFor(runs, { kind: 'run' }))).toEqual([1]);
  expect(always, 'a rule is there before the first').toBe(2);
});

test('only of this workspace, and nothing that is not there', async () => {
  const world = await workbench();
  await world.run([write('a.txt')]);
  const { runs } = await lastQuestions(world.node.audit, { waiting: 'x', folders: [world.folder] });
  expect(runs.flat()).toHaveLength(1);
  const elsewhere = await lastQuestions(world.node.audit, { waiting: 'x', folders: ['/elsewhere'] });
  expect(elsewhere).toEqual({ waiting: undefined, runs: [] });
});

test('times and counts', () => {
  const minute = 60_000;
  const runs = [[0, minute, 3 * minute], [], [5]];
  expect(sparedFor(runs, { kind: 'run' })).toBe(2);
  expect(sparedFor(runs, { kind: 'minutes', minutes: 2 })).toBe(1);
  expect(sparedFor(runs, { kind: 'uses', uses: 1 })).toBe(1);
  expect(sparedFor([], { kind: 'run' })).toBe(0);
  expect([sparedWords(7, 40), sparedWords(0, 40), sparedWords(1, 1), sparedWords(0, 0)]).toEqual([
    'It would have spared 7 of the last 40 questions here.',
    'It would have spared none of the last 40 questions here.',
    'It would have spared the last question here.',
    'Nothing was asked here before.',
  ]);
});

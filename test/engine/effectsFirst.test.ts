import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { blocksOf } from '../support/cards.ts';
import { stateOf } from '../support/effectsTable.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const COMMAND = 'echo two >> a.txt; rm b.txt; mkdir d; echo new > d/n.txt; chmod +x c.sh; echo said';
const FILES = { 'a.txt': 'one\n', 'b.txt': 'b\n', 'c.sh': 'echo c\n' };

/** A run of one command; each of its questions gets the next answer. */
async function ran(
  answers: readonly (Answer | ((bench: Workbench, approval: Approval) => Answer))[],
  command = COMMAND,
): Promise<{ bench: Workbench; events: AuditRecord[]; told: string; early: Record<string, string>[] }> {
  const held: { bench?: Workbench } = {};
  let told = '';
  let at = 0;
  const early: Record<string, string>[] = [];
  const bench = (held.bench = await workbench({
    files: FILES,
    answer: (approval) => {
      if (!held.bench) throw new Error('asked before it began');
      early.push(stateOf(held.bench.folder));
      const next = answers[at++] ?? { choice: 'deny' as const };
      return typeof next === 'function' ? next(held.bench, approval) : next;
    },
  }));
  const events = await bench.run((request, turn) => {
    if (turn > 0) told = JSON.stringify(request.messages.at(-1));
    return turn === 0 ? { calls: [{ name: 'run_command', args: { command } }] } : { text: 'done' };
  });
  return { bench, events, told, early };
}

const of = (events: readonly AuditRecord[], type: string): AuditRecord[] => events.filter((one) => one.type === type);
const views = ({ data }: Workbench): string[] => readdirSync(join(data, 'effects'));

test('effects are shown, applied exactly, and recorded as an action of their own', async () => {
  const { bench, events, told, early } = await ran([
    { choice: 'show-effects' },
    { choice: 'apply' },
    { choice: 'approve' },
  ]);
  const [first, second] = bench.asked;
  expect(first?.effects).toEqual({ state: 'offered' });
  expect(second?.effects).toEqual({ state: 'shown' });
  expect(second?.digest).not.toBe(first?.digest);
  expect(second?.grantOffers).toEqual([]);
  const [shown] = blocksOf(second?.card ?? { kind: '', blocks: [] }, 'effects');
  expect(shown?.files.map(({ what, path, added, removed }) => [what, path, added, removed])).toEqual([
    ['changed', 'a.txt', 1, 0],
    ['gone', 'b.txt', 0, 1],
    ['mode', 'c.sh', undefined, undefined],
    ['new', 'd', undefined, undefined],
    ['new', 'd/n.txt', 1, 0],
  ]);
  expect(blocksOf(second?.card ?? { kind: '', blocks: [] }, 'exact').map(({ text }) => text.trim())).toEqual([
    COMMAND,
    'said',
  ]);
  // Nothing had changed when the second question was asked, but for what stands there for the sandbox's sake.
  expect(early[1]).toEqual(early[0]);
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\ntwo\n');
  expect(readdirSync(bench.folder).sort()).toEqual(['README.md', 'a.txt', 'c.sh', 'd']);
  expect(told).toContain('said');
  expect(views(bench)).toEqual([]);

  const proposed = of(events, 'proposed');
  const dry = proposed.find(({ data }) => data['effectsOf'] !== undefined);
  expect(dry?.data['effectsOf']).toBe(proposed[0]?.action);
  expect(
    of(events, 'started').map(({ data, action }) => [action === dry?.action, data['view'], data['applies']]),
  ).toEqual([
    [true, 'copy-on-write', undefined],
    [false, undefined, dry?.action],
  ]);
  const [inView, real] = of(events, 'finished');
  expect(inView?.data['facts']).toMatchObject({ view: 'overlay', changes: 5 });
  expect(String(inView?.payload?.['output'])).not.toContain('said');
  expect(real?.data['facts']).toMatchObject({ applied: 5, exit: 0 });
  expect((real?.data['facts'] as Record<string, unknown>)['effects']).toBe(
    (inView?.data['facts'] as Record<string, unknown>)['effects'],
  );
  const [changed] = of(events, 'changed');
  expect(
    (changed?.payload?.['paths'] as { path: string }[]).map(({ path }) => path.slice(bench.folder.length + 1)).sort(),
  ).toEqual(['a.txt', 'b.txt', 'c.sh', 'd', 'd/n.txt']);
  // What was applied can be undone as what ran.
  const undone = await bench.engine.revertRun(events[0]?.run ?? '', {}).catch((error: unknown) => String(error));
  expect(undone).toMatchObject({ status: 'done' });
  expect(readFileSync(join(bench.folder, 'b.txt'), 'utf8')).toBe('b\n');
  expect(readdirSync(bench.folder)).not.toContain('d');
});

test('thrown away, nothing is left, and the model is told of a no and of nothing else', async () => {
  const { bench, events, told, early } = await ran([{ choice: 'show-effects' }, { choice: 'deny' }]);
  expect(stateOf(bench.folder)).toEqual(early[0]);
  expect(views(bench)).toEqual([]);
  expect(told).toContain('denied');
  expect(told).not.toContain('said');
  expect(of(events, 'started')).toHaveLength(1);
  expect(of(events, 'changed')).toEqual([]);
});

test('run for real instead, it runs', async () => {
  const { bench, events } = await ran([{ choice: 'show-effects' }, { choice: 'approve' }]);
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\ntwo\n');
  expect(of(events, 'started').map(({ data }) => data['applies'])).toEqual([undefined, undefined]);
  expect(views(bench)).toEqual([]);
});

test('what changed underneath is said, nothing is applied, and it is asked anew', async () => {
  const { bench } = await ran([
    { choice: 'show-effects' },
    (one) => {
      writeFileSync(join(one.folder, 'b.txt'), 'mine\n');
      return { choice: 'apply' };
    },
    { choice: 'deny' },
  ]);
  expect(bench.asked).toHaveLength(3);
  expect(bench.asked[2]?.askedAgain).toBe('What the effects rest on changed meanwhile: b.txt.');
  expect(bench.asked[2]?.effects).toEqual({ state: 'offered' });
  expect(readFileSync(join(bench.folder, 'b.txt'), 'utf8')).toBe('mine\n');
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\n');
});

describe('at the desk', () => {
  test('nothing is applied that is not shown, and nobody but a person has effects shown', async () => {
    const given: boolean[] = [];
    await ran([
      ({ engine }, { id, digest }) => {
        given.push(engine.answer(id, digest, { choice: 'apply' }, { by: 'person', at: 'editor' }));
        given.push(engine.answer(id, digest, { choice: 'show-effects' }, { by: 'input', at: 'terminal' }));
        return { choice: 'show-effects' };
      },
      ({ engine, asked }, { id, digest }) => {
        // The digest of the card without effects is none of this one.
        given.push(engine.answer(id, asked[0]?.digest ?? '', { choice: 'apply' }, { by: 'person', at: 'editor' }));
        given.push(engine.answer(id, digest, { choice: 'show-effects' }, { by: 'person', at: 'editor' }));
        return { choice: 'deny' };
      },
    ]);
    expect(given).toEqual([false, false, false, false]);
  });
});

test('the output of a view that failed is shown, with what cannot be applied', async () => {
  const { bench } = await ran(
    [{ choice: 'show-effects' }, { choice: 'deny' }],
    'mkfifo pipe; echo x > real.txt; exit 3',
  );
  const card = bench.asked[1]?.card ?? { kind: '', blocks: [] };
  const words = JSON.stringify(blocksOf(card, 'sentence'));
  expect(words).toContain('exit code 3');
  expect(words).toContain('/pipe"}," is a pipe, a socket or a device');
});

test('a command that only looks, and one in the background, have no effects to show', async () => {
  const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
  await bench.run([
    { calls: [{ name: 'run_command', args: { command: 'sleep 1; echo x > y', background: true } }] },
    { calls: [{ name: 'write_file', args: { path: 'x', content: 'y' } }] },
  ]);
  expect(bench.asked.length).toBeGreaterThanOrEqual(2);
  expect(bench.asked.map(({ effects }) => effects)).toEqual(bench.asked.map(() => undefined));
});

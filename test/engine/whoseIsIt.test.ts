import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

// A command at work makes what would run later: nobody can tell whether a person did.
const FILES = { 'make.sh': 'mkdir .husky\necho evil > .husky/pre-commit\n' };
const CALLS = [{ calls: [{ name: 'run_command', args: { command: 'bash make.sh' } }] }];

function answering(answer: Answer, during?: (bench: Workbench) => void) {
  const given: { bench?: Workbench } = {};
  return {
    given,
    answer: (approval: Approval): Answer | undefined => {
      if (approval.card.kind !== 'appeared') return { choice: 'approve' };
      if (given.bench) during?.(given.bench);
      return answer;
    },
  };
}

test.each([
  ['approve', true],
  ['deny', false],
] as const)(
  'whose it is is asked in sight, with its text, and it is left where it is meanwhile: %s',
  async (choice, stays) => {
    const there: boolean[] = [];
    const { given, answer } = answering({ choice }, (bench) =>
      there.push(existsSync(join(bench.folder, '.husky/pre-commit'))),
    );
    const bench = (given.bench = await workbench({ files: FILES, answer }));
    const events = await bench.run(CALLS);
    const question = bench.asked.find(({ card }) => card.kind === 'appeared');
    expect(question?.title).toBe('Leave .husky, which appeared while the command ran');
    expect(JSON.stringify(question?.card)).toContain('evil');
    expect(question?.grantOffers).toEqual([]);
    expect(there).toEqual([true]);
    expect(existsSync(join(bench.folder, '.husky/pre-commit'))).toBe(stays);
    const types = events.map(({ type }) => type).filter((type) => /^(whose|started|finished)/.test(type));
    expect(types).toEqual(['started', 'whose_asked', 'whose_answered', 'finished']);
    expect(events.find(({ type }) => type === 'whose_answered')?.data).toMatchObject({
      choice,
      by: 'person',
      at: 'editor',
    });
    expect(events.find(({ type }) => type === 'finished')?.data['status']).toBe('done');
  },
);

test('what became another thing while it was asked about is set aside', async () => {
  const { given, answer } = answering({ choice: 'approve' }, ({ folder }) => {
    writeFileSync(join(folder, '.husky/pre-push'), 'more');
  });
  const bench = (given.bench = await workbench({ files: FILES, answer }));
  await bench.run(CALLS);
  expect(existsSync(join(bench.folder, '.husky'))).toBe(false);
});

test('a run that is stopped meanwhile sets it aside before it ends', async () => {
  const { given, answer } = answering({ choice: 'approve' });
  const bench: Workbench = (given.bench = await workbench({
    files: FILES,
    answer: (approval) => {
      if (approval.card.kind !== 'appeared') return answer(approval);
      queueMicrotask(() => void bench.engine.stop('enough'));
      return undefined;
    },
  }));
  const events = await bench.run(CALLS);
  expect(existsSync(join(bench.folder, '.husky'))).toBe(false);
  expect(readdirSync(join(bench.data, 'quarantine'))).toHaveLength(1);
  expect(events.find(({ type }) => type === 'whose_answered')?.data).toMatchObject({ choice: 'deny', by: 'cancelled' });
});

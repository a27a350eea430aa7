import { closeSync, mkdirSync, openSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CommittedControls, type CommitQuestions } from '../../src/node/sandbox/committedControls.ts';
import { pickedFromIndex } from '../../src/node/sandbox/indexEntries.ts';
import { StillTimes } from '../../src/node/sandbox/stillTimes.ts';
import { WhoWrote } from '../../src/node/sandbox/whoWrote.ts';
import { git, makeRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/tree.ts';

// What a command leaves in a repository may be as long as its limits let it; this process has to do other things meanwhile.

/** How often something else had its turn. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next: NodeJS.Immediate;
  const turn = (): void => {
    turns += 1;
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  await work();
  clearImmediate(next);
  return turns;
}

const NEVER_ASKED: CommitQuestions = {
  protectedIn: () => Promise.reject(new Error('asked')),
  protectedSince: () => Promise.reject(new Error('asked')),
  everAt: () => Promise.reject(new Error('asked')),
};

function packed(count: number, digit: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => `${digit(at)} refs/heads/x${at}/y\n`).join('');
}

const NOTHING = { isProtected: () => false, isAboveProtected: () => false };
/** A command that is at work all the time (as this process is), beside which nothing was set aside. */
const atWork = new StillTimes();
atWork.begin(process.pid);
afterAll(() => {
  atWork.end(false);
});
const ALONE = { taken: [], who: new WhoWrote([{ roots: ['/'], still: atWork }]) };

test('a list of a hundred thousand references is gone through in stretches', async () => {
  const [folder, data] = [await temporaryFolder(), await temporaryFolder()];
  makeRepository(folder);
  const repository = { gitFolder: join(folder, '.git'), worktree: folder };
  const list = join(folder, '.git/packed-refs');
  writeFileSync(
    list,
    packed(100_000, (at) => (at + 1).toString(16).padStart(40, '0')),
  );
  const seen = await CommittedControls.seen([repository], NOTHING);
  let said: Awaited<ReturnType<typeof seen.putBack>> | undefined;
  // With one commit more than may come: the last of them is found as well.
  writeFileSync(
    list,
    packed(100_051, (at) => (at < 100_000 ? at + 1 : at + 9).toString(16).padStart(40, '0')),
  );
  const turns = await turnsDuring(async () => (said = await seen.putBack(NEVER_ASKED, data, ALONE)));
  expect(said?.putBack.join('\n')).toMatch(/what more than 50 new commits hold .* were put back as they were before/);
  expect(turns).toBeGreaterThan(20);
});

test('a line without an end tears no name of an object', async () => {
  const [folder, data] = [await temporaryFolder(), await temporaryFolder()];
  makeRepository(folder);
  const repository = { gitFolder: join(folder, '.git'), worktree: folder };
  mkdirSync(join(folder, '.git/refs/x'));
  const file = join(folder, '.git/refs/x/y');
  const names = (from: number): string =>
    Array.from(
      { length: 10_000 },
      (_, at) => `${'.'.repeat(at % 7)}${(from + at).toString(16).padStart(40, '0')}`,
    ).join(' ');
  writeFileSync(file, names(1));
  const seen = await CommittedControls.seen([repository], NOTHING);
  writeFileSync(file, ` ${names(1)}`); // every name at another place
  await expect(seen.putBack(NEVER_ASKED, data, ALONE)).resolves.toEqual({ putBack: [], left: [] });
  writeFileSync(file, names(52)); // the control
  expect((await seen.putBack(NEVER_ASKED, data, ALONE)).putBack).toHaveLength(1);
});

test('an index of a hundred thousand files is gone through in stretches', async () => {
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(100_000, 8);
  const entries = Array.from({ length: 100_000 }, (_, at) => {
    const entry = Buffer.alloc(72);
    entry.writeUInt16BE(8, 60);
    entry.write(at.toString(16).padStart(8, '0'), 62);
    return entry;
  });
  const bytes = Buffer.concat([head, ...entries, Buffer.alloc(20)]);
  let last: string[] | undefined;
  const turns = await turnsDuring(
    async () => (last = await pickedFromIndex(bytes, ({ name }) => (name === '0001869f' ? name : undefined))),
  );
  expect(last).toEqual(['0001869f']);
  expect(turns).toBeGreaterThan(5);
});

test('references that are long together are too much, and go without being read', async () => {
  const [folder, data] = [await temporaryFolder(), await temporaryFolder()];
  makeRepository(folder);
  const gitFolder = join(folder, '.git');
  const large = (name: string): void => {
    closeSync(openSync(join(gitFolder, name), 'w'));
    truncateSync(join(gitFolder, name), 60 * 2 ** 20);
  };
  for (const name of ['cache1', 'cache2', 'cache3']) large(name); // of other programs, and no references
  const seen = await CommittedControls.seen([{ gitFolder, worktree: folder }], NOTHING);
  const all = (): string => git(folder, 'for-each-ref') + git(folder, 'status', '--porcelain');
  const before = all();
  // They take no room on the disk, and would take 700 MB here.
  for (let at = 0; at < 12; at += 1) large(`refs/heads/x${at}`);
  const [said = ''] = (await seen.putBack(NEVER_ASKED, data, ALONE)).putBack;
  expect(said).toMatch(/^\[more than 128 MB of references is protected.* were put back as they were before/);
  expect(all()).toBe(before);
  expect(readdirSync(join(gitFolder, 'refs/heads'))).toEqual(['main']);
  expect(readdirSync(gitFolder)).toContain('cache3');
});

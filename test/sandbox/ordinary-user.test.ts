import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argvOf, ATTACKS, attempt, endOf, GREEDY, SURVIVORS, type Hostile } from '../support/attacks.ts';
import { attackWorld, type AttackWorld } from '../support/attackWorld.ts';
import { inOneFile } from '../support/childProgram.ts';
import { ordinaryAccount, type OrdinaryAccount } from '../support/ordinaryAccount.ts';
import { processesWith } from '../support/processes.ts';
import { makeRepository } from '../support/repository.ts';

let account: OrdinaryAccount;
let world: AttackWorld;

beforeAll(async () => {
  account = await ordinaryAccount('oversign-test', () => world.path);
  world = await attackWorld(account.folder);
  account.own();
});

afterAll(async () => {
  await world.close();
  await account.close();
});

test('the account is an ordinary one', async () => {
  expect(Number(await account.output(['/usr/bin/id', '-u']))).toBeGreaterThan(0);
  accessSync(account.node, constants.X_OK);
});

const hasNode = existsSync('/usr/bin/node');
const startable = <T extends Hostile>(attacks: readonly T[]): T[] =>
  attacks.filter(({ language }) => language !== 'node' || hasNode);

// Several hundred attacks, one after another: more than one test's usual time on a busy machine.
test('every attack is held', async () => {
  const attacks = startable(ATTACKS);
  const results = await account.run(
    attacks.map((attack) => attempt(attack)),
    { environment: world.environment, denied: [...world.denied] },
  );
  expect(results).toHaveLength(attacks.length);
  const outcome = attacks.map(({ name }, index) => {
    const { output = '', ending } = results[index] ?? {};
    return `${name}: ${output === 'HELD\n' ? 'held' : JSON.stringify({ output, ending })}`;
  });
  expect(outcome).toEqual(attacks.map(({ name }) => `${name}: held`));
}, 600_000);

test.each(GREEDY)('nothing gets all that it wants: %s', async (group, all) => {
  const attacks = startable(all);
  const [first] = attacks;
  // Each in a folder of its own, that the account makes itself.
  const results = await account.run(
    attacks.map((attack, index) => [
      '/bin/bash',
      '-c',
      'export W_WORK="$1" && mkdir "$1" && shift && exec "$@"',
      'in',
      join(account.folder, 'work', `${group} ${index}`),
      ...argvOf(attack),
    ]),
    { limits: first?.limits ?? {}, timeoutMs: first?.timeoutMs ?? 0, environment: { W_PAUSE: '1' } },
  );
  const outcome = attacks.map(({ name, endsBy }, index) => {
    const result = results[index];
    const end = result && endOf(result.ending);
    const isHeld = end !== undefined && endsBy.includes(end) && /^began/.test(result?.output ?? '');
    return `${name}: ${isHeld && !/^ALL$/m.test(result?.output ?? '') ? 'held' : JSON.stringify(result)}`;
  });
  expect(outcome).toEqual(attacks.map(({ name }) => `${name}: held`));
});

test('nothing survives its call', async () => {
  const survivors = startable(SURVIVORS);
  const mark = `mark-${randomUUID()}`;
  const results = await account.run(survivors.map(argvOf), { environment: { MARK: mark } });
  try {
    expect(results.map(({ ending }) => ending)).toEqual(survivors.map(() => ({ kind: 'exited', code: 0 })));
    expect(processesWith(mark)).toEqual([]);
  } finally {
    for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL');
  }
});

test('the number of processes is held by the kernel, for the whole cage', async () => {
  const many = 'for i in $(seq 1 100); do sleep 5 & done; wait -n; echo over';
  const [bomb, next] = await account.run([many, 'echo fine'], { limits: { processes: 40 }, timeoutMs: 20_000 });
  expect(bomb?.output).toMatch(/fork: (retry: )?Resource temporarily unavailable/);
  expect(next).toMatchObject({ output: 'fine\n', ending: { kind: 'exited', code: 0 } });
});

test('a folder closed beforehand hides what is denied in it, and one closed afterwards hides no trap', async () => {
  const work = join(account.folder, 'work');
  execFileSync('bash', [
    '-c',
    `mkdir -p "${work}/shut" && echo SECRET > "${work}/shut/a.key" && chmod 311 "${work}/shut"`,
  ]);
  account.own();
  const [open, denied, trap, again] = await account.run(
    [
      'echo begin',
      'chmod 755 shut; cat shut/a.key',
      'mkdir -p new/.git/hooks other/.vscode; echo evil > new/.git/hooks/x; chmod 555 new/.git/hooks new/.git; chmod 311 new; chmod 000 other',
      'ls -d new/.git other/.vscode shut',
    ],
    { denied: ['*.key'] },
  );
  expect(open?.output).toBe('begin\n');
  expect(denied?.output).not.toContain('SECRET');
  expect(trap?.quarantined).toHaveLength(2);
  expect(again?.output).toContain('shut');
  expect(again?.output).not.toMatch(/^new\/\.git|^other\/\.vscode/m);
  expect(existsSync(join(work, 'new/.git'))).toBe(false);
});

test('another name of a denied file is denied although the folder that tells so is closed', async () => {
  const work = join(account.folder, 'work/names');
  mkdirSync(join(work, 'shut'), { recursive: true });
  writeFileSync(join(work, 'shut/a.key'), 'SECRET\n');
  writeFileSync(join(work, 'plain.txt'), 'plain\n');
  linkSync(join(work, 'shut/a.key'), join(work, 'copy.txt'));
  account.own();
  chmodSync(join(work, 'shut'), 0o300);
  const child = await inOneFile(join(import.meta.dirname, '../support/readChild.ts'), `${account.folder}.read.mjs`);
  const read = (denied: string): Promise<string> =>
    account.output([account.node, child, work, denied, 'copy.txt', 'plain.txt']);
  const command = 'cat names/copy.txt names/plain.txt';
  const [held] = await account.run([command], { denied: ['*.key'] });
  expect(held?.output).not.toContain('SECRET');
  expect(held?.output).toContain('plain');
  expect(await read('*.key')).toBe('copy.txt: Forbidden\nplain.txt: plain\n');
  // Where nothing is denied it is a file like any other.
  const [open] = await account.run([command]);
  expect(open?.output).toBe('SECRET\nplain\n');
  expect(await read('')).toBe('copy.txt: SECRET\nplain.txt: plain\n');
});

test('what a command stages is put back past folders that it closed for everybody', async () => {
  const work = join(account.folder, 'work/closed');
  mkdirSync(work);
  writeFileSync(join(work, 'a.txt'), 'a\n');
  makeRepository(work);
  account.own();
  const [closed, open] = await account.run([
    'cd closed; git update-index --add --cacheinfo 100644,$(echo evil | git hash-object -w --stdin),.envrc && chmod 0 .git/refs/heads && chmod 500 .git/refs .git && echo closed',
    'cd closed; chmod 700 .git .git/refs .git/refs/heads; git ls-files; git rev-parse main',
  ]);
  expect(closed?.output).toBe('closed\n');
  expect(closed?.quarantined.join('\n')).toMatch(/staged, committed or stashed it.* were put back/);
  expect(open?.output).toMatch(/^a.txt\n[0-9a-f]{40}\n$/);
});

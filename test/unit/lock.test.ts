import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { identityOf } from '../../src/node/process/identity.ts';
import { withLock } from '../../src/node/process/lock.ts';
import { within } from '../support/processes.ts';
import { temporaryFolder } from '../support/tree.ts';

let base: string;
let folder: string;
let lock: string;
beforeEach(async () => {
  base = await temporaryFolder();
  folder = join(base, 'journals');
  mkdirSync(folder);
  lock = join(folder, 'lock');
});

/** How long it took to have the lock. */
async function had(): Promise<number> {
  const began = performance.now();
  await withLock(lock, () => undefined);
  return performance.now() - began;
}

/** The owner of a lock that ended long ago; no two are alike. */
function dead(turn = 'x'): string {
  return JSON.stringify({ ...identityOf(process.pid), start: '1', turn });
}

function claimTo(text: string): string {
  return `${lock}.${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

const GARBAGE: [string, () => void][] = [
  ['an empty file', () => writeFileSync(lock, '')],
  ['half an owner', () => writeFileSync(lock, '{"pid":12')],
  ['no owner', () => writeFileSync(lock, 'null')],
  ['nobody', () => writeFileSync(lock, '{}')],
  ['everybody', () => writeFileSync(lock, '{"pid":0,"start":"","boot":""}')],
  ['a group of processes', () => writeFileSync(lock, '{"pid":-1,"start":"","boot":""}')],
  ['a link to itself', () => symlinkSync('lock', lock)],
  ['a folder', () => mkdirSync(join(lock, 'in/it'), { recursive: true })],
  ['a FIFO', () => spawnSync('/usr/bin/mkfifo', [lock])],
];

test.each(GARBAGE)('%s in the place of the lock is nobody’s after a while', async (_name, plant) => {
  plant();
  expect(await had()).toBeLessThan(5_000);
  expect(readdirSync(folder)).toEqual([]);
  expect(await had()).toBeLessThan(1_000);
});

describe('the lock of an owner that is gone is broken', () => {
  test.each(['as an older Oversign wrote it', 'as a link'])('%s', async (how) => {
    if (how === 'as a link') symlinkSync(dead(), lock);
    else writeFileSync(lock, dead());
    expect(await had()).toBeLessThan(1_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('also when those who broke it were killed over it, and those who broke their claims', async () => {
    symlinkSync(dead('1'), lock);
    symlinkSync(dead('2'), claimTo(dead('1')));
    symlinkSync(dead('3'), claimTo(dead('2')));
    symlinkSync(dead('4'), claimTo('long gone'));
    expect(await had()).toBeLessThan(1_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('but not while somebody alive is at it', async () => {
    symlinkSync(dead('1'), lock);
    const claim = claimTo(dead('1'));
    symlinkSync(JSON.stringify({ ...identityOf(process.ppid), turn: '2' }), claim);
    const having = had();
    await pause(300);
    expect(existsLink(lock)).toBe(true);
    rmSync(claim);
    expect(await having).toBeGreaterThan(250);
  });
});

function existsLink(path: string): boolean {
  return readdirSync(folder).some((name) => join(folder, name) === path);
}

test('an older Oversign’s lock is held from the moment it appears, although its owner is written later', async () => {
  writeFileSync(lock, '');
  const having = had();
  await pause(300);
  writeFileSync(lock, JSON.stringify(identityOf(process.ppid)));
  await pause(2_000);
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  expect(await having).toBeGreaterThan(2_200);
});

test('what the work gives and throws comes out, and the lock is gone either way', async () => {
  expect(await withLock(lock, () => 7)).toBe(7);
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

function child(turns: number): ChildProcess {
  const file = join(import.meta.dirname, '../support/lockChild.ts');
  return spawn(process.execPath, [file, lock, join(base, 'log'), String(turns)], { stdio: 'ignore' });
}

function ended(one: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => one.once('exit', resolve));
}

/** How often somebody was in; throws if another one came in meanwhile, unless the first was killed in there. */
function turnsIn(log: string, killed: ReadonlySet<number>): number {
  const lines = log.trimEnd().split('\n');
  const last = new Map(lines.map((line, index) => [Number(line.split(' ')[1]), index]));
  let inside: number | undefined;
  let turns = 0;
  for (const [index, line] of lines.entries()) {
    const [what, who] = [line.split(' ')[0], Number(line.split(' ')[1])];
    if (what === 'in') {
      const wasKilledInside = inside !== undefined && killed.has(inside) && (last.get(inside) ?? 0) < index;
      if (inside !== undefined && !wasKilledInside) throw new Error(`${who} came in while ${inside} was in`);
      inside = who;
      turns += 1;
    } else if (inside === who) inside = undefined;
    else throw new Error(`${who} left while ${String(inside)} was in`);
  }
  return turns;
}

test('one at a time, of several processes', async () => {
  const codes = await Promise.all(Array.from({ length: 4 }, () => ended(child(150))));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(turnsIn(readFileSync(join(base, 'log'), 'utf8'), new Set())).toBe(600);
  expect(readdirSync(folder)).toEqual([]);
});

test('one at a time also while processes are killed, and afterwards the lock can be had', async () => {
  const killed = new Set<number>();
  const running = Array.from({ length: 3 }, () => child(1_000_000));
  const hasCome = ({ pid = 0 }: ChildProcess): boolean =>
    existsSync(join(base, 'log')) && readFileSync(join(base, 'log'), 'utf8').includes(`in ${pid}\n`);
  for (let turn = 0; turn < 25; turn += 1) {
    const index = turn % running.length;
    const one = running[index];
    if (!one) throw new Error('there are three');
    expect(await within(20_000, () => hasCome(one)), `turn ${turn}`).toBe(true);
    await pause((turn * 7) % 20);
    const end = ended(one);
    one.kill('SIGKILL');
    await end;
    killed.add(one.pid ?? 0);
    running[index] = child(1_000_000);
  }
  for (const one of running) {
    const end = ended(one);
    one.kill('SIGKILL');
    await end;
    killed.add(one.pid ?? 0);
  }
  expect(await had()).toBeLessThan(3_000);
  expect(readdirSync(folder)).toEqual([]);
  expect(turnsIn(readFileSync(join(base, 'log'), 'utf8'), killed)).toBeGreaterThan(25);
});

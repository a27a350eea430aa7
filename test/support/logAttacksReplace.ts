import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../src/shared/json.ts';
import { introduce } from './logAttacksKeys.ts';
import { bodyOf, rehash, resign, type Row } from './logAttacksRows.ts';
import {
  DATABASE,
  FILE,
  forged,
  goOn,
  last,
  otherLog,
  ROWS,
  WHOLE,
  type Trial,
  type Variant,
} from './logAttacksTrial.ts';

function cut(name: string, keep: (rows: Row[], trial: Trial) => number): Variant {
  return {
    name,
    keys: 'none',
    on: WHOLE,
    apply(trial) {
      const { rows } = trial.held;
      return rows.splice(Math.max(0, keep(rows, trial))).length > 0 && ROWS;
    },
  };
}

const headsOf = (rows: readonly Row[]): Row[] => rows.filter((row) => bodyOf(row).type === 'head');

/** The end cut off, or all of it exchanged. */
export const fileAttacks = {
  truncate: [
    cut('anywhere', (rows, { random }) => random.int(3, rows.length - 1)),
    cut('after a signature', (rows, { random }) => {
      const heads = headsOf(rows);
      return heads.length === 0 ? 3 : rows.indexOf(random.pick(heads)) + 1;
    }),
    cut('what is not signed yet', (rows) => last(headsOf(rows))),
    cut('the last event', (rows) => rows.length - 1),
    cut('everything', () => 0),
    {
      name: 'and as many events forged as go unsigned',
      keys: 'none',
      on: WHOLE,
      apply({ held: { rows }, random }) {
        const heads = headsOf(rows);
        if (heads.length === 0) return false;
        rows.splice(rows.indexOf(random.pick(heads)) + 1);
        const at = rows.length;
        for (let more = random.int(1, 8); more > 0; more -= 1) rows.push(forged(rows.at(-1), random));
        rehash(rows, at);
        return ROWS;
      },
    },
    {
      name: 'an old copy of the file',
      keys: 'none',
      on: DATABASE,
      apply({ world, file }) {
        copyFileSync(world.earlier, file);
        return FILE;
      },
    },
    {
      name: 'an old copy of the file, and honest processes go on with it',
      keys: 'none',
      on: DATABASE,
      apply({ world, file, folder, random }) {
        copyFileSync(world.earlier, file);
        goOn(folder, random.int(1, 50));
        return FILE;
      },
    },
  ] satisfies Variant[],
  replace: [
    {
      name: 'by a log of another account',
      keys: 'none',
      on: WHOLE,
      apply({ held: { rows }, folder, log }) {
        const data = join(folder, 'stranger');
        mkdirSync(data);
        const [stranger] = otherLog(undefined, data);
        const [first] = rows;
        if (!first || !stranger) return false;
        const account = bodyOf(stranger).data['account'] ?? '';
        first.body = canonicalJson({ ...bodyOf(first), data: { ...bodyOf(first).data, account } });
        rehash(rows, 0);
        const signer = introduce(rows, 1, data, log);
        resign(rows, 2, signer, log);
        return ROWS;
      },
    },
    {
      name: 'by another log of the account',
      keys: 'none',
      on: WHOLE,
      apply({ held, world, folder }) {
        held.rows.splice(0, held.rows.length, ...otherLog(world.data, folder));
        return ROWS;
      },
    },
    {
      name: 'by the log that was here before',
      keys: 'none',
      on: DATABASE,
      apply({ world, file }) {
        if (world.aside === undefined) return false;
        copyFileSync(world.aside, file);
        return FILE;
      },
    },
    {
      name: 'by nothing, and honest processes begin a new one',
      keys: 'none',
      on: DATABASE,
      apply({ file, folder, random }) {
        for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
        goOn(folder, random.int(1, 40));
        return FILE;
      },
    },
    {
      name: 'by one with its name, signed with the account’s key',
      keys: 'account',
      on: WHOLE,
      apply({ held: { rows }, world, log, random }) {
        const signer = introduce(rows, 1, world.data, log);
        const row = rows[random.int(2, rows.length - 1)];
        if (row) row.body = canonicalJson({ ...bodyOf(row), time: '2020-01-01T00:00:00.000Z' });
        resign(rows, 2, signer, log);
        return ROWS;
      },
    },
    {
      name: 'by one with a new name, signed with the account’s key',
      keys: 'account',
      on: DATABASE,
      apply({ held: { rows }, world }) {
        const log = crypto.randomUUID();
        const [first] = rows;
        if (!first) return false;
        first.body = canonicalJson({ ...bodyOf(first), data: { ...bodyOf(first).data, log } });
        rehash(rows, 0);
        const signer = introduce(rows, 1, world.data, log);
        resign(rows, 2, signer, log);
        return ROWS;
      },
    },
    {
      name: 'by one that begins with a gap, signed with the account’s key',
      keys: 'account',
      on: DATABASE,
      apply({ held: { rows }, world }) {
        const log = crypto.randomUUID();
        const [first] = rows;
        if (!first) return false;
        first.body = canonicalJson({ ...bodyOf(first), data: { ...bodyOf(first).data, log } });
        rehash(rows, 0);
        const signer = introduce(rows, 1, world.data, log);
        const gap = { v: 1, seq: 3, time: bodyOf(first).time, writer: signer.id, type: 'gap', run: 'log' };
        const body = canonicalJson({ ...gap, data: { reason: 'missing' } });
        rows.splice(2, 0, { seq: 3, body, hash: '', salt: null, payload: null });
        resign(rows, 2, signer, log);
        return ROWS;
      },
    },
  ] satisfies Variant[],
};

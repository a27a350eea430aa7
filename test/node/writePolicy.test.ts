import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePolicy } from '../../src/node/policy/writePolicy.ts';
import { temporaryFolder } from '../support/tree.ts';

describe('writing a policy', () => {
  const filed = async (text?: string): Promise<string> => {
    const file = join(await temporaryFolder(), 'config', 'policy.yaml');
    if (text === undefined) return file;
    mkdirSync(dirname(file));
    writeFileSync(file, text);
    return file;
  };

  test('makes the file and its folder, for their owner alone', async () => {
    const file = await filed();
    await writePolicy(file, '', 'timeout: 5\n');
    expect(readFileSync(file, 'utf8')).toBe('timeout: 5\n');
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test.each([0o600, 0o644, 0o640])('keeps the mode %o', async (mode) => {
    const file = await filed('a');
    chmodSync(file, mode);
    await writePolicy(file, 'a', 'b');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['b', mode]);
  });

  test('follows a link to its target, and leaves the link a link', async () => {
    const file = await filed('a');
    const link = join(dirname(file), 'link.yaml');
    symlinkSync('policy.yaml', link);
    await writePolicy(link, 'a', 'b');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('b');
  });

  test.each<[string, (file: string) => void, string]>([
    [
      'changed meanwhile',
      (file) => {
        writeFileSync(file, 'mine');
      },
      'a',
    ],
    [
      'appeared meanwhile',
      (file) => {
        writeFileSync(file, 'mine');
      },
      '',
    ],
    [
      'is a link to nothing',
      (file) => {
        symlinkSync('gone', `${file}.link`);
      },
      '',
    ],
  ])('refuses where the file %s, and leaves nothing behind', async (name, change, before) => {
    const plain = await filed(name.startsWith('appeared') ? undefined : 'a');
    mkdirSync(dirname(plain), { recursive: true });
    change(plain);
    const file = name.startsWith('is a link') ? `${plain}.link` : plain;
    const names = readdirSync(dirname(plain));
    await expect(writePolicy(file, before, 'b')).rejects.toThrow('changed meanwhile');
    expect(readdirSync(dirname(plain))).toEqual(names);
    if (!name.startsWith('is a link')) expect(readFileSync(plain, 'utf8')).toBe('mine');
  });
});

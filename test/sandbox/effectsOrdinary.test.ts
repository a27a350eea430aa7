import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inOneFile } from '../support/childProgram.ts';
import { WRITING, type Outcome } from '../support/effectsTable.ts';
import { ordinaryAccount } from '../support/ordinaryAccount.ts';

test('for an ordinary account, too, applying is running', { timeout: 600_000 }, async () => {
  const account = await ordinaryAccount('oversign-effects', () => process.env['PATH'] ?? '');
  try {
    const program = await inOneFile(
      join(import.meta.dirname, '../support/effectsChild.ts'),
      join(account.folder, '../effects.mjs'),
    );
    execFileSync('chmod', ['a+r', program]);
    account.own();
    const outcomes = JSON.parse(await account.output([account.node, program, account.folder, '12'])) as Outcome[];
    expect(outcomes).toHaveLength(Math.ceil(WRITING.length / 12));
    for (const { means, differs, early, ran, dry } of outcomes)
      expect({ means, differs, early, dry }).toEqual({ means: 'overlay', differs: [], early: [], dry: ran });
  } finally {
    await account.close();
  }
});

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';

/** What a card says of them. */
const SECRETS = /It could read likely secrets: .*?\}\s*(?:,"[^"]*")?\]/;

test('in a large workspace the card names the secrets that are there now', async () => {
  const bench = await workbench();
  const folder = (name: string): string => join(bench.folder, name);
  // More than is looked through where nothing is known: then the folder stands for what may be in it.
  for (let part = 0; part < 21; part += 1) {
    mkdirSync(folder(`part${part}`));
    for (let file = 0; file < 1000; file += 1) writeFileSync(folder(`part${part}/${file}.txt`), '');
  }
  mkdirSync(folder('zzz/deep'), { recursive: true });
  mkdirSync(folder('node_modules/p'), { recursive: true });
  const said = async (): Promise<string> => {
    const [done] = await attempt(bench, [{ name: 'run_command', args: { command: 'touch new.txt' } }]);
    expect(done?.outcome, done?.text).toBe('done');
    return SECRETS.exec(JSON.stringify(bench.asked.at(-1)?.card))?.[0] ?? '';
  };
  await said();
  await said(); // they are watched from here on
  expect(await said()).toBe('');
  writeFileSync(folder('zzz/deep/.env'), 'A=1\n');
  writeFileSync(folder('node_modules/p/.env'), 'A=1\n');
  const named = await said();
  expect(named).toContain('zzz/deep/.env');
  expect(named).not.toMatch(/more|node_modules/);
  renameSync(folder('zzz'), folder('moved'));
  expect(await said()).toContain('moved/deep/.env');
  rmSync(folder('moved/deep/.env'));
  expect(await said()).toBe('');
});

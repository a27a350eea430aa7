import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { plant, temporaryFolder } from '../support/tree.ts';

// Bundled libraries are found another way than installed ones: what is shipped knows each grammar, too.
test('the built command line refuses what would break a file with a grammar', async () => {
  const base = await temporaryFolder();
  const files = { 'a.json': '{"a": 1}', 'b.json': '{"a": 1} // b', 'c.yml': 'a: 1', 'd.toml': 'a = 1' };
  const cells = [{ cell_type: 'code', source: '1', metadata: {}, outputs: [], execution_count: null }];
  const notebook = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 });
  await plant(join(base, 'work'), { ...files, 'e.ipynb': notebook });
  await plant(join(base, 'home'), { '.keep': '' });
  const calls = (text: string): string =>
    [...Object.keys(files), 'e.ipynb']
      .map((path) => JSON.stringify({ tool: 'edit_file', arguments: { path, old_text: '1', new_text: text } }))
      .join('\n');
  const decided = (text: string): string[] =>
    execFileSync(process.execPath, [inject('oversign'), 'decide', '--workspace', join(base, 'work')], {
      input: calls(text),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: join(base, 'home') },
    })
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { reason: string }).reason);
  const broken = decided('[1');
  expect(broken.slice(0, 4).filter((reason) => reason.includes('would no longer be'))).toHaveLength(4);
  expect(broken[4]).not.toContain('would no longer be'); // in a cell it is just text
  expect(decided('2').filter((reason) => reason.includes('would no longer be'))).toEqual([]);
});

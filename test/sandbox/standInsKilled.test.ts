import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Placeholders } from '../../src/node/sandbox/placeholders.ts';
import { temporaryFolder } from '../support/tree.ts';

/** Covers a path that is not there, and lets go of it; `kills`: the process ends as it takes the stand-in away. */
function child(data: string, path: string, kills: boolean): NodeJS.Signals | null {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { Placeholders } from ${JSON.stringify(join(import.meta.dirname, '../../src/node/sandbox/placeholders.ts'))};
    const cover = await new Placeholders(${JSON.stringify(data)}).cover(
      [{ path: ${JSON.stringify(path)}, kind: 'folder', content: '' }], []);
    if (!fs.existsSync(${JSON.stringify(path)})) throw new Error('no stand-in');
    if (${kills}) { fs.rmdirSync = () => process.kill(process.pid, 'SIGKILL'); syncBuiltinESMExports(); }
    await cover.uncover();
  `;
  const { signal, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (signal === null && status !== 0) throw new Error(String(stderr));
  return signal;
}

test('a stand-in whose process is killed as it takes it away goes at the next start', async () => {
  const [data, folder] = [await temporaryFolder(), await temporaryFolder()];
  const path = join(folder, '.vscode');
  expect(child(data, path, false)).toBe(null); // the control
  expect(existsSync(path)).toBe(false);
  expect(child(data, path, true)).toBe('SIGKILL');
  expect(existsSync(path)).toBe(true);
  await new Placeholders(data).recover();
  expect(existsSync(path)).toBe(false);
});

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { argvOf, endOf, GREEDY, type Greedy } from '../support/attacks.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { removeWhole, temporaryFolder } from '../support/tree.ts';

let base: string;
let cage: Caged;
let count = 0;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-greedy-')));
  cage = await caged(base);
});
afterAll(() => removeWhole(base));

async function outside(greedy: Greedy, folder: string): Promise<string> {
  const [file = '', ...args] = argvOf(greedy);
  const child = spawn(file, args, {
    env: { ...process.env, W_WORK: folder, HOME: folder },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

describe.each(GREEDY)('%s', (_group, attacks) => {
  test.each(attacks)('does not get all that it wants: $name', async (greedy) => {
    count += 1;
    const folder = join(cage.folder, String(count));
    mkdirSync(folder);
    const result = await cage.run(argvOf(greedy), {
      limits: greedy.limits,
      timeoutMs: greedy.timeoutMs,
      environment: { W_WORK: folder, W_PAUSE: '1' },
    });
    expect(result.output).toMatch(/^began/);
    expect(result.output).not.toContain('ALL\n');
    expect(greedy.endsBy).toContain(endOf(result.ending));
  });

  test.each(attacks)('control, without limits it does: $name', async (greedy) => {
    expect(await outside(greedy, await temporaryFolder())).toContain('ALL\n');
  });
});

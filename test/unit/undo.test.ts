import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { undoWords } from '../../src/core/tools/files/undo.ts';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { temporaryFolder } from '../support/tree.ts';

test('the words name what does not come back', () => {
  expect(undoWords({ kind: 'partly', leftOut: ['node_modules'] })).toContain('node_modules');
});

test('what can be kept, and why the rest cannot', async () => {
  const [data, folder] = [await temporaryFolder(), await temporaryFolder()];
  const checkpoints = new BlobCheckpoints(data);
  mkdirSync(join(folder, 'small'));
  writeFileSync(join(folder, 'small', 'a'), 'a');
  symlinkSync('a', join(folder, 'small', 'link'));
  expect(await checkpoints.foresee('r', [join(folder, 'small'), join(folder, 'absent')])).toEqual({ kind: 'whole' });
  mkdirSync(join(folder, 'large'));
  writeFileSync(join(folder, 'large', 'a'), '');
  truncateSync(join(folder, 'large', 'a'), 300 << 20);
  expect(await checkpoints.foresee('r', [join(folder, 'large')])).toEqual({ kind: 'none', why: 'too large' });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'small', 'socket'), resolve));
  expect(await checkpoints.foresee('r', [join(folder, 'small')])).toEqual({ kind: 'none', why: 'of another kind' });
  server.close();
});

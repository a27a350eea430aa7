import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, inject, test } from 'vitest';
import { openAiServer } from '../support/openAiServer.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// What is installed is the bundle: there, too, a search runs in a thread of its own.

/** A copy, as it is installed: nothing of the source lies beside it. */
async function installed(): Promise<string> {
  const folder = await temporaryFolder();
  cpSync(dirname(dirname(inject('oversign'))), folder, { recursive: true });
  return join(folder, 'dist');
}

test('the built search worker answers', async () => {
  const worker = new Worker(join(await installed(), 'search-worker.js'), { env: {} });
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.postMessage({
      pattern: { text: 'b+', isExpression: true, ignoresCase: false },
      lines: ['a', 'abb', 'b'],
      mostLines: 1,
    });
  });
  await worker.terminate();
  expect(answer).toEqual({ lines: [{ line: 1, column: 1 }], count: 2 });
});

/** What a model is told that has the built command line search for a word. */
async function found(program: string): Promise<string> {
  const server = await openAiServer((_, number) =>
    number === 0 ? { calls: [{ name: 'search_files', args: { pattern: 'needle' } }] } : { text: 'done' },
  );
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'hay\nneedle\n', 'home/.keep': '', key: 'sk-test-key' });
  const args = ['run', 'x', '--workspace', 'work', '--model', 'openai', '--model-name', 'm'];
  await new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args, '--base-url', server.url, '--api-key-file', 'key'],
      {
        cwd: base,
        env: {
          PATH: process.env['PATH'],
          HOME: join(base, 'home'),
          XDG_DATA_HOME: join(base, 'data'),
          XDG_CONFIG_HOME: join(base, 'config'),
        },
      },
      resolve,
    ).stdin?.end('y\n');
  });
  await server.close();
  return server.requests[1]?.body ?? '';
}

test('the built command line searches by it, and not without it', async () => {
  expect(await found(join(await installed(), 'cli.js'))).toContain('a.txt:2: needle');
  const without = await installed();
  rmSync(join(without, 'search-worker.js'));
  const told = await found(join(without, 'cli.js'));
  expect(told).toContain('search-worker.js');
  expect(told).not.toContain('a.txt:2: needle');
});

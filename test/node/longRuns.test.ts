import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/tree.ts';

interface Measured {
  state: string;
  reason: string;
  entries: number;
  most: number;
  rss: number;
  printed: number;
  stored: number;
  posts: number;
  first: number;
  last: number;
  silent: number;
}

const AT_ONCE = 20;

/** A model's server that keeps nothing of what it is sent: in each turn it wants the next files to be read. */
async function readingServer(results: number): Promise<string> {
  let turn = 0;
  const server = createServer((request, response) => {
    let isSummary = false;
    request.on('data', (part: Buffer) => {
      isSummary ||= part.includes('This conversation grows too long');
    });
    request.on('end', () => {
      const files = Array.from({ length: AT_ONCE }, (_, at) => turn * AT_ONCE + at).filter((at) => at < results);
      if (!isSummary) turn += 1;
      const chunk = (delta: object, finish: string | null): string =>
        `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const calls = files.map((file, index) => ({
        ...{ index, id: `call_${turn}_${index}`, type: 'function' },
        function: { name: 'read_file', arguments: JSON.stringify({ path: `f${file}.txt` }) },
      }));
      if (isSummary) response.write(chunk({ content: 'I have read some of them.' }, null));
      else if (calls.length === 0) response.write(chunk({ content: 'I have read them.' }, null));
      else response.write(chunk({ tool_calls: calls }, null));
      response.end(`${chunk({}, isSummary || calls.length === 0 ? 'stop' : 'tool_calls')}data: [DONE]\n\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function longRun(results: number, characters: number): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [
      ...['--expose-gc', join(import.meta.dirname, '../support/longRunChild.ts')],
      ...[await temporaryFolder(), String(results), String(characters), await readingServer(results)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(await text(child.stdout)) as Measured;
}

const MB = 2 ** 20;

test.each([
  [300, 20_000],
  [150, 58_000],
])(
  'a run of %i results of %i characters: what is held and posted does not grow with it',
  async (results, characters) => {
    const measured = await longRun(results, characters);
    if (process.env['SHOW_MEASURED'] !== undefined) console.log(measured);
    const { state, reason, entries, most, posts, first, last, silent, stored } = measured;
    expect({ state, reason }).toEqual({ state: 'finished', reason: 'The agent is done.' });
    expect(entries).toBeGreaterThan(results);
    expect(most).toBeLessThan(80 * MB);
    // A result is a few kilobytes of it, wherever in the run it comes.
    expect(posts).toBeGreaterThan(results / AT_ONCE);
    expect(first).toBeLessThan(150_000);
    expect(last).toBeLessThan(150_000);
    expect(silent).toBe(1);
    // Each result once, and what is kept of it again whenever room is made.
    expect(stored).toBeLessThan(4 * results * characters);
  },
  300_000,
);

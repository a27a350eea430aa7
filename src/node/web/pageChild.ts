// A process of its own that makes one page readable: given on standard input, as a line of JSON and the bytes, and told on
// standard output as JSON. Whoever started it ends it where it takes too long; where that one is gone, it ends itself.
import { Worker } from 'node:worker_threads';
import type { PageSource } from '../../core/egress/pages.ts';
import { readSource } from './page/readSource.ts';

const MOST_MS = 10_000;

/** Another thread: this one may never come to look at a clock again. */
const watching = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${MOST_MS})`;
new Worker(watching, { eval: true, env: {} }).unref();

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const all = Buffer.concat(chunks);
const head = all.indexOf(0x0a);
const { isCareful, ...said } = JSON.parse(all.subarray(0, head).toString()) as Omit<PageSource, 'bytes'> & {
  isCareful: boolean;
};
const answer = await readSource({ ...said, bytes: all.subarray(head + 1) }, isCareful);
process.stdout.write(JSON.stringify(answer), () => process.exit());

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import type { Model } from '../../src/core/models/port.ts';
import { Printer } from '../../src/terminal/printer.ts';
import { PanelFeed } from '../../src/vscode/panelFeed.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { partsUnder } from './partsUnder.ts';

// A run of many long results in a process of its own (--expose-gc), watched by a panel that takes every update, by one that
// never answers, and by a terminal. FOLDER RESULTS CHARACTERS SERVER. Prints what was held and posted, as JSON.

const [base = '', count = '', characters = '', server = ''] = process.argv.slice(2);
const [results, length] = [Number(count), Number(characters)];

function held(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Post {
  bytes: number;
  entries: number;
}

/** A page: what is posted to it goes as JSON, and is taken or not. */
function page(takes: boolean, state: () => PanelState) {
  const feed = new PanelFeed();
  const posts: Post[] = [];
  feed.begin();
  return {
    posts,
    post(): void {
      const { update } = feed.next(state());
      if (!update) return;
      posts.push({ bytes: Buffer.byteLength(JSON.stringify(update)), entries: update.entries?.changes.length ?? 0 });
      if (takes) feed.taken(update.number);
    },
  };
}

const folder = join(base, 'work');
mkdirSync(folder, { recursive: true });
const line = 'a line of a source file that is neither long nor short, as there are many of them\n';
for (let at = 0; at < results; at += 1)
  writeFileSync(join(folder, `f${at}.txt`), `file ${at}\n${line.repeat(Math.ceil(length / (line.length + 8)))}`);
mkdirSync(join(base, 'config/oversign'), { recursive: true });
writeFileSync(join(base, 'config/oversign/policy.yaml'), 'max_iterations: 1000\ntimeout: 3600\n');
const node = await partsUnder(base, { folders: [folder] });
let stored = 0;
const { audit } = node.parts;
const grow = audit.growTranscript.bind(audit);
audit.growTranscript = (run, growth) => {
  stored += JSON.stringify(growth).length;
  return grow(run, growth);
};
const engine = composeEngine(node.parts);
const model: Model = openAiModel({ model: 'm', baseUrl: server, apiKey: '' });
const state = (): PanelState => ({
  ...{
    trusted: true,
    attended: true,
    enterSends: true,
    folder,
    approvals: [],
    interrupted: [],
    run: engine.view().run,
  },
  model: { provider: 'openai', label: 'm', destination: '' },
  sandbox: { state: 'works', text: '' },
  policy: { state: 'ok', notes: [] },
  way: { now: 'ask', open: [{ way: 'look' }, { way: 'ask' }, { way: 'review' }] },
});
const [taking, silent] = [page(true, state), page(false, state)];
let printed = 0;
const printer = new Printer((text) => void (printed += text.length));
let most = 0;
let changes = 0;
const start = held();
const rss = process.memoryUsage().rss;
engine.onChange(() => {
  taking.post();
  silent.post();
  const { run } = engine.view();
  if (run) printer.update(run);
  changes += 1;
  if (changes % 400 === 0) most = Math.max(most, held() - start);
});
await engine.send('read them all', model);
most = Math.max(most, held() - start);
const { run } = engine.view();
const tenth = Math.floor(taking.posts.length / 10);
const bytesOf = (posts: readonly Post[]): number => Math.max(...posts.map(({ bytes }) => bytes));
process.stdout.write(
  `${JSON.stringify({
    state: run?.state,
    reason: run?.reason,
    entries: run && run.entriesBefore + run.entries.length,
    most,
    rss: process.resourceUsage().maxRSS * 1024 - rss,
    printed,
    stored,
    posts: taking.posts.length,
    first: bytesOf(taking.posts.slice(1, tenth)),
    last: bytesOf(taking.posts.slice(-tenth)),
    silent: silent.posts.length,
  })}\n`,
);
await node.evidence[Symbol.asyncDispose]();
await node.sandbox.close();

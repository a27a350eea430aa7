import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, mkdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import { bashParser } from '../../src/core/command/bash.ts';
import { collectReply } from '../../src/core/models/collect.ts';
import { checkExamples } from '../../src/core/policy/examples.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { Rulebook } from '../../src/core/policy/rules.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { lineMatcher } from '../../src/node/search/lineMatcher.ts';
import { measured } from '../../src/node/egress/measured.ts';
import { partsUnder } from './partsUnder.ts';
import { approving } from './cards.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

// Hostile inputs, in a process that may be ended: `freezeChild.ts FOLDER STAGE...`. Prints one line of JSON: what came of
// each, and the longest time for which nothing else could have run (`stillMs`).

const [folder = '', ...stages] = process.argv.slice(2);
/** Each stage has a workspace, a home and a data folder of its own. */
let base = folder;
let work = folder;
let stillMs = 0;
let before = performance.now();
const beat = setInterval(() => {
  stillMs = Math.max(stillMs, performance.now() - before - 20);
  before = performance.now();
}, 20);

async function engine(): Promise<{ engine: Engine; end: () => Promise<void> }> {
  for (const path of [work, join(base, 'home')]) await mkdir(path, { recursive: true });
  const node = await partsUnder(base, { folders: [work] });
  return { engine: composeEngine(node.parts), end: () => node.audit[Symbol.asyncDispose]() };
}

/** Lets a scripted model make one call in a real run, and gives the words that the model gets back. */
async function call(name: string, args: unknown, stopAfterMs?: number): Promise<unknown> {
  const { engine: made, end } = await engine();
  let answer: unknown;
  made.onChange(() => {
    for (const approval of made.view().approvals)
      queueMicrotask(() => made.answer(approval.id, approval.digest, approving(approval), IN_EDITOR));
  });
  if (stopAfterMs !== undefined) setTimeout(() => void made.stop('enough'), stopAfterMs);
  await made.send('go', {
    provider: 'demo',
    label: 'scripted',
    destination: 'nowhere',
    contextTokens: 1_000_000_000, // what is fed here is told whole, and not summed up
    async *stream(request) {
      answer = request.messages.at(-1);
      const raw = typeof args === 'string' ? args : JSON.stringify(args);
      if (request.messages.at(-1)?.role === 'tool') yield { type: 'text', text: 'done' };
      else yield { type: 'call', call: { id: 'c', name, arguments: raw } };
      await Promise.resolve();
      yield { type: 'end', end: { why: 'finished' } };
    },
  });
  const state = made.view().run?.state;
  await end();
  return { state, text: (answer as { text?: string } | undefined)?.text?.slice(0, 2000) };
}

async function plant(name: string, content: string): Promise<void> {
  await mkdir(join(work, name, '..'), { recursive: true });
  await writeFile(join(work, name), content);
}

async function sparse(name: string): Promise<void> {
  await plant(name, '');
  const file = await open(join(work, name), 'r+');
  await file.truncate(200 * 2 ** 30);
  await file.close();
}

function pipe(): void {
  execFileSync('mkfifo', [join(work, 'pipe')]);
}

/** Made step by step: no path need reach the last. */
async function nested(name: string, depth: number): Promise<void> {
  await mkdir(work, { recursive: true });
  const from = process.cwd();
  process.chdir(work);
  for (let index = 0; index < depth; index += 1) {
    mkdirSync(name);
    process.chdir(name);
  }
  process.chdir(from);
}

/** `a` and `b` lead to the folder that they lie in: followed, that is two to the fortieth power of folders. */
async function loops(): Promise<void> {
  await plant('loops/x.txt', 'here');
  for (const name of ['a', 'b']) symlinkSync('.', join(work, 'loops', name));
}

function policy(text: string): unknown {
  const result = parsePolicy(text, '/policy.yaml', 'workspace');
  if (!result.ok) return result.diagnostics.slice(0, 2);
  const { rules } = mergePolicies([result.parsed]);
  new Rulebook(rules, { roots: ['/w'], home: '/h' }).ruling({
    tool: 'read_file',
    kind: 'look',
    effect: 'read',
    resources: Array.from({ length: 1000 }, (_, index) => ({ path: `/w/${'a'.repeat(200)}/${index}`, access: 'read' })),
    arguments: {},
    undo: 'none',
  });
  return bashParser().then((parser) => checkExamples(result.parsed, parser).length);
}

const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const TWO_THOUSAND = 'a'.repeat(2000);
/** With a letter that is not plain ASCII: such a file is opened here, whatever ripgrep makes of the pattern. */
const LONG_LINE = `${'a'.repeat(1_000_000)}\u00e9`;
const HOSTILE_PATTERN = '([a-z]{0,500}){0,2}[0-9]';

const STAGES: Record<string, () => unknown> = {
  'edit: a megabyte of commas, each replaced by a megabyte': async () => {
    await plant('a.txt', ','.repeat(2 ** 20));
    return call('edit_file', { path: 'a.txt', old_text: ',', new_text: 'x'.repeat(2 ** 20), replace_all: true });
  },
  'control: the same without counting first': () =>
    ','
      .repeat(2 ** 20)
      .split(',')
      .join('x'.repeat(2 ** 20)).length,
  'write: two wholly different texts of megabytes': async () => {
    await plant(
      'a.txt',
      many(150_000, (index) => `a${index}`),
    );
    return call('write_file', { path: 'a.txt', content: many(150_000, (index) => `b${index * 7}`) });
  },
  'write: two hundred lines, each with a long run of blanks within': () =>
    call('write_file', { path: 'a.txt', content: many(200, () => `x${' '.repeat(19_000)}x`) }),
  'write: beginnings of masks without an end': async () => {
    await plant('a.txt', 'x');
    return call('write_file', { path: 'a.txt', content: '[redacted:'.repeat(400_000) });
  },
  'write: a repository whose alias is one word of 900,000 letters, or of quotes': async () => {
    for (const [folder, value] of [
      ['a', `!b ${'a'.repeat(900_000)}/*`],
      ['b', `!a${'\\"'.repeat(450_000)}x`],
    ] as const) {
      await plant(`${folder}/.git/config`, `[alias]\n\tx = ${value}\n`);
      await plant(`${folder}/.git/HEAD`, 'ref: refs/heads/main\n');
      for (const name of ['objects', 'refs']) await mkdir(join(work, folder, '.git', name));
    }
    return call('write_file', { path: 'a/b.txt', content: 'x' });
  },
  'perl: options of digits that could be told apart in many ways': () =>
    call('run_command', { command: `perl -p${'0'.repeat(60)}Z a.txt` }),
  'search: large counted classes on one long line': async () => {
    await plant('a.txt', LONG_LINE);
    return call('search_files', { pattern: HOSTILE_PATTERN, regex: true });
  },
  'search: the same, stopped': async () => {
    await plant('a.txt', LONG_LINE);
    return call('search_files', { pattern: HOSTILE_PATTERN, regex: true }, 2000);
  },
  'control: the same pattern in this thread': async () => {
    const matches = await lineMatcher({ text: HOSTILE_PATTERN, isExpression: true, ignoresCase: false });
    return typeof matches === 'string' ? matches : matches('a'.repeat(1_000_000));
  },
  'search: counts of counts': async () => {
    await plant('a.txt', 'a');
    return call('search_files', { pattern: '(?:[a-z]{100}){10}'.repeat(40), regex: true });
  },
  'find: stars in every part, in a folder of many names': async () => {
    await mkdir(work, { recursive: true });
    for (let index = 0; index < 2000; index += 1) writeFileSync(join(work, `${'a'.repeat(240)}${index}`), '');
    return call('find_files', { pattern: `${'*a'.repeat(100)}*b` });
  },
  'ls beside a sparse file of 200 GB': async () => {
    await sparse('Makefile');
    await sparse('package.json');
    return call('run_command', { command: 'ls' });
  },
  'control: the same file, hashed': async () => {
    await sparse('Makefile');
    const hash = createHash('sha256');
    const file = await open(join(work, 'Makefile'));
    for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
    return hash.digest('hex');
  },
  'move of a sparse file of 200 GB': async () => {
    await sparse('a.bin');
    return call('move_path', { from: 'a.bin', to: 'b.bin' });
  },
  'delete of a folder 900 deep': async () => {
    await mkdir(join(work, Array.from({ length: 900 }, () => 'd').join('/')), { recursive: true });
    return call('delete_path', { path: 'd' });
  },
  'search in a folder 900 deep': async () => {
    await mkdir(join(work, Array.from({ length: 900 }, () => 'd').join('/')), { recursive: true });
    return call('search_files', { pattern: 'x' });
  },
  'list and delete of a folder of 20,000 entries': async () => {
    await mkdir(join(work, 'wide'), { recursive: true });
    for (let index = 0; index < 20_000; index += 1) {
      const path = join(work, 'wide', `n${index}`);
      if (index % 10 === 0) mkdirSync(path);
      else writeFileSync(path, '');
    }
    return [await call('list_directory', { path: 'wide' }), await call('delete_path', { path: 'wide' })];
  },
  'a pipe that nobody writes to, read, searched and edited': async () => {
    await plant('other.txt', 'x');
    pipe();
    return [
      await call('read_file', { path: 'pipe' }),
      await call('search_files', { pattern: 'x' }),
      await call('edit_file', { path: 'pipe', old_text: 'a', new_text: 'b' }),
      await call('delete_path', { path: 'pipe' }),
    ];
  },
  'control: the pipe, opened as a file': async () => {
    await mkdir(work, { recursive: true });
    pipe();
    return readFileSync(join(work, 'pipe'), 'utf8');
  },
  'links that lead back, two in each folder': async () => {
    await loops();
    return [
      await call('search_files', { pattern: 'nothing like it' }),
      await call('read_file', { path: `loops/${'a/b/'.repeat(30)}x.txt` }),
      await call('delete_path', { path: 'loops' }),
    ];
  },
  'control: the same links, followed': async () => {
    await loops();
    const visit = (path: string): number =>
      readdirSync(path).reduce((sum, name) => {
        const inner = join(path, name);
        return sum + (statSync(inner, { throwIfNoEntry: false })?.isDirectory() === true ? visit(inner) : 1);
      }, 0);
    return visit(join(work, 'loops'));
  },
  'names of 255 bytes, as deep as a path may be': async () => {
    await nested('n'.repeat(255), 14);
    return [
      await call('find_files', { pattern: '**/*.txt' }),
      await call('search_files', { pattern: 'x' }),
      await call('delete_path', { path: 'n'.repeat(255) }),
    ];
  },
  'names of 255 bytes, deeper than any path': async () => {
    await nested('n'.repeat(255), 40);
    const came = await call('list_directory', { path: '.' }).catch(String);
    execFileSync('rm', ['-rf', work]); // Node’s own goes by paths
    return came;
  },
  'arguments nested 100,000 deep': () => call('read_file', `{"path":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  'arguments of 100,000 keys': () =>
    call('read_file', `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(',')}}`),
  'a number beyond all numbers': () => call('read_file', '{"path":"a","start_line":1e400}'),
  'half a character': () => call('read_file', '{"path":"\\ud800"}'),
  'a tool name of 6 MB': () => call('n'.repeat(6 * 2 ** 20), {}),
  'tool calls of 6 MB each': () =>
    collectReply(
      (async function* () {
        await Promise.resolve();
        for (;;) yield { type: 'call' as const, call: { id: 'i'.repeat(6e6), name: 'n'.repeat(6e6), arguments: '' } };
      })(),
      () => undefined,
    ).catch(String),
  'a reply that never ends': async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(65_536).fill(10));
      },
    });
    return measured(new Response(body)).text().catch(String);
  },
  'policy: quotes': () => policy('"'.repeat(262_000)),
  'policy: thousands of unknown keys': () => policy(many(24_000, (index) => `k${index}: 1`)),
  'policy: thousands of aliases': () => policy(`a: &a [1]\nb: [${'*a,'.repeat(60_000)}]`),
  'policy: nested': () => policy(`a: ${'['.repeat(100_000)}`),
  'policy: braces': () =>
    policy(`rules:\n${many(500, (index) => `  - {decision: deny, why: x, paths: ["${'{a,b}'.repeat(8)}${index}"]}`)}`),
  'policy: 500 rules, 1000 paths': () =>
    policy(`rules:\n${many(500, (index) => `  - {decision: deny, why: x, paths: ["**/x${index}/**"]}`)}`),
  'policy: folders of slashes, tried with examples': () =>
    policy(
      `rules:\n  - decision: allow\n    why: x\n    commands: [npm test]\n    in:\n${many(50, () => `      - ${'/'.repeat(4095)}x`)}\n    examples:\n      no_match:\n${many(500, () => '        - a')}`,
    ),
  'policy: examples': () =>
    policy(
      `rules:\n${many(9, () => `  - decision: deny\n    why: x\n    commands: [${many(400, (index) => `git ${index}`).replaceAll('\n', ', ')}]\n    examples:\n      no_match:\n${many(400, () => '        - git -a -b 0')}`)}`,
    ),
  'redaction: long outputs, many secrets': () => {
    const redactor = new Redactor();
    for (let index = 0; index < 50; index += 1) redactor.add({ name: 'S', value: `${'ab'.repeat(200)}${index}` });
    let masked = 0;
    for (const text of ['ab'.repeat(130_000) + '7', 'YWJh'.repeat(65_000), TWO_THOUSAND.repeat(130)]) {
      masked += redactor.mask(text).masked;
      for (let at = 0; at < 200; at += 1) redactor.growing(text.slice(0, at * 100));
    }
    return masked > 0;
  },
};

const came: unknown[] = [];
for (const [index, stage] of stages.entries()) {
  base = join(folder, String(index));
  work = join(base, 'work');
  const run = STAGES[stage];
  if (!run) throw new Error(`There is no stage "${stage}".`);
  came.push(await run());
}
await new Promise((resolve) => setTimeout(resolve, 50));
process.stdout.write(
  JSON.stringify({ came, stillMs: Math.round(stillMs), peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }),
);
clearInterval(beat);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { EgressLedger } from '../../src/core/egress/ledger.ts';
import type { Sending } from '../../src/core/egress/port.ts';
import { checkBaseUrl, doorTo, EgressRefused } from '../../src/node/egress/door.ts';
import { isLoopback } from '../../src/node/egress/loopback.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { runCli } from '../support/cli.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { git, makeRepository } from '../support/repository.ts';
import { copySample, sampleStory } from '../support/sampleStory.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const UNCOUNTED = { received: () => undefined, endedBy: () => Promise.resolve(undefined) };
const WAYS_OUT =
  /\bfetch\(|node:(https?|http2|net|tls|dgram|dns)\b|from '(undici|https?|net|axios|ws)|\b(WebSocket|EventSource|XMLHttpRequest|sendBeacon)\b/;

test('only the egress door opens connections', () => {
  const sources = ['src', 'webview']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => /\.tsx?$/.test(path));
  expect(sources.length).toBeGreaterThan(60);
  const users = sources.filter((path) => WAYS_OUT.test(readFileSync(path, 'utf8')));
  // The self-test of the sandbox listens, and connects to nothing (test/architecture/house.test.ts).
  expect(users.sort()).toEqual([
    ...['authorities', 'checkedTls'].map((name) => `src/node/egress/${name}.ts`),
    ...['dial', 'httpDoor', 'joined', 'nameServer', 'serveDoor', 'socksDoor', 'straightDoor'].map(
      (name) => `src/node/egress/commandDoor/${name}.ts`,
    ),
    ...['connection', 'judgedAddress', 'nearAddresses', 'proxied', 'request'].map(
      (name) => `src/node/egress/${name}.ts`,
    ),
    // Takes listeners over from where commands are; it connects to nothing.
    'src/node/sandbox/network/doorNamespace.ts',
    'src/node/sandbox/selfTest/listener.ts',
  ]);
});

test('only the models’ adapters, their chooser, the log’s export and databases know the door and the client libraries', () => {
  const knowing = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.ts') &&
      /egress\/(door|request|connection)\.ts'|import\('openai'\)|from 'openai|from 'ollama'/.test(
        readFileSync(join('src', name), 'utf8'),
      ),
  );
  expect(knowing.sort()).toEqual([
    ...['send', 'target'].map((name) => `node/audit/otlp/${name}.ts`),
    'node/database/postgresServer.ts',
    ...['chooseModel', 'failures', 'ollamaModel', 'openaiModel', 'server'].map((name) => `node/models/${name}.ts`),
  ]);
});

test('each request to a model is in the log before it arrives, and goes nowhere but to the configured origin', async () => {
  const recorded: number[] = [];
  let bench: Workbench | undefined = undefined as Workbench | undefined;
  const story = sampleStory();
  const server = await openAiServer(async (request) => {
    const events = await bench?.node.audit.events(bench.engine.view().run?.id ?? '');
    recorded.push(
      events?.filter(({ type, data }) => type === 'egress' && data['origin'] === server.origin).length ?? 0,
    );
    return story(request);
  });
  onTestFinished(() => server.close());
  bench = await workbench();
  await copySample(bench.folder);
  await bench.run(openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: 'sk-test-key' }));
  expect(recorded).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('the door sends nothing elsewhere, nothing without leave, and follows no redirect', async () => {
  const asked: Sending[] = [];
  const server = await openAiServer(() => ({ misbehave: 'redirect' }));
  onTestFinished(() => server.close());
  const door = doorTo(server.url, (sending) => {
    asked.push(sending);
    return Promise.resolve(UNCOUNTED);
  });
  for (const elsewhere of [
    'https://example.com/v1',
    'http://127.0.0.1:1/v1',
    server.origin.replace('http:', 'https:'),
    'file:///etc/passwd',
    'data:text/plain,x',
  ])
    await expect(door(elsewhere)).rejects.toThrow(EgressRefused);
  expect(asked).toEqual([]);
  expect(server.requests).toEqual([]);
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'é' }] });
  const init = {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer sk-test-key', 'content-type': 'application/json' },
  };
  await expect(door(`${server.url}/chat/completions`, init)).rejects.toThrow(/redirect/);
  await expect(door(`${server.url}/chat/completions`, init)).rejects.toThrow(/redirect/);
  expect(asked.map(({ path, bytes }) => [path, bytes])).toEqual(
    Array(2).fill(['/v1/chat/completions', Buffer.byteLength(body)]),
  );
  const closed = doorTo(server.url, () => Promise.reject(new Error('no record')));
  await expect(closed(`${server.url}/chat/completions`, init)).rejects.toThrow('no record');
  expect(server.requests).toHaveLength(2);
});

test('what goes out and what comes back is counted, in bytes of the bodies', async () => {
  const server = await openAiServer(() => ({ text: 'grün' }));
  onTestFinished(() => server.close());
  const recorded: unknown[] = [];
  const ledger = new EgressLedger(
    (record) => Promise.resolve(recorded.push(record)),
    () => Promise.resolve(mergePolicies([])),
  );
  const door = doorTo(server.url, ledger.permit({ purpose: 'model', rules: [], contentOf: () => [] }));
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'é' }] });
  const response = await door(`${server.url}/chat/completions`, {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer sk-test-key', 'content-type': 'application/json' },
  });
  const bytesIn = (await response.arrayBuffer()).byteLength;
  expect(bytesIn).toBeGreaterThan(0);
  expect(ledger.received).toBe(bytesIn);
  expect(recorded).toMatchObject([{ data: { origin: server.origin, bytes: Buffer.byteLength(body) } }]);
});

test('egress events are made by the ledger: for a run, for a request of a tool, and for the log’s export', () => {
  const making = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.ts') && /type: 'egress'|(?:record|add)\('egress'/.test(readFileSync(join('src', name), 'utf8')),
  );
  expect(making.sort()).toEqual([...['core/agent/pieceOfWork.ts', 'core/tools/ledgerOf.ts', 'node/audit/evidence.ts']]);
  for (const name of making) expect(readFileSync(join('src', name), 'utf8')).toMatch(/new EgressLedger\(/);
});

test('addresses: encrypted, or on this machine, and without credentials in them', () => {
  for (const good of [
    'https://api.openai.com/v1',
    'http://127.0.0.1:11434',
    'http://localhost:1234/v1/',
    'http://[::1]:8080',
    'http://127.9.9.9',
    'http://api.localhost:11434',
    'http://LOCALHOST.:11434',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
  ])
    expect(checkBaseUrl(good), good).toMatchObject({ ok: true });
  for (const bad of [
    'http://api.openai.com/v1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://128.0.0.1',
    'http://0.0.0.0:1',
    'http://[::ffff:8.8.8.8]',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'https://user:pass@example.com',
    'https://user@example.com',
    'api.openai.com',
    '',
    'http://10.0.0.1',
    'https://example.com/v1?key=x',
    'https://example.com/v1#x',
    'http://127.1.example',
    'http://localhost.example',
    'http://notlocalhost',
    'https://0.0.0.0',
    'https://[::]:1',
    'https://[::ffff:0.0.0.0]',
    'http://[::ffff:128.0.0.1]',
    'http://[::127.0.0.1]',
  ])
    expect(checkBaseUrl(bad), bad).toMatchObject({ ok: false });
  expect([isLoopback(new URL('http://0x7f.1').hostname), isLoopback('127.0.0.1.'), isLoopback('notlocalhost')]).toEqual(
    [true, false, false],
  );
});

/** Runs the command line with a watch on everything that could open a connection. */
async function watchedRun(base: string, args: string[]): Promise<{ code: number | null; tried: string }> {
  const log = join(base, 'connections');
  const watch = new URL(`../support/watchConnections.ts?log=${encodeURIComponent(log)}`, import.meta.url).href;
  const { code } = await runCli(
    ['run', 'mend it', '--workspace', join(base, 'work'), '--answers-from-input', ...args],
    { base, node: ['--import', watch] },
    'y\ny\ny\nn\n',
  );
  return { code, tried: readFileSync(log, 'utf8') };
}

test('a run of the demo opens no connection and looks no name up', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '' });
  await copySample(join(base, 'work'));
  expect(await watchedRun(base, ['--model', 'demo'])).toEqual({ code: 0, tried: '' });
});

test('a run with a local model connects to that model alone', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', key: 'sk-test-key' });
  await copySample(join(base, 'work'));
  const server = await openAiServer(sampleStory());
  onTestFinished(() => server.close());
  const { code, tried } = await watchedRun(base, [
    '--model',
    'openai',
    '--model-name',
    'm',
    '--base-url',
    server.url,
    '--api-key-file',
    join(base, 'key'),
  ]);
  expect(code).toBe(0);
  const lines = tried.trim().split('\n');
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toContain(`"host":"127.0.0.1","port":${new URL(server.url).port}`);
});

/** Lines that print what is in a.txt. */
const PRINTING = [
  ...['cat a.txt', 'grep -r . .', 'head -1 *.txt', 'echo "$(< a.txt)"', 'read x < a.txt; echo "$x"', 'tr a b < a.txt'],
  ...['xargs -a a.txt echo', 'find . -name a.txt -exec cat {} +', 'date -f a.txt', 'du --files0-from=a.txt'],
  ...['ls | xargs cat', 'cp a.txt b.txt && cat b.txt', 'tee b.txt < a.txt', 'mapfile -t x < a.txt; echo "${x[0]}"'],
  ...['git diff', 'git show', 'git log -p', 'git stash show -p', 'git blame a.txt', 'git -P diff'],
  ...['git add -p < /dev/null', 'git commit -v --dry-run a.txt', 'git commit --verbo --dry-run a.txt'],
  'git add a.txt; git status -v',
  'git rev-parse HEAD:a.txt | git cat-file --batch',
  "git tag t $(git hash-object -w a.txt); git for-each-ref --format='%(raw)'",
  "git tag -f u $(git hash-object -w a.txt); git tag --format='%(raw)'",
];
/** Prints nothing of it here; but hooks may print whatever they like. */
const WITH_HOOKS = 'git commit -qm x a.txt';
/** And such that print none of it. */
const SILENT = ['ls', 'git status', 'git add a.txt', WITH_HOOKS, 'find . -name a.txt'];

test('what an output holds of files is recorded, whatever printed it', async () => {
  const bench = await workbench({ files: { 'a.txt': 'before\n' } });
  makeRepository(bench.folder);
  await plant(bench.folder, { 'a.txt': 'CONTENT\n' });
  git(bench.folder, 'stash', '-q');
  git(bench.folder, 'stash', 'apply', '-q');
  const lines = [...PRINTING, ...SILENT];
  const turn = (commands: string[]): { calls: { name: string; args: { command: string } }[] } => ({
    calls: commands.map((command) => ({ name: 'run_command', args: { command } })),
  });
  const events = await bench.run([turn(PRINTING), turn(SILENT)]);
  const of = (type: string): Record<string, unknown>[] =>
    events.filter((event) => event.type === type).map(({ payload }) => ({ ...payload }));
  const outputs = of('finished').map(({ output }) => String(output));
  const actions = of('proposed').map(({ action }) => action as { command?: { contentOf?: string[] } });
  expect(outputs.length).toBe(lines.length);
  expect(lines.filter((_line, index) => /CONTENT|before/.test(outputs[index] ?? ''))).toEqual(PRINTING);
  const recorded = lines.filter((_line, index) => {
    const names = actions[index]?.command?.contentOf ?? [];
    return names.some((name) => [`?${bench.folder}/`, `${bench.folder}/`, join(bench.folder, 'a.txt')].includes(name));
  });
  expect(recorded).toEqual([...PRINTING, WITH_HOOKS]);
});

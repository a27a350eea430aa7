import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { runCli } from '../support/cli.ts';
import type { ScriptedReply, ServerScript } from '../support/modelServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

const KEY = 'sk-proj-Zx81kfQ02mVb77LrTTe55aPwYhJd93sNcUo46GiXq';
const VALUES = {
  OPENAI_API_KEY: 'sk-env-QpWo99alskZmxn10ALXS',
  FOO_TOKEN: 'foo/Tok+en=81 Qwzr&93?',
  ODD_ONE: 'oddly-named-55-value',
};
const ALL = [KEY, ...Object.values(VALUES)];

const encodings: [string, (value: string) => string][] = [
  ['plain', (value) => value],
  ['base64', (value) => Buffer.from(value).toString('base64').replace(/.=+$/, '')],
  ['URL', encodeURIComponent],
  ['hex', (value) => Buffer.from(value).toString('hex')],
];
/** All values in all forms, as a careless program would print them. */
const LEAK = ALL.flatMap((value) => encodings.map(([name, encode]) => `${name}: ${encode(value)}`)).join('\n');

/** What of the secrets stands in a text, by form. */
function found(text: string): string[] {
  return ALL.flatMap((value) =>
    [...encodings, ['JSON', (plain: string) => JSON.stringify(plain).slice(1, -1)] as const].flatMap(
      ([name, encode]) => (text.includes(encode(value)) ? [`${name} of ${value}`] : []),
    ),
  );
}

/** Every file below a folder as text, except what `leaveOut` names. */
function filesBelow(folder: string, leaveOut: RegExp): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !leaveOut.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}

test('the look itself sees what it is to find', () => {
  expect(found(LEAK)).toHaveLength(ALL.length * 5);
});

/** Tries everything that could bring a secret to the surface. */
const attempts: ScriptedReply[] = [
  {
    calls: [
      {
        name: 'run_command',
        args: { command: 'env; cat /proc/1/environ /proc/*/environ 2>/dev/null | tr "\\0" "\\n"; true' },
      },
    ],
  },
  { calls: [{ name: 'read_file', args: { path: 'notes.txt' } }] },
  { calls: [{ name: 'search_files', args: { pattern: 'sk-' } }] },
  { calls: [{ name: 'run_command', args: { command: 'cat notes.txt; base64 notes.txt' } }] },
  // Long outputs are cut in the middle: here the cut would go through the key.
  {
    calls: [
      {
        name: 'run_command',
        args: { command: 'head -c 11980 /dev/zero | tr "\\0" x; cat key.txt; head -c 20000 /dev/zero | tr "\\0" y' },
      },
    ],
  },
  { text: `I found these: ${LEAK}`, calls: [{ name: 'write_file', args: { path: 'out.txt', content: LEAK } }] },
  { calls: [{ name: 'run_command', args: { command: `echo '${KEY}'; exit 3` } }] },
  { calls: ALL.map((value) => ({ name: value, args: { [value]: value } })) },
  { calls: ALL.map((value) => ({ name: 'list_directory', args: { path: value } })) },
  { calls: [{ name: 'edit_file', args: { path: 'notes.txt', old_text: 'a line to edit', new_text: KEY } }] },
  { calls: [{ name: 'move_path', args: { from: 'notes.txt', to: `${VALUES.ODD_ONE}.txt` } }] },
];

/** What undo keeps are the workspace’s own bytes, as they stand there: no likely secret among them, and read by nobody else. */
const COPIES = /\/blobs\/|\/trees\/[^/]+\/pack$|\.pack$/;

test('planted secrets reach neither model, log, transcript, checkpoints, view nor commands', async () => {
  const script: ServerScript = (_, number) =>
    attempts[number] ?? { misbehave: 'wrong-in-stream', text: `your key ${KEY} is not welcome, ${LEAK}` };
  const server = await openAiServer(script, { apiKey: KEY });
  onTestFinished(() => server.close());
  const bench = await workbench({
    files: { 'notes.txt': `${LEAK}\na line to edit\n${'x'.repeat(1980)} ${KEY}\n`, 'key.txt': KEY },
    environment: VALUES,
    userPolicy: 'redaction: {variables: [ODD_ONE]}\n',
  });
  bench.engine.addSecret({ name: 'API key', value: KEY });
  const views: string[] = [];
  bench.engine.onChange(() => views.push(JSON.stringify(bench.engine.view())));
  const events = await bench.run(
    openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: KEY }),
    `do it with ${LEAK}`,
  );

  expect(server.problems).toEqual([]);
  expect(server.requests).toHaveLength(attempts.length + 1);
  expect(bench.engine.view().run?.reason).toContain('your key [redacted:API key] is not welcome');
  // Each attempt really was made, and what it gave was masked rather than missing.
  const outputs = events.filter(({ type }) => type === 'finished').map(({ payload }) => String(payload?.['output']));
  for (const output of outputs.slice(1, 5)) expect(output).toContain('[redacted:');
  expect(outputs[0]).toContain('HOME=/home/agent');
  for (const name of Object.keys(VALUES)) expect(outputs[0]).not.toContain(name);

  for (const { body, headers } of server.requests)
    expect(found(body + JSON.stringify({ ...headers, authorization: '' }))).toEqual([]);
  expect(views.length).toBeGreaterThan(20);
  expect(views.flatMap(found)).toEqual([]);
  const kept = filesBelow(bench.data, COPIES);
  expect(kept.map(({ path }) => path).join('\n')).toMatch(/audit\.db[^]*checkpoints/);
  expect(kept.some(({ text }) => text.includes('[redacted:FOO_TOKEN]'))).toBe(true);
  expect(kept.flatMap(({ path, text }) => found(text).map((what) => `${path}: ${what}`))).toEqual([]);
  // The beginning of a secret, left by a cut in the middle of it, is none either.
  for (const { path, text } of kept) expect(text.includes(KEY.slice(0, 12)), path).toBe(false);
  for (const { body } of server.requests) expect(body.includes(KEY.slice(0, 12))).toBe(false);
});

test('a variable that commands may see is seen by them, and still by nobody else', async () => {
  const seen: string[] = [];
  const bench = await workbench({
    environment: VALUES,
    userPolicy: 'environment: {allowed_variables: [FOO_TOKEN]}\n',
  });
  const events = await bench.run((request, turn) => {
    seen.push(JSON.stringify(request));
    return turn === 0
      ? {
          calls: [
            {
              name: 'run_command',
              args: { command: 'echo "${#FOO_TOKEN} $FOO_TOKEN"; printf %s "$FOO_TOKEN" | base64' },
            },
          ],
        }
      : {};
  });
  const output = String(events.find(({ type }) => type === 'finished')?.payload?.['output']);
  expect(output).toContain(`${VALUES.FOO_TOKEN.length} [redacted:FOO_TOKEN]`);
  expect(seen.flatMap(found)).toEqual([]);
  expect(filesBelow(bench.data, COPIES).flatMap(({ text }) => found(text))).toEqual([]);
});

test('a secret is masked while it streams in, not only when it is whole', async () => {
  const server = await openAiServer(() => ({ text: `The key is ${KEY}, and the token ${VALUES.FOO_TOKEN}.` }), {
    apiKey: KEY,
  });
  onTestFinished(() => server.close());
  const bench = await workbench({ environment: VALUES });
  bench.engine.addSecret({ name: 'API key', value: KEY });
  const views: string[] = [];
  bench.engine.onChange(() => views.push(JSON.stringify(bench.engine.view())));
  await bench.run(openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: KEY }));
  expect(views.some((view) => view.includes('"streaming":true'))).toBe(true);
  for (const view of views) for (const value of [KEY, VALUES.FOO_TOKEN]) expect(view).not.toContain(value.slice(0, 5));
  expect(views.at(-1)).toContain('The key is [redacted:API key], and the token [redacted:FOO_TOKEN].');
});

test('the command line takes the key out of its environment: no command can be given it', async () => {
  const base = await temporaryFolder();
  const server = await openAiServer(
    ({ results }) =>
      results.length === 0
        ? { calls: [{ name: 'run_command', args: { command: 'env; cat /proc/*/environ | tr "\\0" "\\n"' } }] }
        : { text: `done, ${KEY}` },
    { apiKey: KEY },
  );
  onTestFinished(() => server.close());
  await plant(base, {
    'work/a.txt': `${VALUES.OPENAI_API_KEY}\n`,
    'home/.keep': '',
    key: `${KEY}\n`,
    'config/oversign/policy.yaml': 'environment: {allowed_variables: [OPENAI_API_KEY]}\n',
  });
  const args = [
    'run',
    'x',
    '--workspace',
    'work',
    '--model',
    'openai',
    '--model-name',
    'm',
    '--base-url',
    server.url,
    '--api-key-file',
    'key',
    '--answers-from-input',
  ];
  const end = await runCli(args, { base, environment: { OPENAI_API_KEY: VALUES.OPENAI_API_KEY } }, 'y\n');
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toContain('done, [redacted:OPENAI_API_KEY]');
  const told = server.requests[1]?.body ?? '';
  expect(told).toContain('HOME=/home/agent');
  expect(told).not.toContain('OPENAI_API_KEY');
  const everything = [
    end.stdout,
    ...server.requests.map(({ body }) => body),
    ...filesBelow(join(base, 'data'), COPIES).map(({ text }) => text),
  ];
  expect(everything.flatMap(found)).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const ENVIRONMENT = { DB_PASSWORD: 'hunter2-secret-77' };
const NAMED = 'port: 1\npassword: hunter2-secret-77\n';
const ADDRESS = 'port: 1\nurl: postgres://app:correct-horse@db/app\n';
const LITERAL = 'port: 1\nshown: [redacted:DB_PASSWORD]\n';

interface Tried {
  bench: Workbench;
  outcome: string;
  said: string;
  left: string;
}

async function tried(before: string, name: 'edit_file' | 'write_file', args: Record<string, unknown>): Promise<Tried> {
  const bench = await workbench({ files: { 'app.yml': before }, environment: ENVIRONMENT });
  const events = await bench.run([{ calls: [{ name, args: { path: 'app.yml', ...args } }] }]);
  const ended = events.findLast(({ type }) => type === 'finished')?.payload;
  return {
    bench,
    outcome: outcomes(events).join(),
    said: JSON.stringify(ended),
    left: readFileSync(join(bench.folder, 'app.yml'), 'utf8'),
  };
}

/** A file as read_file shows it, without the numbers. */
async function asShown(before: string): Promise<string> {
  const bench = await workbench({ files: { 'app.yml': before }, environment: ENVIRONMENT });
  let text = '';
  await bench.run(({ messages }, turn) => {
    const last = messages.at(-1);
    if (turn === 1) text = last && 'text' in last ? last.text : '';
    return turn === 0 ? { calls: [{ name: 'read_file', args: { path: 'app.yml' } }] } : {};
  });
  return text.replace(/^\d+\t/gm, '');
}

test.each([
  ['a named secret', NAMED],
  ['a password in an address', ADDRESS],
])('%s survives what the model writes back, and no card shows it', async (_, before) => {
  const shown = await asShown(before);
  expect(shown).toContain('[redacted');
  const secretLine = shown.split('\n')[1] ?? '';
  const wanted = before.replace('port: 1', 'port: 2');
  for (const [name, args, left] of [
    ['write_file', { content: shown.replace('port: 1', 'port: 2') }, wanted],
    ['edit_file', { old_text: shown, new_text: shown.replace('port: 1', 'port: 2') }, wanted],
    ['edit_file', { old_text: secretLine, new_text: `${secretLine} # kept` }, before.replace(/\n$/, ' # kept\n')],
    ['edit_file', { old_text: `${secretLine}\n`, new_text: '' }, 'port: 1\n'],
    ['edit_file', { old_text: 'port: 1\n', new_text: '' }, before.replace('port: 1\n', '')],
  ] as const) {
    const done = await tried(before, name, args);
    expect(done).toMatchObject({ outcome: 'done', left });
    expect(JSON.stringify(done.bench.asked)).not.toMatch(/hunter2|correct-horse/);
  }
});

test.each([
  ['a named secret', NAMED],
  ['a password in an address', ADDRESS],
])('%s is not brought to another place, and its mask not in its place', async (_, before) => {
  const shown = await asShown(before);
  const secretLine = shown.split('\n')[1] ?? '';
  const elsewhere = secretLine.replace(/^\w+/, 'other');
  for (const [name, args] of [
    ['edit_file', { old_text: 'port: 1', new_text: `port: 2\n${secretLine}` }],
    ['edit_file', { old_text: secretLine, new_text: elsewhere }],
    ['write_file', { content: `${elsewhere}\n` }],
    ['write_file', { content: shown.replace('port: 1', secretLine) }],
  ] as const) {
    const { outcome, said, left, bench } = await tried(before, name, args);
    expect(outcome).toBe('failed:not-possible');
    expect(said).toContain('holds a secret that you were shown as [redacted]');
    expect(left).toBe(before);
    expect(bench.asked).toEqual([]);
  }
});

test('two secrets under one name each stay where they are', async () => {
  const before = 'a:\n  url: postgres://app:first-horse@db/app\nb:\n  url: postgres://app:second-horse@db/app\n';
  const shown = await asShown(before);
  const kept = await tried(before, 'write_file', { content: shown.replace('a:', 'A:') });
  expect(kept).toMatchObject({ outcome: 'done', left: before.replace('a:', 'A:') });
  const apart = await tried(before, 'write_file', { content: shown.replaceAll('/app\n', '/web\n') });
  expect(apart).toMatchObject({ outcome: 'done', left: before.replaceAll('/app\n', '/web\n') });
  // Side by side, which of the two values stood in a line that changes cannot be told.
  const beside = before.replace('b:\n', '');
  const content = (await asShown(beside)).replaceAll('/app\n', '/web\n');
  expect(await tried(beside, 'write_file', { content })).toMatchObject({
    outcome: 'failed:not-possible',
    left: beside,
  });
});

test('a mask that was shown is written into no other file and run by no command; control: before it was shown', async () => {
  const calls = [
    { name: 'write_file', args: { path: 'new.yml', content: 'password: [redacted:DB_PASSWORD]\n' } },
    { name: 'run_command', args: { command: 'echo "[redacted:DB_PASSWORD]" > out.txt' } },
  ];
  const bench = await workbench({ files: { 'app.yml': NAMED }, environment: ENVIRONMENT });
  const refused = await bench.run([{ calls: [{ name: 'read_file', args: { path: 'app.yml' } }] }, { calls }]);
  expect(outcomes(refused)).toEqual(['done', 'failed:not-possible', 'failed:not-possible']);
  expect(bench.asked).toEqual([]);
  const control = await workbench({ files: { 'app.yml': NAMED }, environment: ENVIRONMENT });
  expect(outcomes(await control.run([{ calls }]))).toEqual(['done', 'done']);
});

test('what a value is that texts are full of is no secret, and stands as it is', async () => {
  const environment = { OPENAI_API_KEY: 'ollama', DB_PASSWORD: 'postgres', API_TOKEN: 'hunter2-secret-77' };
  const bench = await workbench({ files: { 'compose.yml': 'image: x\n' }, environment });
  await bench.run([
    { calls: [{ name: 'edit_file', args: { path: 'compose.yml', old_text: 'x', new_text: 'ollama/ollama' } }] },
    { calls: [{ name: 'run_command', args: { command: 'echo ollama postgres > o.txt' } }] },
    { calls: [{ name: 'run_command', args: { command: 'echo hunter2-secret-77 > p.txt' } }] },
  ]);
  expect(readFileSync(join(bench.folder, 'compose.yml'), 'utf8')).toBe('image: ollama/ollama\n');
  expect(readFileSync(join(bench.folder, 'o.txt'), 'utf8')).toBe('ollama postgres\n');
  const cards = JSON.stringify(bench.asked);
  expect(cards).toContain('echo ollama postgres');
  expect(cards).not.toContain('hunter2-secret-77');
});

test('what only looks like a mask is text as any other where there is no secret', async () => {
  for (const [name, args, left] of [
    ['write_file', { content: `${LITERAL}more: [redacted]\n` }, `${LITERAL}more: [redacted]\n`],
    [
      'edit_file',
      { old_text: 'shown: [redacted:DB_PASSWORD]', new_text: 'seen: [redacted:DB_PASSWORD]' },
      LITERAL.replace('shown', 'seen'),
    ],
  ] as const)
    expect(await tried(LITERAL, name, args)).toMatchObject({ outcome: 'done', left });
  const both = LITERAL + NAMED;
  const moved = await tried(both, 'edit_file', { old_text: 'shown: [redacted', new_text: 'seen: [redacted' });
  expect(moved).toMatchObject({ outcome: 'done', left: both.replace('shown', 'seen') });
});

test('what the model itself writes down is written as it is, with an address in it too', async () => {
  const content = 'DATABASE_URL=postgres://app:correct-horse@localhost/app\n';
  const { outcome, left, bench } = await tried('old\n', 'write_file', { content });
  expect({ outcome, left }).toEqual({ outcome: 'done', left: content });
  expect(JSON.stringify(bench.asked)).not.toContain('correct-horse');
});

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
])('%s survives what the model writes back, with the card never shown', async (_, before) => {
  const shown = await asShown(before);
  expect(shown).toContain('[redacted');
  const secretLine = shown.split('\n')[1] ?? '';
  for (const [name, args] of [
    ['write_file', { content: shown.replace('port: 1', 'port: 2') }],
    ['edit_file', { old_text: shown, new_text: shown.replace('port: 1', 'port: 2') }],
    ['edit_file', { old_text: 'port: 1', new_text: `port: 2\n${secretLine}` }],
  ] as const) {
    const { outcome, said, left, bench } = await tried(before, name, args);
    expect(outcome).toBe('failed:not-possible');
    expect(said).toContain('holds a secret that you were shown as [redacted]');
    expect(left).toBe(before);
    expect(bench.asked).toEqual([]);
  }
  const around = await tried(before, 'edit_file', { old_text: 'port: 1', new_text: 'port: 2' });
  expect(around).toMatchObject({ outcome: 'done', left: before.replace('port: 1', 'port: 2') });
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

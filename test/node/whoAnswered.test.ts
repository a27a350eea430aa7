import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copySample } from '../support/sampleStory.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** The demo, with this on its standard input; who answered its questions, as the log has it. */
async function answersTo(input: string): Promise<{ by: unknown; choice: unknown; at: unknown }[]> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '' });
  await copySample(join(base, 'work'));
  await runCli(['run', 'Find the bug', '--workspace', 'work'], { base }, input);
  using database = new DatabaseSync(join(base, 'data/oversign/audit.db'), { readOnly: true });
  const rows = database.prepare("SELECT body FROM events WHERE type = 'answered' ORDER BY seq").all();
  return rows.map(({ body }) => {
    const { data } = JSON.parse(String(body)) as { data: Record<string, unknown> };
    return { by: data['by'], choice: data['choice'], at: data['at'] };
  });
}

test('where nobody is there, no person is said to have denied', async () => {
  const answers = await answersTo('');
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers) expect(answer).toEqual({ by: 'nobody', choice: 'deny', at: undefined });
});

test('lines that lay ready are input, not a person; after their end nobody is there', async () => {
  const [first, second, ...more] = await answersTo('y\nn\n');
  expect(first).toEqual({ by: 'input', choice: 'approve', at: undefined });
  expect(second).toEqual({ by: 'input', choice: 'deny', at: undefined });
  for (const answer of more) expect(answer).toEqual({ by: 'nobody', choice: 'deny', at: undefined });
});

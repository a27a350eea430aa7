import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { ChangedPath } from '../../src/shared/change.ts';
import { earlierLine, figures } from '../../src/extension/earlierLines.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { sampleEvent } from '../support/sampleEvent.ts';
import { temporaryFolder } from '../support/tree.ts';

const changed = (path: string): ChangedPath => ({ path, before: { kind: 'absent' }, after: { kind: 'file' } });

test('a run says in the list how many files it changed, each once, also where a record is damaged or erased', async () => {
  const file = join(await temporaryFolder(), 'audit.db');
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  const change = (run: string, paths: string[]): number =>
    store.append({
      ...{ type: 'changed', run, action: 'a', data: { extent: 'exact', paths: paths.length } },
      payload: { paths: paths.map(changed) },
    }).seq;
  for (const run of ['three', 'none', 'erased', 'odd']) store.append({ ...sampleEvent('run_started'), run });
  change('three', ['/w/a', '/w/b']);
  change('three', ['/w/b', '/w/c']);
  const erased = change('erased', ['/w/a', '/w/b']);
  const odd = change('odd', ['/w/a']);
  const garbage = change('odd', ['/w/b']);
  {
    using database = new DatabaseSync(file);
    const set = (body: string, seq: number): void => {
      const { salt } = database.prepare('SELECT salt FROM payloads WHERE seq = ?').get(seq) ?? {};
      database.prepare('DELETE FROM payloads WHERE seq = ?').run(seq);
      database.prepare('INSERT INTO payloads (seq, salt, body) VALUES (?, ?, ?)').run(seq, String(salt), body);
    };
    set('{"paths":["no object",7,null,{"path":"/w/a"}]}', odd);
    set('{"paths":[{"pa', garbage);
    database.prepare('DELETE FROM payloads WHERE seq = ?').run(erased);
  }
  const summaries = store.summaries(['three', 'none', 'erased', 'odd']);
  expect(summaries.map(({ run, files }) => [run, files])).toEqual([
    ['three', 3],
    ['none', undefined],
    ['erased', 2],
    ['odd', 1],
  ]);
  const [three, none] = summaries;
  expect(three && figures(three)).toEqual(['0 actions', '3 files changed']);
  expect(three && earlierLine({ ...three, questions: 2 }).told).toMatch(/ · 3 files changed · 2 asked$/);
  expect(none && earlierLine(none).told).not.toContain('·');
});

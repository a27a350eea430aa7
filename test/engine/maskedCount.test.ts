import { expect, test } from 'vitest';
import { workbench } from '../support/workbench.ts';

const SECRET = 'sk-abcdef123456';

test('the log counts what was masked in a result, and nothing that others mask meanwhile', async () => {
  const bench = await workbench({
    files: { 'a.txt': `one ${SECRET}\ntwo ${SECRET}\n`, 'b.txt': 'nothing in it\n' },
    change: ({ parts }) => {
      const { textSearch } = parts;
      parts.textSearch = {
        filesWith: textSearch.filesWith,
        open: (pattern, signal) => {
          bench.engine.redactor.text(`a card that is shown: ${SECRET}`);
          return textSearch.open(pattern, signal);
        },
      };
    },
  });
  bench.engine.addSecret({ name: 'KEY', value: SECRET });
  const events = await bench.run([
    { calls: [{ name: 'search_files', args: { pattern: 'nothing', path: 'b.txt' } }] },
    { calls: [{ name: 'search_files', args: { pattern: 'one', path: 'a.txt' } }] },
    { calls: [{ name: 'read_file', args: { path: 'a.txt' } }] },
    { calls: [{ name: 'run_command', args: { command: 'cat a.txt' } }] },
  ]);
  const finished = events.filter(({ type }) => type === 'finished');
  const masked = finished.map(
    ({ action }) => events.find((event) => event.type === 'redaction' && event.action === action)?.data['masked'],
  );
  expect(masked).toEqual([undefined, 1, 2, 2]);
});

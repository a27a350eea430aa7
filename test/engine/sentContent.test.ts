import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SentContent } from '../../src/core/agent/sentContent.ts';
import { contentWords } from '../../src/core/audit/contentWords.ts';
import { runPage } from '../../src/core/audit/html.ts';
import { runReport } from '../../src/core/audit/report.ts';
import type { Model } from '../../src/core/models/port.ts';
import { scripted, workbench, type Script, type Turn } from '../support/workbench.ts';

/** Says what a script says, as a model of another machine would be asked for it. */
function elsewhere(script: Script): Model {
  const inner = scripted(script);
  return {
    ...inner,
    async *stream(request, permit, signal) {
      await permit({ origin: 'http://127.0.0.1:1', path: '/', method: 'POST', bytes: 1, isLocal: true });
      yield* inner.stream(request, permit, signal);
    },
  };
}

describe('what the record of what leaves names', () => {
  const FILES = { 'src/a.txt': 'needle\n', 'src/sub/b.txt': 'needle\n', 'hay.txt': 'hay\n' };
  const run = (command: string): Turn => ({ calls: [{ name: 'run_command', args: { command } }] });

  /** `contentOf` of the request that follows one call, seen from the workspace. */
  async function heldAfter(turn: Turn): Promise<string[]> {
    const bench = await workbench({ files: FILES });
    symlinkSync('src', join(bench.folder, 'link'));
    execFileSync('git', ['init', '-q', bench.folder]);
    const events = await bench.run(elsewhere([turn]));
    const sent = events.filter(({ type }) => type === 'egress');
    expect(sent[0]?.payload?.['contentOf']).toEqual([]);
    const entries = sent.at(-1)?.payload?.['contentOf'] as string[];
    return entries.map((entry) => entry.replace(bench.folder, '.'));
  }

  test.each<[command: string, held: string[]]>([
    ['grep -r needle .', ['./']],
    ['grep -rn needle src', ['./src/']],
    ['rg needle', ['./']],
    ['find . -name "*.txt" -exec cat {} +', ['./']],
    ['find src -type f | xargs cat', ['./']],
    ['grep -r --include=a.txt needle', ['./']],
    ['rg needle src', ['./src/']],
    ['grep -r needle link/', ['./']],
    ['rg needle link/sub', ['./']],
    ['cat src/*/b.txt', ['./src/']],
    ['cat *.txt', ['./']],
    ['cat src/*.txt', ['./src/']],
    ['cat hay.txt', ['./hay.txt']],
    ['cat < hay.txt', ['./hay.txt']],
    ['cat hay.txt src/a.txt', ['./hay.txt', './src/a.txt']],
    ['cd src && cat a.txt', ['./src/a.txt']],
    ['python3 -c "print(1)"', ['?./']],
    ['git commit -q --allow-empty -F hay.txt; git log -1', ['?./']],
    ['git commit --allow-empty -m x', ['?./']],
    ['git tag -F hay.txt t; git tag -n', ['?./']],
    ['bash -c "$(cat hay.txt); echo x"', ['./hay.txt', '?./']],
    // The control: names only, or nothing at all.
    ['ls -R', []],
    ['find . -name "*.txt"', []],
    ['echo hello', []],
    ['git status --short', []],
    ['grep -rq needle .', []],
    ['python3 -c "pass"', []],
  ])('after %s', async (command, held) => {
    expect(await heldAfter(run(command))).toEqual(held);
  });

  test('a search names the files that it showed lines of, and nothing where it showed none', async () => {
    const search = (pattern: string): Turn => ({ calls: [{ name: 'search_files', args: { pattern, path: '.' } }] });
    expect(await heldAfter(search('needle'))).toEqual(['./src/a.txt', './src/sub/b.txt']);
    expect(await heldAfter(search('nowhere'))).toEqual([]);
  });
});

describe('the list of them', () => {
  const entriesOf = (...entries: string[]): string[] => new SentContent(entries).entries;

  test.each<[given: string[], kept: string[]]>([
    [['/w/src/a', '/w/src/'], ['/w/src/']],
    [['/w/src/', '/w/src/a', '/w/src/sub/', '?/w/src/', '?/w/src/sub/'], ['/w/src/']],
    [
      ['?/w/', '/w/a', '?/w/src/'],
      ['/w/a', '?/w/'],
    ],
    [['?/w/src/', '?/w/', '/w/'], ['/w/']],
    [
      ['/w/src-2/a', '/w/src/'],
      ['/w/src-2/a', '/w/src/'],
    ],
    [
      ['?/', '/w/a'],
      ['/w/a', '?/'],
    ],
    [['/', '/w/a', '?/x/'], ['/']],
  ])('%j is %j', (given, kept) => {
    expect(entriesOf(...given)).toEqual(kept);
    expect(entriesOf(...given.toReversed())).toEqual(kept);
  });

  test('is never longer than 200: folders stand for the deepest', () => {
    const many = Array.from({ length: 150 }, (_, index) => `/w/deep/${index % 3}/${index}`);
    const more = Array.from({ length: 100 }, (_, index) => `/w/deep/x/${index}`);
    expect(entriesOf('/w/a', ...many)).toHaveLength(151);
    expect(entriesOf('/w/a', ...many, ...more)).toEqual([
      '/w/a',
      '/w/deep/0/',
      '/w/deep/1/',
      '/w/deep/2/',
      '/w/deep/x/',
    ]);
    expect(entriesOf(...Array.from({ length: 1000 }, (_, index) => `/${index}`))).toEqual(['/']);
    expect(entriesOf(...Array.from({ length: 1000 }, (_, index) => `?/${index}/`))).toEqual(['?/']);
  });
});

test('people read folders as files in them', async () => {
  expect(contentWords('/w/src/', '/w')).toBe('files in src/');
  expect(contentWords('?/w/src/', '/w')).toBe('files in src/, not known which');
  expect(contentWords('?/w/', '/w')).toBe('files in ./, not known which');
  expect(contentWords('/w/a', '/w')).toBe('a');
  expect(contentWords('/w-2/a', '/w')).toBe('/w-2/a');

  const bench = await workbench({ files: { 'src/a.txt': 'needle\n' } });
  const call = (command: string): Turn => ({ calls: [{ name: 'run_command', args: { command } }] });
  const events = await bench.run(elsewhere([call('grep -r needle src'), call('python3 -c "print(1)"')]));
  const [summary] = await bench.node.audit.runs(1);
  if (!summary) throw new Error('the run is in the log');
  for (const text of [runReport(summary, events), runPage(summary, events)])
    expect(text.replaceAll('` ', '`').replaceAll(' `', '`')).toContain(
      'held content of:`files in src/; files in ./, not known which`.',
    );
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TOOL_NAMES } from '../../src/core/policy/toolNames.ts';
import { EVENTS } from '../../src/shared/eventTable.ts';

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(path) ? [path] : [];
  });
}

const SOURCES = [...sources('src'), ...sources('webview')].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Where a new tool has its lines. The compiler wants the second once there is the first; `npm run generate` writes the third. */
const WANTED = ['src/core/tools/table.ts', 'src/core/policy/toolNames.ts'];

/** Who else speaks of a tool by name, and why no other tool could ever be meant there. */
const SPEAK_OF_ONE: Record<string, string> = {
  'src/core/audit/oldChange.ts': 'logs of versions that had these tools and no `changed` event',
  'src/core/models/demo.ts': 'the demo’s script',
  'src/core/policy/merge.ts': 'what `languages` without bash takes away',
  'src/core/policy/keys/table.ts': 'the same, in the help of `languages`',
  'src/core/policy/examples.ts': 'some tool that reads, to try the examples of a rule about paths with',
  'src/core/tools/files/readFile.ts': 'what to take for a folder, told to the model',
  'src/core/tools/files/masksWrittenBack.ts': 'advice to the model about a file with masks in it',
};

test('a new tool needs its own file and its line in the table, and nobody else knows its name', () => {
  expect(TOOL_NAMES.length).toBeGreaterThan(5);
  const speaking = new Set<string>();
  for (const name of TOOL_NAMES) {
    const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
    const own = SOURCES.filter(({ text }) => new RegExp(`^  name: '${name}',$`, 'm').test(text)).map(
      ({ path }) => path,
    );
    expect(own, name).toHaveLength(1);
    for (const { path, text } of SOURCES) {
      if (path !== own[0] && !WANTED.includes(path) && word.test(text)) speaking.add(path);
    }
  }
  expect([...speaking].sort()).toEqual(Object.keys(SPEAK_OF_ONE).sort());
});

test('what an action changed is told by one event, written in one place and read in one', () => {
  expect(Object.keys(EVENTS)).toContain('changed');
  const writers = SOURCES.filter(({ text }) => /\['changed',/.test(text)).map(({ path }) => path);
  expect(writers).toEqual(['src/core/tools/step.ts']);
  const readers = SOURCES.filter(({ text }) => /type === 'changed'|ChangedPathSchema/.test(text)).map(
    ({ path }) => path,
  );
  expect(readers.sort()).toEqual(['src/core/audit/changed.ts', 'src/shared/change.ts', 'src/shared/eventTable.ts']);
});

import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { POLICY_KEYS } from '../../src/core/policy/keys/table.ts';
import { keysIn } from '../../src/core/policy/keys/keyGroup.ts';
import { BUILT_IN } from '../../src/core/tools/table.ts';
import { PROVIDERS } from '../../src/node/models/providers.ts';
import { CONFINING, TO_COME } from '../../src/node/sandbox/backends.ts';
import { ActionSchema } from '../../src/shared/action.ts';
import { EVENT_TYPES } from '../../src/shared/eventTable.ts';

const SOURCES = new Map(
  ['src/**/*.ts', 'webview/**/*.{ts,tsx}']
    .flatMap((pattern) => globSync(pattern))
    .sort()
    .map((file) => [file, readFileSync(file, 'utf8')]),
);

/** Files that have one of these names as a text of its own. */
function naming(names: readonly string[]): string[] {
  const text = new RegExp(`['"](?:${names.join('|')})['"]`);
  return [...SOURCES].filter(([, source]) => text.test(source)).map(([file]) => file);
}

/** How many files each thing takes, counted by really adding one; more is a step back. */
const COUNTS: Record<string, number> = {
  'a tool of a known kind': 2,
  'a kind of action': 3,
  'a card': 1,
  'a kind of event': 1,
  'a policy key': 1,
  'a provider': 2,
  'a sandbox': 2,
  'a class of the log’s own errors': 2,
};

test('ARCHITECTURE.md says how many files each thing takes, and names so many', () => {
  const page = readFileSync('ARCHITECTURE.md', 'utf8');
  const section = page.slice(page.indexOf('## Adding'), page.indexOf('## Tests'));
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| a '))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.length).toBe(Object.keys(COUNTS).length);
  for (const [, thing = '', byHand = '', misses = ''] of rows) {
    expect(byHand, thing).toMatch(new RegExp(`^${COUNTS[thing]}: `));
    const named = [...byHand.matchAll(/`(?:src|webview|test)\/[\w./-]+`/g)];
    expect(named.length, thing).toBe(COUNTS[thing]);
    expect(misses, thing).toMatch(/compile|`test\/|drift check/);
  }
});

test('a tool: whatever makes one is in the table, and nothing else goes by its name', () => {
  const table = SOURCES.get('src/core/tools/table.ts') ?? '';
  // A person reverts, never the model: those are in no toolbox of a run.
  const own = [
    ...['revertAction', 'revertPart'].map((name) => `src/core/tools/files/${name}.ts`),
    'src/core/tools/plugins/acceptTool.ts', // a start of a plugin calls it
    'src/core/tools/plugins/pluginTool.ts', // one for each tool of a plugin, under that plugin's name
    'src/core/tools/connect/connectTool.ts', // the door calls it, in a command's name
  ];
  const making = [...SOURCES]
    .filter(([file, source]) => source.includes('= defineTool(') && !own.includes(file))
    .map(([file]) => file);
  expect(making.length).toBe(Object.keys(BUILT_IN).length);
  for (const file of making) expect(table).toContain(`/${basename(file)}'`);
  const reasons: Record<string, string> = {
    'src/core/policy/toolNames.ts': 'generated',
    'src/core/agent/compaction/carried.ts': 'what is carried over word for word: the plan, and what a person answered',
    'src/core/agent/compaction/shorten.ts': 'what a person answered is never shortened',
    'src/core/models/demo.ts': 'what the demo calls',
    'src/core/briefing/instructions.ts': 'the project’s instructions are read as that tool would read them',
    'src/core/policy/examples.ts': 'examples of rules are about a path or a command',
    'src/core/audit/oldChange.ts': 'logs of versions that had these tools and no `changed` event',
  };
  const others = naming(Object.keys(BUILT_IN)).filter((file) => !making.includes(file) && !(file in reasons));
  expect(others).toEqual([]);
});

test('a kind of action: a file for each, and nobody else tells kinds apart', () => {
  const kinds = ActionSchema.options.map(({ shape }) => shape.kind.value);
  expect(kinds.filter((kind) => !SOURCES.has(`src/core/kinds/${kind}.ts`))).toEqual([]);
  const told = new RegExp(`action\\??\\.kind [!=]== '(?:${kinds.join('|')})'|action\\.effect [!=]==`);
  const telling = [...SOURCES].filter(([, source]) => told.test(source)).map(([file]) => file);
  const reasons: Record<string, string> = {
    'src/core/audit/storedAction.ts': 'values of variables are left out of records',
    'src/core/lab/replay/pastCalls.ts':
      'values of variables are left out of records, and are no secret that was masked',
    'src/core/lab/replay/replayRun.ts':
      'commands as they were started then: with or without a sandbox, with which scripts',
    'src/core/tools/step.ts': 'looks stand in one line of a transcript',
    'src/core/tools/call.ts': 'started says that a command runs outside the sandbox',
    'src/core/tools/beginning.ts': 'what undo covers depends on whether a command runs outside the sandbox',
    'src/core/tools/effectsFirst.ts': 'what runs in a view is a command',
    'src/core/tools/runCommand.ts': 'the tool of that kind',
    'src/extension/policyLab.ts': 'tells the doubts about a command',
  };
  expect(telling.filter((file) => !file.startsWith('src/core/kinds/') && !(file in reasons))).toEqual([]);
});

test('a kind of event: no list of kinds but the table', () => {
  const listed = new RegExp(`(?:'(?:${EVENT_TYPES.join('|')})'\\s*,\\s*){2,}`);
  const listing = [...SOURCES].filter(([, source]) => listed.test(source)).map(([file]) => file);
  // What these say is said of exactly those events, and is not for a new one to join.
  const reasons: Record<string, string> = {
    'src/core/audit/questions.ts': 'counts questions and answers',
    'src/core/exposure/exposureFold.ts': 'what is sent, and the actions that send it',
    'src/core/tools/step.ts': 'what begins and ends an action',
    'src/node/audit/logReader.ts': 'what begins and ends a run',
    'src/node/audit/runRecords.ts': 'what begins and ends runs and actions',
    'src/node/audit/runningRun.ts': 'what begins and ends them, and whether somebody is there',
  };
  expect(listing).toContain('src/core/audit/questions.ts'); // the control
  expect(listing.filter((file) => !(file in reasons))).toEqual([]);
});

test('a policy key: nothing names its place but the table', () => {
  const places = keysIn(POLICY_KEYS)
    .map(({ path }) => path)
    .filter((path) => path.includes('.'));
  expect(naming(places.map((path) => path.replaceAll('.', '\\.')))).toEqual([
    'src/core/kinds/connect.ts', // nor what no command is given
    'src/core/policy/decide.ts', // what no tool is offered by names the key as its rule
    'src/core/policy/keys/table.ts',
    'src/core/policy/keys/toolKeys.ts',
    'src/core/tools/code/languages.ts', // nor a language that is not listed
    'src/core/tools/environment/variableDenial.ts', // nor a variable
  ]);
});

test('a provider: nothing goes by its name but its own file', () => {
  const reasons: Record<string, string> = {
    'src/core/models/demo.ts': 'the demo itself',
    'src/core/models/port.ts': 'what the port says of a provider’s own fields',
    'src/extension/commands.ts': 'a command chooses the demo',
    'src/vscode/settings.ts': 'the one key of earlier versions was OpenAI’s',
    'src/shared/providers.ts': 'generated',
  };
  const others = naming(Object.keys(PROVIDERS)).filter((file) => !file.startsWith('src/node/models/'));
  expect(others.filter((file) => !(file in reasons))).toEqual([]);
});

test('a sandbox: nothing goes by its name but its own room', () => {
  const others = naming([...Object.keys(CONFINING), ...TO_COME]).filter(
    (file) => !/^src\/(node|core)\/sandbox\//.test(file),
  );
  // The package of the system’s, which has the program’s name.
  expect(others).toEqual(['src/shared/systemPackages.ts']);
  const choosing = [...SOURCES].filter(([, source]) => /\bCONFINING\b/.test(source)).map(([file]) => file);
  expect(choosing).toEqual(['src/node/sandbox/backends.ts', 'src/node/sandbox/confining.ts']);
});

test('what an action changed is told by one event, written in one place and read in one', () => {
  const having = (text: RegExp): string[] =>
    [...SOURCES].filter(([, source]) => text.test(source)).map(([file]) => file);
  expect(EVENT_TYPES).toContain('changed');
  expect(having(/type: 'changed'|\['changed',|\('changed',/)).toEqual(['src/core/audit/changedEvent.ts']);
  expect(having(/type === 'changed'|ChangedPathSchema/)).toEqual([
    // Only whether a run changed anything.
    'src/cli/review.ts',
    'src/core/audit/changed.ts',
    // What was kept and is changed again is to be reviewed again; it is read by the one reader.
    'src/core/engine/reviews.ts',
    // The paths beyond those that the event holds.
    'src/node/checkpoint/changedLists.ts',
    // Not the event, but what it will say, until it is recorded.
    'src/node/checkpoint/openNotes.ts',
    'src/shared/actionEvents.ts',
    'src/shared/change.ts',
  ]);
});

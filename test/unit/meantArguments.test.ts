import { expect, test } from 'vitest';
import * as z from 'zod';
import { argumentsReader } from '../../src/core/tools/arguments.ts';
import { parseCall } from '../../src/core/tools/decideCall.ts';
import type { ToolPorts } from '../../src/core/tools/ports.ts';
import { builtInTools } from '../../src/core/tools/table.ts';
import { toolboxOf } from '../../src/core/tools/toolbox.ts';

const read = argumentsReader({
  name: 'show',
  parameters: z.strictObject({
    path: z.string(),
    start_line: z.number().int().min(1).max(9000).exactOptional(),
    replace_all: z.boolean().default(false),
    mode: z.enum(['lines', 'files_only']).default('lines'),
    glob: z.string().exactOptional(),
    parts: z.array(z.strictObject({ old_text: z.string(), first: z.number().int().exactOptional() })).default([]),
  }),
});

const PLAIN = { path: 'a', replace_all: false, mode: 'lines', parts: [] };

test.each<[string, string, object]>([
  ['null for what is not set', '{"path":"a","start_line":null,"glob":null,"parts":null}', PLAIN],
  ['an empty text for what is not set', '{"path":"a","start_line":"","glob":""}', PLAIN],
  ['a number as text', '{"path":"a","start_line":"12"}', { ...PLAIN, start_line: 12 }],
  ['a number as text, as some count', '{"path":"a","start_line":" 12.0 "}', { ...PLAIN, start_line: 12 }],
  ['a switch as text', '{"path":"a","replace_all":"True"}', { ...PLAIN, replace_all: true }],
  ['words about the call', '{"path":"a","description":"look","reasoning":{"why":1}}', PLAIN],
  ['what does not exist, and is not set', '{"path":"a","encoding":null,"tags":[]}', PLAIN],
  [
    'a name in another spelling',
    '{"path":"a","startLine":3,"replace-all":true}',
    { ...PLAIN, start_line: 3, replace_all: true },
  ],
  ['a name of other tools', '{"file_path":"a"}', PLAIN],
  ['the same name twice, in two spellings, with one value', '{"path":"a","filePath":"a"}', PLAIN],
  ['a choice in another spelling', '{"path":"a","mode":"Files-Only"}', { ...PLAIN, mode: 'files_only' }],
  ['a text of JSON', JSON.stringify('{"path":"a"}'), PLAIN],
  ['a list as text', '{"path":"a","parts":"[{\\"old_text\\":\\"x\\"}]"}', { ...PLAIN, parts: [{ old_text: 'x' }] }],
  [
    'one where there may be several',
    '{"path":"a","parts":{"oldText":"x","first":"2"}}',
    { ...PLAIN, parts: [{ old_text: 'x', first: 2 }] },
  ],
  [
    'null within a list',
    '{"path":"a","parts":[{"old_text":"","first":null}]}',
    { ...PLAIN, parts: [{ old_text: '' }] },
  ],
  [
    'texts where each thing has but one that must be said',
    '{"path":"a","parts":["x"]}',
    { ...PLAIN, parts: [{ old_text: 'x' }] },
  ],
  ['one text there', '{"path":"a","parts":"x"}', { ...PLAIN, parts: [{ old_text: 'x' }] }],
  ['arguments within arguments', '{"arguments":{"path":"a"}}', PLAIN],
  ['arguments within arguments, as text', '{"parameters":"{\\"path\\":\\"a\\"}"}', PLAIN],
])('%s is taken as it is meant', (_, text, value) => {
  expect(read(text)).toEqual({ ok: true, value });
});

test.each<[string, string, RegExp]>([
  [
    'two values for one name',
    '{"path":"a","file_path":"b"}',
    /file_path and path are the same argument with two values/,
  ],
  ['a name that is given twice', '{"path":"a","path":"b"}', /path is given twice/],
  ['what it would do otherwise', '{"path":"a","dry_run":true}', /dry_run/],
  ['a number that is none', '{"path":"a","start_line":"12abc"}', /start_line/],
  ['a number with a fraction', '{"path":"a","start_line":"1.5"}', /start_line/],
  [
    'a number out of range',
    '{"path":"a","start_line":0}',
    /start_line: .*show takes path, start_line \(optional, a whole number from 1 to 9000\)/,
  ],
  ['a switch that could be either', '{"path":"a","replace_all":"yes"}', /replace_all \(optional, true or false\)/],
  ['a number for a switch', '{"path":"a","replace_all":1}', /replace_all/],
  ['a number for a text', '{"path":7}', /path/],
  ['null for what must be there', '{"path":null}', /path/],
  ['a choice that is none', '{"path":"a","mode":"words"}', /mode .*lines \| files_only/],
  ['a list of other things', '{"path":"a","parts":[7]}', /parts/],
  ['an empty text in a list of things', '{"path":"a","parts":[""]}', /parts/],
  ['more beside wrapped arguments', '{"arguments":{"path":"a"},"x":1}', /path/],
  ['a list', '[{"path":"a"}]', /show takes path/],
  ['half of them', '{"path":"a"', /not valid JSON\. show takes path/],
  ['a name that every object has', '{"constructor":"a"}', /path/],
])('%s is refused, with what may be given', (_, text, words) => {
  const parsed = read(text);
  expect(parsed).toMatchObject({ ok: false, problem: expect.stringMatching(words) as string });
  if (!parsed.ok) expect(parsed.problem.length).toBeLessThan(1000);
});

test('a name that a server has put a place before is that tool’s, and any other is answered with the tools that there are', () => {
  const toolbox = toolboxOf(builtInTools({} as ToolPorts));
  const call = (name: string) => parseCall({ name, arguments: '{"path":"a"}' }, toolbox);
  for (const name of [
    'read_file',
    'functions.read_file',
    'tools:read_file',
    'default_api.read_file',
    'functions.read_file<|channel|>json',
  ])
    expect(call(name).kind, name).toBe('call');
  for (const name of [
    'other.read_file',
    'functions.',
    'functions.functions.read_file',
    'functions.constructor',
    'Read',
  ]) {
    const parsed = call(name);
    expect(parsed, name).toMatchObject({ kind: 'no-call', cause: 'unknown-tool' });
    if (parsed.kind === 'no-call') expect(parsed.problem).toContain('Tools: read_file, read_files, list_directory,');
  }
});

const toolbox = toolboxOf(builtInTools({} as ToolPorts));
function readBy(name: string, given: object): unknown {
  const tool = toolbox.named(name);
  const parsed = tool && argumentsReader(tool)(JSON.stringify(given));
  return parsed?.ok === true ? parsed.value : parsed?.problem;
}

// As other agents' tools of the same kind are called.
test.each<[string, object, object]>([
  ['read_file', { file_path: 'a', offset: 0, limit: 2000 }, { path: 'a', start_line: 1, end_line: 2000 }],
  ['read_file', { path: 'a', offset: '40', limit: '10' }, { path: 'a', start_line: 40, end_line: 49 }],
  ['read_file', { path: 'a', offset: 7 }, { path: 'a', start_line: 7 }],
  ['read_file', { path: 'a', limit: 5 }, { path: 'a', start_line: 1, end_line: 5 }],
  ['read_file', { path: 'a', offset: null, limit: null }, { path: 'a' }],
  ['read_file', { path: 'a', view_range: [3, 9] }, { path: 'a', start_line: 3, end_line: 9 }],
  ['read_file', { path: 'a', view_range: [3, -1] }, { path: 'a', start_line: 3 }],
  ['read_file', { path: 'a', start_line: 0, end_line: -1 }, { path: 'a', start_line: 1 }],
  ['read_files', { paths: ['a', 'b'] }, { files: [{ path: 'a' }, { path: 'b' }] }],
  [
    'read_files',
    { files: [{ path: 'a', offset: 2, limit: 2 }] },
    { files: [{ path: 'a', start_line: 2, end_line: 3 }] },
  ],
  ['list_directory', { dir_path: 'src' }, { path: 'src' }],
  ['find_files', { query: '*.ts' }, { pattern: '*.ts' }],
  [
    'search_files',
    { query: 'a|b', isRegexp: true, includePattern: '*.ts', '-i': true, '-n': true, '-C': 2, output_mode: 'content' },
    { pattern: 'a|b', regex: true, glob: '*.ts', ignore_case: true, context: 2, output: 'lines' },
  ],
  ['search_files', { pattern: 'a', output_mode: 'files_with_matches' }, { pattern: 'a', output: 'files' }],
  ['write_file', { file_path: 'a', contents: 'x' }, { path: 'a', content: 'x' }],
  ['move_path', { source: 'a', destination: 'b' }, { from: 'a', to: 'b' }],
  [
    'run_command',
    { cmd: 'ls', cwd: 'src', run_in_background: true },
    { command: 'ls', folder: 'src', background: true },
  ],
  ['read_output', { bash_id: '3' }, { output: 3 }],
  [
    'update_plan',
    {
      todos: [
        { id: '1', content: 'look', status: 'in-progress', activeForm: 'Looking' },
        'edit',
        { content: 'test', status: 'done' },
      ],
    },
    {
      plan: [
        { step: 'look', status: 'in_progress' },
        { step: 'edit', status: 'pending' },
        { step: 'test', status: 'completed' },
      ],
    },
  ],
])('%s is understood as other tools are called: %j', (name, given, wanted) => {
  expect(readBy(name, given)).toMatchObject(wanted);
});

test.each<[string, object, RegExp]>([
  ['read_file', { path: 'a', offset: 3, start_line: 9 }, /offset/],
  ['read_file', { path: 'a', offset: 1.5 }, /offset/],
  ['read_file', { path: 'a', offset: 1, limit: 0 }, /offset|limit/],
  ['read_file', { path: 'a', offset: 1, limit: -5 }, /offset|limit/],
  ['read_file', { path: 'a', offset: 'x' }, /offset/],
  ['read_file', { path: 'a', view_range: [1, 2, 3] }, /view_range/],
  ['read_file', { path: 'a', view_range: [1, 2], offset: 4 }, /view_range|offset/],
  ['search_files', { pattern: 'a', query: 'b' }, /query and pattern are the same argument with two values/],
  ['search_files', { pattern: 'a', invert: true }, /invert/],
  ['delete_path', { path: 'a', file_path: 'b' }, /two values/],
  ['move_path', { source: 'a', from: 'c', to: 'b' }, /two values/],
  ['edit_files', { edits: ['a'] }, /edits/],
])('%s refuses what could be meant in two ways, or is more than it does: %j', (name, given, words) => {
  expect(readBy(name, given)).toMatch(words);
});

test('whoever calls a tool of another agent is told which one it is here', () => {
  const problem = (name: string): unknown => parseCall({ name, arguments: '{}' }, toolbox);
  for (const [name, here] of [
    ['Bash', 'run_command'],
    ['functions.Grep', 'search_files'],
    ['str_replace_based_edit_tool', 'edit_file'],
    ['readFile', 'read_file'],
    ['TodoWrite', 'update_plan'],
  ] as const)
    expect(problem(name)).toMatchObject({
      kind: 'no-call',
      problem: expect.stringContaining(`: here it is ${here}.`) as string,
    });
  expect(problem('constructor')).toMatchObject({ problem: expect.not.stringContaining('here it is') as string });
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attempt, type Call } from '../support/attempt.ts';
import { DENIED, editorBench as bench, FILES } from '../support/editorBench.ts';
import { found, scriptedLanguages } from '../support/scriptedLanguages.ts';
import { outcomes, workbench } from '../support/workbench.ts';

const at = (path: string, line = 1, column = 1): object => ({ path, line, column });
const problem = (path: string, message: string): object => ({ ...at(path), severity: 'error', message, source: 'ts' });
const LOOKING: Call[] = [
  { name: 'diagnostics', args: {} },
  { name: 'symbols', args: { query: 'one' } },
  { name: 'symbols', args: { path: 'a.ts' } },
  { name: 'definition', args: { path: 'b.ts', line: 2, symbol: 'one' } },
  { name: 'references', args: { path: 'b.ts', line: 2, symbol: 'one' } },
  { name: 'open_files', args: {} },
];
const RENAME: Call = { name: 'rename_symbol', args: { path: 'a.ts', line: 1, symbol: 'one', to: 'first' } };

describe('looking', () => {
  test('tells problems, symbols, places with their lines, and what is open; nothing is asked', async () => {
    const { bench: made } = await bench((folder) => ({
      problems: found([
        { ...problem(join(folder, 'b.ts'), 'later'), severity: 'warning' },
        problem(join(folder, 'a.ts'), 'wrong type'),
        { ...problem(join(folder, 'a.ts'), 'a hint'), severity: 'hint' },
      ]),
      symbolsNamed: found([{ ...at(join(folder, 'a.ts')), name: 'one', kind: 'variable', within: '' }]),
      symbolsIn: found([{ ...at(join(folder, 'a.ts'), 2), name: 'two', kind: 'variable', within: 'module' }]),
      definitions: found([at(join(folder, 'a.ts'), 1, 14)]),
      references: found([
        at(join(folder, 'a.ts'), 1, 14),
        at(join(folder, 'a.ts'), 2, 20),
        at(join(folder, 'b.ts'), 2, 13),
      ]),
      openFiles: found([{ path: join(folder, 'a.ts'), isUnsaved: true, state: 'focused' }]),
    }));
    const told = await attempt(made, LOOKING);
    expect(told.map(({ text }) => text)).toEqual([
      'a.ts:1:1: error: wrong type (ts)\nb.ts:1:1: warning: later (ts)',
      'a.ts:1: variable one',
      'a.ts:2: variable two (in module)',
      'a.ts:1: export const one = 1;',
      'a.ts:1: export const one = 1;\na.ts:2: export const two = one + 1;\nb.ts:2: console.log(one);',
      'a.ts: the user works in it, unsaved',
    ]);
    expect(made.asked).toEqual([]);
    expect(outcomes(told.events)).toEqual(LOOKING.map(() => 'done'));
  });

  test('the place is found in what the person has before them, and lines are shown as they have them', async () => {
    let asked: unknown;
    const { bench: made, editor } = await bench((folder) => ({
      definitions: found([at(join(folder, 'a.ts'), 1)]),
    }));
    editor.languages = {
      ...scriptedLanguages({}),
      definitions: (place) => {
        asked = place;
        return Promise.resolve({ items: [{ path: join(made.folder, 'a.ts'), line: 1, column: 1 }], left: 0 });
      },
    };
    editor.type(join(made.folder, 'a.ts'), 'const lone = 0; const one = lone; // typed\n');
    const [told] = await attempt(made, [{ name: 'definition', args: { path: 'a.ts', line: 1, symbol: 'one' } }]);
    expect(asked).toEqual({ path: join(made.folder, 'a.ts'), line: 1, column: 23 });
    expect(told?.text).toContain('// typed');
  });

  test.each([
    [{ path: 'a.ts', line: 2, symbol: 'three' }, /`three` does not stand in line 2 of a\.ts/],
    [{ path: 'a.ts', line: 900, symbol: 'one' }, /there is no line 900/],
    [{ path: 'nowhere.ts', line: 1, symbol: 'one' }, /not there|does not exist|no such/i],
    [{ path: 'a.ts', line: 0, symbol: 'one' }, /line/],
    [{ path: 'a.ts', line: 1, symbol: '' }, /symbol/],
  ])('what is not there is said: %j', async (args, words) => {
    const { bench: made } = await bench(() => ({}));
    const [told] = await attempt(made, [{ name: 'definition', args }]);
    expect(told?.text).toMatch(words);
  });
});

describe('what may not be told', () => {
  const everywhere = (folder: string): string[] => [
    join(folder, 'a.ts'), // the control
    join(folder, 'keep/secret.ts'),
    `${folder}/./keep/../keep/secret.ts`,
    `${folder}/b.ts/../keep/secret.ts`,
    join(folder, 'link/secret.ts'),
    join(folder, 'out.ts'),
    join(folder, '.env'),
    '/etc/passwd',
    'keep/secret.ts',
    'untitled:x',
    `${folder}-other/a.ts`,
    `${folder}/a.ts\0`,
    join(folder, 'keep'),
  ];

  test('what is about other files than may be read is left out and counted, by every tool', async () => {
    const { bench: made } = await bench(
      (folder) => ({
        problems: found(everywhere(folder).map((path) => problem(path, 'dear words'))),
        symbolsNamed: found(
          everywhere(folder).map((path) => ({ ...at(path), name: 'one dear', kind: 'x', within: '' })),
        ),
        symbolsIn: found(everywhere(folder).map((path) => ({ ...at(path), name: 'dear', kind: 'x', within: '' }))),
        definitions: found(everywhere(folder).map((path) => at(path))),
        references: found(everywhere(folder).map((path) => at(path))),
        openFiles: found(everywhere(folder).map((path) => ({ path, isUnsaved: false, state: 'shown' }))),
      }),
      { userPolicy: DENIED },
    );
    symlinkSync(join(made.folder, 'keep'), join(made.folder, 'link'));
    symlinkSync('/etc/passwd', join(made.folder, 'out.ts'));
    mkdirSync(`${made.folder}-other`);
    writeFileSync(`${made.folder}-other/a.ts`, 'other dear words\n');
    for (const { text } of await attempt(made, LOOKING)) {
      const [first, ...others] = text.split('\n');
      expect(first).toMatch(/^a\.ts/);
      expect(others).toEqual([
        '[left out: 12 outside the workspace, or in files that are not read without a question]',
      ]);
    }
  });

  test('a denied file is not asked about', async () => {
    let asked = 0;
    const { bench: made } = await bench(
      () => ({
        symbolsIn: () => {
          asked += 1;
          return Promise.resolve(found([]));
        },
      }),
      { userPolicy: DENIED },
    );
    const told = await attempt(made, [
      { name: 'symbols', args: { path: 'keep/secret.ts' } },
      { name: 'definition', args: { path: 'keep/secret.ts', line: 1, symbol: 'dear' } },
      { name: 'diagnostics', args: { path: '/etc/passwd' } },
    ]);
    expect(told.map(({ outcome }) => outcome.split(':')[0])).toEqual(['denied', 'denied', 'denied']);
    expect(asked).toBe(0);
  });

  test('secrets in what is said are masked', async () => {
    const key = `ghp_Ab3dE5gH1jK2mN4pQ6rS8tU0vW9xY7zA1bC2`;
    const { bench: made } = await bench(
      (folder) => ({
        problems: found([problem(join(folder, 'a.ts'), `"${key}" is unused`)]),
      }),
      { environment: { MY_API_KEY: key } },
    );
    const [told] = await attempt(made, [{ name: 'diagnostics', args: {} }]);
    expect(told?.text).toContain('"[redacted:MY_API_KEY]" is unused');
  });

  test('the switch for file tools, and a rule, take them away', async () => {
    const off = await bench(() => ({}), { userPolicy: 'tools: {file_system: {enabled: false}}\n' });
    const ruled = await bench(() => ({}), { userPolicy: 'rules: [{decision: deny, tools: [diagnostics], why: w}]\n' });
    for (const { bench: made } of [off, ruled]) {
      const [told] = await attempt(made, [{ name: 'diagnostics', args: {} }]);
      expect(told?.outcome).toMatch(/^denied/);
    }
  });
});

describe('a language service that is hostile, broken or slow', () => {
  const ANSWERS: [string, unknown, RegExp][] = [
    ['throws', () => Promise.reject(new Error('boom\u001b[2J at line 1')), /failed: boom/],
    [
      'throws at once',
      () => {
        throw new Error('boom');
      },
      /failed: boom/,
    ],
    ['throws no error', () => Promise.reject(Object.create(null) as Error), /failed|cannot be read/],
    ['says nothing', () => Promise.resolve(undefined), /cannot be read/],
    ['says a text', () => Promise.resolve('x'), /cannot be read/],
    ['says items that are none', () => Promise.resolve(found({ length: 5 })), /cannot be read/],
    ['says garbage', () => Promise.resolve(found([null, 1, {}, { path: 5 }, []])), /5 that cannot be read/],
    [
      'says places that are none',
      () => Promise.resolve(found([at('/x', -1), at('/x', 1.5), at('/x', NaN), at('/x', Infinity), at('')])),
      /5 that cannot be read/,
    ],
  ];
  test.each(ANSWERS)('%s', async (_name, definitions, words) => {
    const { bench: made } = await bench(() => ({ definitions }));
    const [told] = await attempt(made, [{ name: 'definition', args: { path: 'b.ts', line: 2, symbol: 'one' } }]);
    expect(told?.text).toMatch(words);
    expect(told?.text).not.toContain('\u001b');
  });

  test('a million items are looked at up to a number, and the rest is counted', async () => {
    const { bench: made } = await bench((folder) => {
      const one = at(join(folder, 'a.ts'), 1);
      return {
        references: found(new Array(1_000_000).fill(one)),
        problems: found(new Array(1_000_000).fill(problem(join(folder, 'a.ts'), 'x'.repeat(1000)))),
      };
    });
    const began = Date.now();
    const [places, problems] = await attempt(made, [
      { name: 'references', args: { path: 'b.ts', line: 2, symbol: 'one' } },
      { name: 'diagnostics', args: {} },
    ]);
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(places?.text).toContain('[995000 more not shown]');
    expect(problems?.text.length).toBeLessThan(70_000);
    expect(problems?.text).toContain('more not shown]');
  });

  test('many files, long lines and huge words stay within bounds', async () => {
    const { bench: made } = await bench(
      (folder) => ({
        references: found(Array.from({ length: 5000 }, (_, i) => at(join(folder, `f${i % 600}.ts`), 1))),
        symbolsNamed: found([
          { ...at(join(folder, 'a.ts')), name: `one${'y'.repeat(5_000_000)}`, kind: 'x', within: '' },
        ]),
      }),
      {
        files: {
          ...FILES,
          ...Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`f${i}.ts`, 'z'.repeat(20_000)])),
        },
      },
    );
    const told = await attempt(made, [
      { name: 'references', args: { path: 'b.ts', line: 2, symbol: 'one' } },
      { name: 'symbols', args: { query: 'one' } },
    ]);
    for (const { text } of told) expect(text.length).toBeLessThan(70_000);
  });

  test('one that never answers is not waited for beyond a time', async () => {
    const { bench: made } = await bench(
      () => ({ definitions: () => new Promise(() => undefined) }),
      {},
      (node) => {
        const { clock } = node.parts;
        node.parts.clock = {
          monotonic: () => clock.monotonic(),
          after: (ms, action) => clock.after(ms === 30_000 ? 50 : ms, action),
        };
      },
    );
    const [told] = await attempt(made, [{ name: 'definition', args: { path: 'b.ts', line: 2, symbol: 'one' } }]);
    expect(told).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('did not answer within 30 s') as string,
    });
  });

  test('one that never answers is not waited for when the run is stopped', async () => {
    const { bench: made } = await bench(() => ({ definitions: () => new Promise(() => undefined) }));
    const running = made.run((_, turn) =>
      turn === 0 ? { calls: [{ name: 'definition', args: { path: 'b.ts', line: 2, symbol: 'one' } }] } : {},
    );
    await expect
      .poll(
        () => made.engine.view().run?.entries.some((entry) => entry.kind === 'action' && entry.status === 'running'),
        { timeout: 20_000 },
      )
      .toBe(true);
    const began = Date.now();
    await made.engine.stop('enough');
    expect(outcomes(await running)).toEqual(['cancelled']);
    expect(Date.now() - began).toBeLessThan(2000);
  });
});

test('in a terminal they are not offered, and a call of one says so', async () => {
  const made = await workbench({ files: FILES });
  let names: string[] = [];
  let told: string[] = [];
  const calls = [...LOOKING, RENAME];
  await made.run((request, turn) => {
    if (turn === 0) names = request.tools.map(({ name }) => name);
    told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    return turn === 0 ? { calls: [...calls, { name: 'nothing_of_the_kind', args: {} }] } : {};
  });
  for (const { name } of calls) expect(names).not.toContain(name);
  for (const text of told.slice(0, calls.length)) expect(text).toContain('not available without the editor');
  expect(told.at(-1)).not.toContain('rename_symbol');
  expect(made.asked).toEqual([]);
});

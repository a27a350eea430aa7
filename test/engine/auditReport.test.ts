import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { oldChange, type OldChange } from '../../src/core/audit/oldChange.ts';
import { explainDecision } from '../../src/core/audit/explain.ts';
import { runPage } from '../../src/core/audit/html.ts';
import { narrowed } from '../../src/core/audit/narrow.ts';
import { questionsOf, questionWords, weekOf } from '../../src/core/audit/questions.ts';
import { actionReport } from '../../src/core/audit/details.ts';
import { runReport } from '../../src/core/audit/report.ts';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import { whatRan } from '../../src/core/audit/whatRan.ts';
import type { AuditRecord, NewEvent, RunSummary } from '../../src/shared/auditEvent.ts';
import { eventLine } from '../../src/terminal/historyText.ts';
import { eventsOfRun } from '../support/manyEvents.ts';

// The editor's module exists only inside an extension host; the function under test uses none of it.
vi.mock('vscode', () => ({}));
const { filterWords } = await import('../../src/vscode/auditFilter.ts');

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  `"><svg/onload=alert(1)>'"`,
  '</title></style><h1>',
  '&lt;b&gt; &#60;',
  '[Show](command:workbench.action.terminal.new)',
  '![x](https://evil.example/pixel.png)',
  '[x]: https://evil.example',
  '<https://evil.example>',
  'title\n# heading\n- item\n```\n    code',
  'a\r# heading\rb',
  '| a | b |\n|---|---|',
  '**bold** __bold__ ~~no~~ `code` $x$',
  '\u001b[2J\u0007\u202Egnp.exe\u200b\u2028\0',
  '--- \n===\n***',
  '1. one\n> quote',
];

function recorded(events: readonly NewEvent[]): AuditRecord[] {
  return events.map((event, at) => ({
    ...{ v: 1, seq: at + 1, time: '2026-01-05T10:00:00.000Z', writer: 'w', hash: 'f'.repeat(64) },
    ...event,
  }));
}

function summary(text: string): RunSummary {
  const [start, time, actions] = [1, '2026-01-05T10:00:00.000Z', 3];
  return { run: text, start, task: text, folder: `/w/${text}`, time, state: 'finished', reason: text, actions };
}

/** A run in which every text that others choose is this one. */
function storyOf(text: string): AuditRecord[] {
  return recorded(
    eventsOfRun(1, 30).map((event) => {
      const payload = event.payload && Object.fromEntries(Object.keys(event.payload).map((key) => [key, text]));
      const data = event.type === 'decided' ? { ...event.data, rule: text } : event.data;
      const origin = event.type === 'egress' ? { origin: text } : {};
      const model = event.type === 'run_started' ? { model: text, version: text } : {};
      return { ...event, data: { ...data, ...origin, ...model }, ...(payload && { payload }) };
    }),
  );
}

const text = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 12 })))
  .map((all) => all.join(' '));

/** Everything that is markup in a page. */
const tagsOf = (page: string): string[] => page.match(/<[^>]*>?/g) ?? [];
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u202A-\u202E]/;

test('whatever others wrote, the page has the markup that it has with nothing in it', () => {
  const plain = tagsOf(runPage(summary('x'), storyOf('x')));
  expect(plain.length).toBeGreaterThan(30);
  fc.assert(
    fc.property(text, (hostile) => {
      const page = runPage(summary(`x${hostile}`), storyOf(`x${hostile}`));
      expect(tagsOf(page)).toEqual(plain);
      expect(page).not.toMatch(OBEYED);
      expect(page).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
    }),
    { numRuns: 150 },
  );
});

test('the page loads nothing, runs nothing and says so', () => {
  const page = runPage(summary(HOSTILE.join('\n')), storyOf(HOSTILE.join('\n')));
  expect(page).toContain(
    `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<title>'));
  expect(tagsOf(page).filter((tag) => /\b(?:src|href|on\w+|style)\s*=/i.test(tag))).toEqual([]);
  expect(
    tagsOf(page).filter((tag) => /^<\/?(?:script|iframe|object|embed|link|form|base|a|img|svg)\b/i.test(tag)),
  ).toEqual([]);
});

/** Lines of a document that are Markdown: without fenced blocks, and without the code within a line. */
function markdownOf(report: string): string[] {
  let fence: string | undefined;
  return report.split('\n').flatMap((line) => {
    const opens = /^(`{3,})text$/.exec(line)?.[1];
    if (fence === undefined && opens !== undefined) fence = opens;
    else if (fence === undefined) return [line.replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '<>')];
    else if (line.startsWith(fence)) fence = undefined;
    return [];
  });
}

test('whatever others wrote, the report has the lines that it has with nothing in it', () => {
  const shape = (report: string): string[] =>
    markdownOf(report).map((line) => /^(?:#+ |- [A-Z][\w ]*:|)/.exec(line)?.[0] ?? '');
  const plain = shape(runReport(summary('x'), storyOf('x')));
  fc.assert(
    fc.property(text, (hostile) => {
      const report = runReport(summary(`x${hostile}`), storyOf(`x${hostile}`));
      expect(shape(report)).toEqual(plain);
      expect(report).not.toMatch(OBEYED);
      // Nothing but what the report says itself is Markdown: the rest stands in code.
      for (const line of markdownOf(report))
        expect(
          line
            .replace(/^(?:#+ |- )/, '')
            .replaceAll('<>', '')
            .replace('**OUTSIDE THE SANDBOX**', ''),
        ).not.toMatch(/[<[\]`*|!$@]|\/\//);
    }),
    { numRuns: 150 },
  );
});

test('details of an action and why it was allowed: nothing of others is Markdown', () => {
  const [lines, active] = [/^(?:#+ |- [A-Za-z]|)/, /[<[\]`*|!$@]|\/\/|evil/];
  const shape = (report: string): string[] => markdownOf(report).map((line) => lines.exec(line)?.[0] ?? '');
  const documents = (hostile: string): string[] =>
    turnsOf(storyOf(hostile))
      .flatMap(({ actions }) => actions)
      .flatMap((action) => [explainDecision(action), actionReport(action)]);
  expect(documents('x').length).toBeGreaterThan(5);
  for (const hostile of HOSTILE)
    for (const report of documents(hostile))
      for (const line of markdownOf(report)) expect(line.replaceAll('<>', '')).not.toMatch(active);
  expect(shape(documents('a\n# b')[0] ?? '')).toEqual(shape(documents('x')[0] ?? ''));
});

/** A run of one command. */
function commanding(command: string): AuditRecord[] {
  const common = { run: 'r', turn: 1, action: 'a' };
  const action = { effect: 'execute', launch: { argv: ['/bin/bash', '-c', command] }, arguments: { command } };
  return recorded([
    { ...common, type: 'proposed', data: { tool: 'run_command' }, payload: { title: 'Run echo', action } },
    { ...common, type: 'finished', data: { status: 'done', durationMs: 1 }, payload: { output: 'ok' } },
  ]);
}

test('where a record is read, what ran is shown to its last character', () => {
  const command = `echo ok${' '.repeat(500)}; rm -rf x\n\`\`\`\n<b>${'filler '.repeat(500)}\nrm -rf last`;
  const events = commanding(command);
  const [action] = turnsOf(events).flatMap(({ actions }) => actions);
  if (!action) throw new Error('no action');
  for (const report of [runReport(summary('x'), events), actionReport(action), explainDecision(action)])
    expect(report).toContain(
      command
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n'),
    );
  expect(runPage(summary('x'), events)).toContain(`<pre>${command.replace('<b>', '&lt;b&gt;')}</pre>`);
  const [proposed] = events;
  expect(proposed && eventLine(proposed, whatRan(proposed))).toContain('rm -rf last');
  // A call that was none, and one whose texts were erased.
  const raw = recorded([
    { run: 'r', type: 'proposed', data: { tool: 't' }, payload: { arguments: '{"command":"x"}' } },
  ]);
  expect(whatRan(raw[0])).toBe('{"command":"x"}');
  expect(whatRan(undefined)).toBeUndefined();
});

test('a report says who allowed what, and what left', () => {
  const report = runReport(
    { ...summary('x'), task: 'Mend the *parser*' },
    recorded([...eventsOfRun(97, 60), ...eventsOfRun(1, 60)]),
  );
  expect(report).toMatch(/^# `Mend the \*parser\*`\n/);
  expect(report).toContain('approved by you');
  expect(report).toContain('denied by you');
  expect(report).toContain('allowed by workspace-read, done, 12 ms');
  expect(report).toMatch(/Sent to `http:\/\/127\.0\.0\.1:11434`: [\d.]+ (?:bytes|KiB|MiB)\./);
  expect(runReport(summary('x'), [])).toContain('Nothing was sent anywhere by this run.');
  expect(runReport(summary(''), [])).toMatch(/^# Run\n/);
});

test('details of an action and why it was allowed: nothing in them is hidden, and their first line is the title', () => {
  for (const hostile of HOSTILE)
    for (const action of turnsOf(storyOf(hostile)).flatMap(({ actions }) => actions)) {
      expect(actionReport(action)).not.toMatch(OBEYED);
      expect(explainDecision(action)).not.toMatch(OBEYED);
    }
});

test('a title makes no headings of its own in the details of an action', () => {
  const [action] = turnsOf(storyOf('a\n# b')).flatMap(({ actions }) => actions);
  const headings = (report: string): number => report.split('\n').filter((line) => line.startsWith('# ')).length;
  expect(action && headings(actionReport(action))).toBe(1);
  expect(action && headings(explainDecision(action))).toBe(1);
});

test('questions: answers of people alone are counted, the median is theirs, unused grants are told', () => {
  const answer = (choice: string, by: string, waitedMs?: number): Pick<AuditRecord, 'type' | 'data'> => ({
    type: 'answered',
    data: { choice, by, ...(waitedMs !== undefined && { waitedMs }) },
  });
  const grant = (type: 'granted' | 'grant_used', name: string): Pick<AuditRecord, 'type' | 'data'> => ({
    type,
    data: { grant: name },
  });
  const asked = { type: 'asked' as const, data: {} };
  const counted = questionsOf([
    ...[asked, asked, asked, asked, answer('approve', 'person', 900), answer('deny', 'person', 60_000)],
    ...[answer('approve-run', 'person', 2000), answer('deny', 'cancelled', 1), answer('deny', 'interruption')],
    ...[answer('approve', 'input', 3), answer('deny', 'nobody', 3)],
    ...[grant('granted', 'a'), grant('granted', 'b'), grant('grant_used', 'a'), grant('grant_used', 'a')],
  ]);
  expect(counted).toEqual({
    ...{ asked: 4, approved: 2, changed: 0, denied: 1, byInput: 1, nobody: 1, takenBack: 2, seconds: 2 },
    ...{ grantsGiven: 2, grantsUsed: 2, grantsUnused: 1 },
  });
  expect(questionWords(counted)).toBe(
    '4 questions (2 approved, 1 denied; half of the answers within 2 s; 1 answered by input given beforehand; 1 with nobody there; 2 without an answer); 2 remembered approvals, which spared 2 questions; 1 never matched',
  );
  expect(questionWords(questionsOf([]))).toBe('0 questions');
  expect(questionWords(questionsOf([asked]))).toMatch(/^1 question \(0 approved, 0 denied/);
});

test('weeks begin on Mondays, in UTC', () => {
  expect(['2026-01-05T00:00:00.000Z', '2026-01-11T23:59:59.999Z', '2026-01-04T23:59:59.999Z'].map(weekOf)).toEqual([
    ...['2026-01-05', '2026-01-05', '2025-12-29'],
  ]);
});

test('narrowing keeps actions that fit every part, and no empty turn', () => {
  const turns = turnsOf(recorded(eventsOfRun(97, 100)));
  const ids = (filter: Parameters<typeof narrowed>[1], matching?: Set<string>): string[] =>
    narrowed(turns, filter, matching).flatMap(({ actions }) => actions.map(({ id }) => id));
  const all = turns.flatMap(({ actions }) => actions);
  expect(ids({})).toEqual(all.map(({ id }) => id));
  expect(ids({ tool: '', path: '' })).toEqual(all.map(({ id }) => id));
  expect(ids({ tool: 'edit_file' })).toEqual(all.filter(({ tool }) => tool === 'edit_file').map(({ id }) => id));
  expect(ids({ decision: 'refused' })).toEqual(
    all.filter(({ decidedBy }) => decidedBy === 'denied by you').map(({ id }) => id),
  );
  expect(ids({ decision: 'approved' })).toEqual([]);
  expect(ids({ tool: 'edit_file', effect: 'read' })).toEqual([]);
  const [first, second] = all;
  expect(ids({ tool: first?.tool ?? '' }, new Set([first?.id ?? '']))).toEqual([first?.id]);
  expect(ids({ tool: first?.tool ?? '' }, new Set([second?.id ?? '']))).toEqual([]);
  for (const path of ['src', 'project/src', 'PROJECT/SRC', 'file1.ts', '/home/dev'])
    expect(ids({ path }).length).toBeGreaterThan(0);
  expect(ids({ path: 'nowhere' })).toEqual([]);
  expect(narrowed(turns, { path: 'nowhere' })).toEqual([]);
});

test('a filter in words', () => {
  expect(filterWords({})).toBe('');
  expect(filterWords({ tool: 'edit_file', text: 'a, b', host: 'x' })).toBe('words: a, b, tool: edit_file, host: x');
});

/** An action of a file tool that is done. */
function changing(tool: string, args: NonNullable<NewEvent['payload']>, change: object = {}): ActionNode {
  const common = { run: 'r', turn: 1, action: 'a' };
  const action = { tool, resources: [{ path: '/w/f', access: 'write' }], arguments: args };
  const [node] = turnsOf(
    recorded([
      { ...common, type: 'proposed', data: { tool }, payload: { action, ...change } },
      { ...common, type: 'checkpoint', data: { files: 1, bytes: 1 } },
      { ...common, type: 'finished', data: { status: 'done', durationMs: 1 }, payload: { output: '' } },
    ]),
  ).flatMap(({ actions }) => actions);
  if (!node) throw new Error('no action');
  return node;
}

function oldChangeOf({ tool, events }: Pick<ActionNode, 'tool' | 'events'>): OldChange | undefined {
  return oldChange(tool, events);
}

test('what a file tool changed is made again from what stood there, in a log of before there was a record of it', () => {
  const after = (tool: string, args: NonNullable<NewEvent['payload']>, before: string) =>
    oldChangeOf(changing(tool, args))?.after(before);
  expect(after('write_file', { content: 'new $& text' }, 'old')).toBe('new $& text');
  expect(after('delete_path', {}, 'old')).toBe('');
  expect(after('edit_file', { old_text: 'b', new_text: '$&$1`' }, 'abc')).toBe('a$&$1`c');
  expect(after('edit_file', { old_text: 'b', new_text: 'x', replace_all: true }, 'abab')).toBe('axax');
  expect(after('edit_file', { old_text: 'b', new_text: 'x' }, 'abab')).toBeUndefined();
  expect(after('edit_file', { old_text: 'z', new_text: 'x' }, 'abab')).toBeUndefined();
  expect(after('edit_file', { new_text: 'x' }, 'abab')).toBeUndefined();
  expect(after('write_file', {}, 'old')).toBeUndefined();
  expect(after('write_file', { content: 5 }, 'old')).toBeUndefined();
});

test('no change is shown of what was erased, is odd, or changed nothing', () => {
  for (const action of [null, [], 'text', {}, { resources: [] }, { resources: [{}] }, { resources: [{ path: 5 }] }])
    expect(oldChangeOf(changing('write_file', { content: 'x' }, { action }))).toBeUndefined();
  expect(oldChangeOf(changing('read_file', { content: 'x' }))).toBeUndefined();
  const { events, ...rest } = changing('write_file', { content: 'x' });
  expect(oldChangeOf({ ...rest, events: events.map(({ payload: _gone, ...event }) => event) })).toBeUndefined();
});

import fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oldChange, type OldChange } from '../../src/core/audit/oldChange.ts';
import { explainDecision } from '../../src/core/audit/explain.ts';
import { pathsOf } from '../../src/core/audit/searchWords.ts';
import { readAction, storedAction } from '../../src/core/audit/storedAction.ts';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import type { Action } from '../../src/shared/action.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { canonicalJson, type Json } from '../../src/shared/json.ts';

const EDIT: Action = {
  kind: 'change',
  tool: 'edit_file',
  effect: 'write',
  resources: [{ path: '/w/src/sum.js', access: 'write' }],
  arguments: { path: 'src/sum.js', old_text: 'b', new_text: 'x', replace_all: false },
  changes: [{ path: '/w/src/sum.js', kind: 'file', digest: 'd', size: 3 }],
  undo: 'whole',
};
const LINE = 'cat a | sh';

const words = fc.array(fc.constantFrom('cat', 'a', '--', '/w/f', 'constructor', ''), { maxLength: 4 });
const paths = fc.array(fc.record({ path: fc.string(), access: fc.constantFrom('read', 'list', 'write', 'delete') }), {
  maxLength: 4,
});
const doubts = fc.array(
  fc.record({ why: fc.string(), program: fc.nat(3), kind: fc.constant('unread') }, { requiredKeys: ['why'] }),
  { maxLength: 3 },
);

/** Every shape that was ever recorded: each version had the members of the one before it, or fewer. */
const OLD = fc.record(
  {
    tool: fc.constantFrom('run_command', 'edit_file', '__proto__'),
    effect: fc.constantFrom('read', 'write', 'delete', 'move', 'execute'),
    resources: paths,
    arguments: fc.dictionary(fc.string(), fc.string()),
    preImages: fc.array(fc.record({ path: fc.string(), kind: fc.constant('file'), digest: fc.string() })),
    changes: fc.array(fc.record({ path: fc.string(), kind: fc.constant('absent') })),
    binds: fc.constant([]),
    kind: fc.constantFrom('look', 'change', 'run'),
    launch: fc.record(
      {
        argv: words,
        cwd: fc.string(),
        environment: fc.dictionary(fc.string(), fc.string()),
        workspace: fc.constantFrom('writable', 'read-only'),
        secrets: fc.constant('hidden'),
        stores: fc.constant('hidden'),
        outside: fc.constant(true),
      },
      { requiredKeys: ['argv', 'cwd', 'environment'] },
    ),
    command: fc.record(
      {
        programs: fc.array(fc.array(fc.option(fc.string()))),
        doubts,
        scripts: fc.constant([]),
        open: fc.constant([]),
        moves: fc.constant(true),
        contentOf: fc.array(fc.string()),
      },
      { requiredKeys: ['programs', 'doubts', 'scripts'] },
    ),
    undo: fc.constantFrom('whole', 'partly', 'none', 'nothing'),
    version: fc.constant(1),
  },
  { requiredKeys: ['tool', 'effect', 'resources', 'arguments', 'undo'] },
);

/** The node of an action of which the log has this, done and with what stood there kept. */
function nodeOf(payload: AuditRecord['payload'], tool = 'edit_file'): ActionNode {
  const common = { run: 'r', turn: 1, action: 'a', prev: '', hash: '', time: '2026-01-01T00:00:00Z', log: 'l' };
  const events = [
    { ...common, seq: 1, type: 'proposed', data: { tool }, ...(payload && { payload }) },
    { ...common, seq: 2, type: 'checkpoint', data: { files: 1, bytes: 1 } },
    { ...common, seq: 3, type: 'finished', data: { status: 'done', durationMs: 1 } },
  ] as unknown as AuditRecord[];
  const node = turnsOf(events)[0]?.actions[0];
  if (!node) throw new Error('no action');
  return node;
}

function oldChangeOf({ tool, events }: ActionNode): OldChange | undefined {
  return oldChange(tool, events);
}

describe('one reader of stored actions', () => {
  test('what is recorded now is read back, and its digest is that of the action alone', () => {
    const stored = storedAction(EDIT, []);
    expect(stored).toMatchObject({ version: 1, tool: 'edit_file' });
    const { version: _version, ...rest } = stored as Record<string, Json>;
    expect(canonicalJson(rest)).toBe(canonicalJson(EDIT));
    expect(readAction({ action: stored })).toMatchObject({ effect: 'write', resources: EDIT.resources, isWhole: true });
    expect(oldChangeOf(nodeOf({ action: stored }))?.after('abc')).toBe('axc');
  });

  test('every older shape is read, and read as what it says', () => {
    fc.assert(
      fc.property(OLD, (old) => {
        const action = JSON.parse(JSON.stringify(old)) as Json & typeof old;
        const read = readAction({ action });
        if (read.kind !== 'action') throw new Error(read.kind);
        expect(read.resources).toEqual(action.resources);
        expect(read.arguments).toEqual(action.arguments);
        expect(read.argv).toEqual(action.launch?.argv ?? []);
        expect(read.command?.programs).toEqual(action.command?.programs);
        expect(read.command?.doubts.map(({ why }) => why)).toEqual(action.command?.doubts.map(({ why }) => why));
        expect(pathsOf({ action })).toEqual(action.resources.map(({ path }) => path));
      }),
    );
  });

  test('nothing that stands there makes a reader throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('edit_file', 'write_file', 'run_command'), (action, tool) => {
        const payload = { action: action as Json };
        readAction(payload);
        const node = nodeOf(payload, tool);
        oldChangeOf(node)?.after('abc');
        expect(explainDecision(node)).toContain('# Why');
      }),
    );
  });

  test.each([[2], ['1'], [0], [null], [1.5]])(
    'version %j is said to be unknown, and nothing of it is guessed',
    (version) => {
      const action = {
        ...(storedAction(EDIT, []) as Record<string, Json>),
        effect: 'execute',
        launch: { argv: [LINE] },
        version,
      };
      const node = nodeOf({ title: 'Edit src/sum.js', action });
      expect(node.title).toBe('Edit src/sum.js');
      expect(node.ran).toMatch(/newer version of Oversign recorded this/);
      expect(oldChangeOf(node)).toBeUndefined();
      expect(pathsOf({ action })).toEqual([]);
      expect(explainDecision(node)).toContain('newer version of Oversign');
      expect(explainDecision(node)).not.toContain('/w/src/sum.js');
    },
  );

  test('what was cut for the log is neither taken for all of a text nor for all that was in doubt', () => {
    const cut = { action: { bytes: 1, sha256: '' } };
    const write = { ...(storedAction(EDIT, []) as Record<string, Json>), arguments: { content: 'beginn' } };
    expect(oldChangeOf(nodeOf({ action: write }, 'write_file'))?.after('')).toBe('beginn');
    expect(oldChangeOf(nodeOf({ action: write, cut }, 'write_file'))?.after('')).toBeUndefined();
    const run = { effect: 'execute', launch: { argv: ['sh', LINE] }, command: { programs: [['sh']], doubts: [] } };
    expect(explainDecision(nodeOf({ action: run }))).toContain('known to only look');
    expect(explainDecision(nodeOf({ action: run, cut }))).not.toContain('known to only look');
    const lost = { ...run, command: { programs: [['sh']], doubts: [{}] } };
    expect(explainDecision(nodeOf({ action: lost }))).not.toContain('known to only look');
  });

  test('a call that was none, and what was erased', () => {
    expect(readAction({ arguments: '{"a":' })).toEqual({ kind: 'no call', arguments: '{"a":' });
    expect(readAction(undefined)).toEqual({ kind: 'gone' });
    expect(readAction({ cut: { action: { bytes: 1, sha256: '' } } })).toEqual({ kind: 'gone' });
  });

  test('nobody else takes an action out of a payload', () => {
    const sources = (folder: string): string[] =>
      readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : [];
      });
    const readers = sources('src').filter((path) =>
      /payload\??\.?(\['action'\]|\.action\b)/.test(readFileSync(path, 'utf8')),
    );
    expect(readers).toEqual([]);
    expect(sources('src').length).toBeGreaterThan(100);
  });
});

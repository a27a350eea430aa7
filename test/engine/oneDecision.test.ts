import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { Trial } from '../../src/core/lab/tryCall.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { canonicalJson } from '../../src/shared/json.ts';
import { plant } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

// The same call under the same policy has the same answer, whoever asks: `oversign decide`, Try an Action, a run.
// Not in this world is what only a run may start processes for: whether git holds denied files, what this machine confines.

const FILES = {
  'src/a.ts': 'const a = 1;\n',
  'src/deep/b.ts': 'b\n',
  '.env': 'KEY=abcdef123456\n',
  'build.sh': 'echo hi\n',
  'private/x': 'x\n',
};
const PATHS = [
  'src/a.ts',
  'src',
  '.',
  '.env',
  'private/x',
  'private',
  'new/file',
  '../outside',
  '/etc/passwd',
  '.git/HEAD',
];
const LINES = ['ls', 'cat src/a.ts', 'cat .env', 'cat private/x', 'bash build.sh', 'git status', 'rm -r src', 'a=$(x'];
const POLICIES = [
  '',
  'confirm_actions: false\n',
  'ways: {default: look}\n',
  'ways: {default: review}\n',
  'grants: {enabled: false}\n',
  'tools: {file_system: {denied_paths: ["private"]}}\n',
  'tools: {file_system: {allowed_paths: ["src"]}}\n',
  'tools: {file_system: {enabled: false}}\n',
  'tools: {code_execution: {languages: [python]}}\n',
  'own_paths: ["."]\n',
  'protected_paths: ["src/a.ts"]\n',
  'rules:\n  - {decision: deny, commands: ["git **"], why: none of it}\n  - {decision: allow, commands: ["bash build.sh"], why: ours}\n',
  'rules:\n  - {decision: allow, paths: ["src/**"], why: ours}\n  - {decision: ask, tools: [read_file], each_time: true, why: look}\n',
];

const anyCall = fc.oneof(
  fc.record({
    tool: fc.constantFrom(
      ...(['read_file', 'list_directory', 'find_files', 'search_files', 'write_file'] as const),
      ...(['edit_file', 'move_path', 'delete_path'] as const),
    ),
    about: fc.constantFrom(...PATHS),
  }),
  fc.record({ tool: fc.constant('run_command' as const), about: fc.constantFrom(...LINES) }),
  fc.record({ tool: fc.constant('run_code' as const), about: fc.constantFrom('print(1)', "open('src/a.ts')") }),
);

/** What a call of a tool about one path or command line is given, as *Try an Action* makes it. */
function argumentsOf({ tool, about }: { tool: string; about: string }): object {
  switch (tool) {
    case 'run_command':
      return { command: about };
    case 'run_code':
      return { language: 'python', code: about };
    case 'write_file':
      return { path: about, content: '' };
    case 'edit_file':
      return { path: about, old_text: '?', new_text: '' };
    case 'move_path':
      return { from: about, to: `${about}.moved` };
    case 'find_files':
      return { path: about, pattern: '*' };
    case 'search_files':
      return { path: about, pattern: 'x' };
    default:
      return { path: about };
  }
}

/** What a run's records say of its one call, in the words of a trial; and the digest that was decided on. */
function recorded(events: readonly AuditRecord[]): { decision: unknown; digest: unknown } {
  const decided = events.find(({ type }) => type === 'decided');
  if (decided) return { decision: decided.payload?.['decision'], digest: decided.data['digest'] };
  const { data, payload } = events.find(({ type }) => type === 'finished') ?? {};
  const reason = payload?.['output'];
  return {
    decision: { verdict: 'deny', rule: data?.['cause'], reason, origin: { layer: 'built-in' } },
    digest: undefined,
  };
}

function digestOf(action: Trial['action']): string | undefined {
  return action && createHash('sha256').update(canonicalJson(action)).digest('hex');
}

/** The environment that a command is given is this machine's, which nobody looks at who only decides. */
function withoutEnvironment(action: Trial['action']): unknown {
  return action?.kind === 'run' ? { ...action, launch: { ...action.launch, environment: {} } } : action;
}

async function deciding({ folder, config, home }: Workbench): Promise<Engine> {
  const environment = {
    HOME: home,
    XDG_CONFIG_HOME: join(config, '..'),
    XDG_DATA_HOME: join(config, '..', '..', 'data'),
  };
  return composeEngine(await decidingParts({ workspace: folder, environment }));
}

test('one call, one policy, one answer, by whichever door it is asked', async () => {
  const bench = await workbench({ files: FILES, userPolicy: '', answer: () => ({ choice: 'deny' }) });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...POLICIES), anyCall, async (policy, { tool, about }) => {
      await plant(bench.config, { 'policy.yaml': policy });
      await plant(bench.folder, FILES); // what an earlier call was allowed to change
      const call = { name: tool, args: argumentsOf({ tool, about }) };
      const asked = { name: tool, arguments: JSON.stringify(call.args) };
      const tried = await bench.engine.tryAction(tool, about);
      const trial = await bench.engine.tryCall(asked);
      const decided = await (await deciding(bench)).tryCall(asked);
      const run = recorded(await bench.run([{ calls: [call] }]));
      expect(tried).toEqual(trial);
      expect(decided.decision).toEqual(trial.decision);
      expect(withoutEnvironment(decided.action)).toEqual(withoutEnvironment(trial.action));
      expect(run).toEqual({ decision: trial.decision, digest: digestOf(trial.action) });
      seen.add(trial.decision.verdict);
    }),
    {
      numRuns: 18,
      examples: [
        ['', { tool: 'list_directory', about: 'src' }],
        ['', { tool: 'delete_path', about: 'src' }],
        ['', { tool: 'read_file', about: '/etc/passwd' }],
        ['ways: {default: review}\n', { tool: 'delete_path', about: 'src' }],
        ['ways: {default: look}\n', { tool: 'run_command', about: 'rm -r src' }],
      ],
    },
  );
  expect([...seen].sort()).toEqual(['allow', 'ask', 'deny']); // the control: it was no one answer for all
});

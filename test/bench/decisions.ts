import { bashParser } from '../../src/core/command/bash.ts';
import { understand } from '../../src/core/command/understand.ts';
import { decide } from '../../src/core/policy/decide.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { Rulebook } from '../../src/core/policy/rules.ts';
import { wayInForce } from '../../src/core/policy/ways.ts';
import { scopeOf } from '../../src/core/policy/scopeOf.ts';
import type { Action } from '../../src/shared/action.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';

const POLICY = `
tools: {file_system: {denied_paths: [.env, "secrets/", "**/*.key", /etc, ~/.ssh]}}
rules:
  - {decision: allow, commands: ["npm test", "npm run *"], why: often}
  - {decision: deny, commands: ["git push **"], why: by hand}
  - {decision: ask, paths: ["deploy/**"], why: careful, each_time: true}
`;
const COMMANDS = [
  'git diff --stat HEAD~1 -- src',
  'grep -rn "function" src --include="*.ts" | head -50',
  'cd packages/app && npm test 2>&1 | tail -20',
  'find . -name "*.ts" -not -path "./node_modules/*" | xargs wc -l | sort -n | tail -5',
  'for f in src/*.js; do sed -n "1,20p" "$f"; done',
];

/** What a decision costs: of a call on a file, and of a command from its text on; beside parsing JSON of its size. */
export async function benchDecisions(
  pair: (name: string, ours: () => unknown, other: () => unknown, each: number) => Promise<void>,
): Promise<void> {
  const root = '/home/user/app';
  const parsed = parsePolicy(POLICY, 'policy.yaml', 'user');
  if (!parsed.ok) throw new Error('the policy of the bench is invalid');
  const policy = mergePolicies([parsed.parsed]);
  const context = { roots: [root], home: '/home/user' };
  const inForce = {
    policy,
    scope: scopeOf(policy, [root], '/home/user', ['/home/user/.local/share/oversign']),
    rulebook: new Rulebook(policy.rules, context),
    way: wayInForce(undefined, policy),
  };
  const file: Action = {
    tool: 'edit_file',
    kind: 'change',
    effect: 'write',
    resources: [{ path: `${root}/src/core/main.ts`, access: 'write' }],
    arguments: {},
    changes: [],
    undo: 'whole',
  };
  const json = JSON.stringify(file);
  const times = (count: number, work: () => unknown) => (): void => {
    for (let round = 0; round < count; round += 1) work();
  };
  const PER_ROUND = 500;
  await pair(
    'decision on a file / JSON.parse of the action',
    times(PER_ROUND, () => decide(file, { family: 'file_system', flags: NO_FLAGS }, inForce, [])),
    times(PER_ROUND, () => JSON.parse(json) as unknown),
    PER_ROUND,
  );
  const parser = await bashParser();
  let next = 0;
  const command = (): unknown => {
    next = (next + 1) % COMMANDS.length;
    const meaning = understand(COMMANDS[next] ?? '', parser);
    const action: Action = {
      tool: 'run_command',
      kind: 'run',
      effect: 'execute',
      arguments: {},
      binds: [],
      launch: { argv: [], cwd: root, environment: {}, workspace: 'writable', secrets: 'hidden' },
      undo: 'none',
      resources: [
        { path: root, access: 'list' },
        ...meaning.paths.map(({ spelling, access }) => ({ path: `${root}/${spelling}`, access })),
      ],
      command: {
        programs: meaning.programs.map((words) => words.map((word) => (word.kind === 'known' ? word.text : null))),
        doubts: meaning.doubts,
        scripts: [],
      },
    };
    return decide(action, { family: 'code_execution', flags: NO_FLAGS }, inForce, []);
  };
  await pair(
    'command understood and decided / JSON.parse of the action',
    times(PER_ROUND, command),
    times(PER_ROUND, () => JSON.parse(json) as unknown),
    PER_ROUND,
  );
}

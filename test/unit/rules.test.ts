import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { Layer } from '../../src/core/policy/layer.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import type { Decision } from '../../src/shared/decision.ts';
import { COMMAND_POLICY, commandWorld } from '../support/commandWorld.ts';
import { layerOf, PROBES, ruleList } from '../support/policies.ts';
import { decisionsOf, rulingsOf } from '../support/strictness.ts';
import { plant } from '../support/tree.ts';

/** Decides calls as the lab does, in the world of the tables, under these rules of the user. */
async function deciding(rules: string, more = ''): Promise<(name: string, args: unknown) => Promise<Decision>> {
  const { folder, base } = await commandWorld();
  await plant(base, { 'rules.yaml': `${COMMAND_POLICY}own_paths: ["."]\n${more}rules:\n${rules}` });
  await plant(folder, { 'src/build.sh': '', 'build.sh': '', 'src/package.json': '{}' });
  const parts = await decidingParts({ workspace: folder, environment: {}, userPolicy: join(base, 'rules.yaml') });
  const engine = composeEngine(parts);
  return async (name, args) => (await engine.tryCall({ name, arguments: JSON.stringify(args) })).decision;
}

async function verdicts(rules: string, commands: readonly string[], folder = '.'): Promise<string[]> {
  const decide = await deciding(rules);
  return Promise.all(
    commands.map(async (command) => `${(await decide('run_command', { command, folder })).verdict}: ${command}`),
  );
}

describe('a rule that allows a command', () => {
  const RULES = '  - {decision: allow, commands: ["npm test", "npm run *", "make **"], why: checks}\n';

  test('wants every program of the line covered or only looking', async () => {
    const fits = ['npm test', 'timeout 9 npm test', '/usr/bin/npm test', 'npm run x', 'npm test && ls', 'make -j 4'];
    fits.push('npm test | head -n 5', 'nice npm test', 'bash -c "npm test"', '"npm" test', 'npm test 2>&1', 'make');
    expect(await verdicts(RULES, fits)).toEqual(fits.map((command) => `allow: ${command}`));
  });

  test('lets nothing beside it but programs that only show: the whole line could write', async () => {
    const beside = [
      'npm test; sort README.md -o f',
      'find . -delete; npm test',
      'npm test; tar -tf a.tar',
      'npm test; yarn -v',
    ];
    expect(await verdicts(RULES, beside)).toEqual(beside.map((command) => `ask: ${command}`));
  });

  test('lets no doubt about the line pass, and no other program', async () => {
    const asks =
      `npm test; rm -rf x|npm test > f|npm test >> f|npm test &> f|FOO=1 npm test|npm test $(x)|npm test $(ls)|npm test *
|sudo npm test|./npm test|PATH=. npm test|export PATH=.; npm test|npm() { ls; }; npm test|alias npm=ls; npm test|npm test | tee f
|for PATH in src; do npm test; done|while read PATH; do npm test; done < README.md|trap "rm x" EXIT; npm test|{ npm test; } > f
|bash -c "npm test > f"|sh -c "npm test"|env PATH=. npm test|nohup npm test|exec npm test|npm test -- x|npm|npm test x
|npm run a b|Npm test|npm TEST|eval npm test|. ./x; npm test|npm test 3<>f|npm test <(ls)|xargs npm test < README.md|hash -p x npm; npm test
|npm test\nrm x|npm test & rm x|npm test || rm x|coproc npm test|npm ''test x|npmx test|src/npm test`
        .split(/(?<!\|)\n?\|(?!\|)(?! tee)/)
        .map((command) => command.replace('\\n', '\n'));
    expect(asks.length).toBeGreaterThan(40);
    expect(await verdicts(RULES, asks)).toEqual(asks.map((command) => `ask: ${command}`));
    // What lies in the run's own scratch the agent may have put there: another program by the same name.
    expect(await verdicts(RULES, ['/tmp/npm test'])).toEqual(['ask: /tmp/npm test']);
  });

  test.each(['cat .env; npm test', 'npm test < .env', 'cat .env | npm test', 'npm test; head keys/server.pem'])(
    'does not answer for a secret that another part of the line reads: %s',
    async (command) => {
      expect(await verdicts(RULES, [command])).toEqual([`ask: ${command}`]);
    },
  );

  test('asks where the folder is not known in which the program starts', async () => {
    expect(await verdicts(RULES, ['cd $X && npm test'])).toEqual(['ask: cd $X && npm test']);
  });

  test('passes no denied path', async () => {
    const decide = await deciding('  - {decision: allow, commands: ["node **"], paths: ["."], why: w}\n');
    for (const [command, verdict] of [
      ['node src/main.js', 'allow'],
      ['node', 'ask'],
      ['node private/plan.txt', 'deny'],
      ['node link-private/plan.txt', 'deny'],
      ['node ../x', 'deny'],
    ])
      expect([command, (await decide('run_command', { command })).verdict]).toEqual([command, verdict]);
  });
});

describe('a rule that denies or asks for a command', () => {
  const RULES = '  - {decision: deny, commands: ["rm **", "cat **"], why: w}\n';

  test('finds it through wrappers, paths, quotes, substitutions and other programs', async () => {
    const lines =
      `rm x|/bin/rm x|/opt/x/../rm x|\\rm x|'r'm x|r""m x|$'rm' x|env rm x|env -i rm x|env -S "rm x"|xargs rm|ls | xargs cat
|bash -c "rm x"|bash -c 'bash -c "rm x"'|sh -c "rm x"|find . -exec rm {} \\;|find . -execdir cat {} +|sudo rm x|doas rm x|command rm x
|builtin cat README.md|exec rm x|eval "rm x"|nohup rm x|timeout 1 rm x|nice rm x|time cat README.md|! cat README.md|setsid rm x|busybox rm x
|stdbuf -o0 rm x|watch rm x|strace rm x|flock l rm x|chroot . rm x|unshare rm x|parallel rm|echo $(cat README.md)|echo \`cat README.md\`
|diff <(cat README.md) README.md|cat<README.md|x=cat; $x README.md|{cat,README.md}|(rm x)|f() { rm x; }; f|if rm x; then ls; fi
|case x in x) rm x;; esac|for i in a; do rm $i; done|ls; rm x|ls && rm x|ls & rm x|rm $X|rm *|rm|coproc rm x|/usr/bin//cat README.md`
        .split(/(?<!\|)\n?\|(?!\|)(?! xargs)/)
        .filter((line) => !line.startsWith('/opt'));
    expect(lines.length).toBeGreaterThan(50);
    expect(await verdicts(RULES, lines)).toEqual(lines.map((line) => `deny: ${line}`));
  });

  test('leaves what it does not name, and denies a line in which it could stand unseen', async () => {
    const free = ['ls', 'head README.md', 'echo rm x', 'grep rm README.md'];
    expect(await verdicts(RULES, free)).toEqual(free.map((line) => `allow: ${line}`));
    const unknown = ['$(echo rm) x', 'r* x', 'bash <<< "rm x"', 'su -c "rm x"', '$X'];
    expect(await verdicts(RULES, unknown)).toEqual(unknown.map((line) => `deny: ${line}`));
    // Code of other languages is not a command line: that is asked.
    const code = [
      'awk \'BEGIN{system("rm x")}\'',
      `python3 -c 'import os; os.system("rm x")'`,
      './build.sh',
      'bash build.sh',
    ];
    expect(await verdicts(RULES, code)).toEqual(code.map((line) => `ask: ${line}`));
  });

  test.each([
    ['./build.sh **', './build.sh x'],
    ['/usr/bin/head **', '/usr/bin/head README.md'],
    ['/usr/bin/head **', 'head README.md'],
  ])('binds also when it is written with a path: %s denies %s', async (pattern, command) => {
    const rules = `  - {decision: deny, commands: ["${pattern}"], why: w}\n`;
    expect(await verdicts(rules, [command])).toEqual([`deny: ${command}`]);
  });

  test.each(['git -C . push', 'git --no-pager push origin', 'git -c a.b=c push'])(
    'is not passed by an option before the subcommand: git push ** denies %s',
    async (command) => {
      expect(await verdicts('  - {decision: deny, commands: ["git push **"], why: w}\n', [command])).toEqual([
        `deny: ${command}`,
      ]);
    },
  );
});

describe('a rule on paths', () => {
  const RULES =
    '  - {decision: allow, paths: ["src", "private"], why: a}\n  - {decision: deny, paths: [docs], why: d}\n';

  test.each<[string, string, unknown]>([
    ['allow', 'write_file', { path: 'src/new.ts', content: '' }],
    ['allow', 'delete_path', { path: 'src/util.py' }],
    ['allow', 'move_path', { from: 'src/util.py', to: 'src/b.py' }],
    ['ask', 'move_path', { from: 'src/util.py', to: 'b.py' }],
    ['ask', 'write_file', { path: 'src-2/new.ts', content: '' }],
    ['ask', 'write_file', { path: 'SRC/new.ts', content: '' }],
    ['deny', 'write_file', { path: 'private/plan.txt', content: '' }],
    ['deny', 'read_file', { path: 'link-private/plan.txt' }],
    ['deny', 'write_file', { path: 'src/.git/config', content: '' }],
    ['deny', 'read_file', { path: 'docs/guide.md' }],
    ['deny', 'read_file', { path: 'src/../docs/./guide.md' }],
    ['deny', 'list_directory', { path: 'docs' }],
    ['deny', 'move_path', { from: 'src/util.py', to: 'docs/util.py' }],
    ['deny', 'run_command', { command: 'head docs/guide.md' }],
    ['deny', 'run_command', { command: 'cd docs && head guide.md' }],
    ['deny', 'run_command', { command: 'head guide.md', folder: 'docs' }],
    ['deny', 'run_command', { command: 'head d*/guide.md' }],
    ['deny', 'run_command', { command: 'ls', folder: 'docs' }],
    ['deny', 'run_command', { command: 'grep -r guide', folder: 'docs' }],
    ['ask', 'run_command', { command: 'touch src/x' }],
  ])('%s: %s %j', async (verdict, name, args) => {
    expect((await (await deciding(RULES))(name, args)).verdict).toBe(verdict);
  });
});

describe('among rules', () => {
  const rule = (decision: string, more = ''): string =>
    `{decision: ${decision}, commands: ["npm test"], why: w${more}}`;
  const npm = PROBES.findIndex(({ action }) => action.kind === 'run' && action.command.programs[0]?.[1] === 'test');
  const verdict = (...files: [Layer, string[]][]): string => {
    const layers = files.map(([layer, rules]) => layerOf(`rules: [${rules.join(', ')}]`, layer));
    const decision = decisionsOf(mergePolicies(layers))[npm];
    return `${decision?.verdict ?? ''}${decision?.eachTime === true ? '!' : ''} ${decision?.origin.layer ?? ''}`;
  };
  const [allow, ask, deny, each] = [rule('allow'), rule('ask'), rule('deny'), rule('ask', ', each_time: true')];

  test.each<[string, string, [Layer, string[]][]]>([
    ['the first of a file counts', 'allow user', [['user', [allow, deny]]]],
    ['the first of a file counts, the other way', 'deny user', [['user', [deny, allow]]]],
    [
      'the stricter layer counts',
      'deny user',
      [
        ['organization', [allow]],
        ['user', [deny]],
      ],
    ],
    [
      'the organization’s denial stays',
      'deny organization',
      [
        ['organization', [deny]],
        ['user', [allow]],
      ],
    ],
    [
      'the organization’s question stays',
      'ask organization',
      [
        ['organization', [ask]],
        ['user', [allow]],
      ],
    ],
    [
      'each time stays',
      'ask! organization',
      [
        ['organization', [each]],
        ['user', [ask]],
      ],
    ],
    [
      'each time is added',
      'ask! organization',
      [
        ['organization', [ask]],
        ['user', [each]],
      ],
    ],
    ['a workspace’s allowance is passed over', 'deny workspace', [['workspace', [allow, deny]]]],
    ['a run’s allowance is passed over', 'ask built-in', [['run', [allow]]]],
    [
      'a run’s denial counts',
      'deny run',
      [
        ['user', [allow]],
        ['run', [allow, deny]],
      ],
    ],
  ])('%s', (_name, wanted, files) => {
    expect(verdict(...files)).toBe(wanted);
  });

  test('property: however the rules within a layer are ordered, a later layer never makes it looser', () => {
    const STRICT = { allow: 0, ask: 1, deny: 2 };
    const shuffled = ruleList.chain((rules) => fc.shuffledSubarray(rules, { minLength: rules.length }));
    fc.assert(
      fc.property(shuffled, shuffled, shuffled, fc.boolean(), (org, own, shared, isAccepted) => {
        const layers = [
          layerOf(JSON.stringify({ rules: org }), 'organization'),
          layerOf(JSON.stringify({ rules: own }), 'user'),
          { ...layerOf(JSON.stringify({ rules: shared }), 'workspace', '/w/one'), isAccepted },
        ];
        for (let count = 2; count <= layers.length; count += 1) {
          const before = rulingsOf(mergePolicies(layers.slice(0, count - 1)));
          for (const [index, ruling] of rulingsOf(mergePolicies(layers.slice(0, count))).entries()) {
            const earlier = before[index];
            if (earlier) expect(STRICT[ruling?.verdict ?? 'allow']).toBeGreaterThanOrEqual(STRICT[earlier.verdict]);
            if (earlier?.eachTime === true && ruling?.verdict === 'ask') expect(ruling.eachTime).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('errors with their place', () => {
  const HEAD = 'timeout: 5\nrules:\n  - decision: allow\n    why: w\n';
  test.each<[string, string, string]>([
    ['no subject', '', '3:5 a rule needs tools, commands or paths'],
    ['** in the middle', '    commands: ["npm ** x"]', '5:16 may have ** at its end only'],
    ['** first', '    commands: [ls, "**"]', '5:20 must start with the name of a program'],
    ['* first', '    commands: ["* x"]', '5:16 must start with the name of a program'],
    ['open quotes', `    commands: ["npm 'x"]`, '5:16 has quotes that do not close'],
    ['quotes in a word', `    commands: ["n'p'm"]`, '5:16 has quotes that do not close'],
    ['an operator', '    commands: ["npm test; rm x"]', '5:16 has "test;", which is no word'],
    ['a pipe', '    commands: ["npm test | cat"]', '5:16 has "|", which is no word'],
    ['a redirection', '    commands: ["npm test > f"]', '5:16 has ">", which is no word'],
    ['a variable', '    commands: ["npm $X"]', '5:16 has "$X", which is no word'],
    ['blanks', '    commands: [" "]', '5:16 is empty'],
    ['an empty list', '    paths: []', '5:12 Too small'],
    ['an unknown tool', '    tools: [rm_rf]', '5:13 must be'],
    ['each_time without asking', '    tools: [read_file]\n    each_time: true', '3:5 each_time is for rules that ask'],
    ['commands of no command tool', '    commands: [ls]\n    tools: [read_file]', '3:5 commands are about run_command'],
    ['examples of nothing', '    tools: [read_file]\n    examples: {match: [x]}', '3:5 examples are for rules'],
    [
      'a key of another place',
      '    denied_paths: [x]',
      '5:5 unknown key "denied_paths" (it stands below "tools.file_system")',
    ],
    ['an unknown key', '    comands: [ls]', '5:5 unknown key "comands" (did you mean "commands"?)'],
  ])('%s', (_name, lines, wanted) => {
    const result = parsePolicy(`${HEAD}${lines}\n`, 'p.yaml', 'user');
    const found = result.ok
      ? []
      : result.diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`);
    const [place = '', ...words] = wanted.split(' ');
    expect(
      found.some((one) => one.startsWith(`${place} `) && one.includes(words.join(' '))),
      found.join('\n'),
    ).toBe(true);
  });
});

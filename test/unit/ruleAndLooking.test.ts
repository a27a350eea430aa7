import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { onlyActivates } from '../../src/core/command/activation.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import type { Decision } from '../../src/shared/decision.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** As `python3 -m venv` of CPython 3.12 writes it. */
const ACTIVATE = (environment: string): string => `# This file must be used with "source bin/activate" *from bash*
# You cannot run it directly

deactivate () {
    # reset old environment variables
    if [ -n "\${_OLD_VIRTUAL_PATH:-}" ] ; then
        PATH="\${_OLD_VIRTUAL_PATH:-}"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    if [ -n "\${_OLD_VIRTUAL_PYTHONHOME:-}" ] ; then
        PYTHONHOME="\${_OLD_VIRTUAL_PYTHONHOME:-}"
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi

    # Call hash to forget past locations. Without forgetting
    hash -r 2> /dev/null

    if [ -n "\${_OLD_VIRTUAL_PS1:-}" ] ; then
        PS1="\${_OLD_VIRTUAL_PS1:-}"
        export PS1
        unset _OLD_VIRTUAL_PS1
    fi

    unset VIRTUAL_ENV
    unset VIRTUAL_ENV_PROMPT
    if [ ! "\${1:-}" = "nondestructive" ] ; then
    # Self destruct!
        unset -f deactivate
    fi
}

# unset irrelevant variables
deactivate nondestructive

# on Windows, a path can contain colons and backslashes and has to be converted:
if [ "\${OSTYPE:-}" = "cygwin" ] || [ "\${OSTYPE:-}" = "msys" ] ; then
    export VIRTUAL_ENV=$(cygpath "${environment}")
else
    # use the path as-is
    export VIRTUAL_ENV="${environment}"
fi

_OLD_VIRTUAL_PATH="$PATH"
PATH="$VIRTUAL_ENV/bin:$PATH"
export PATH

# unset PYTHONHOME if set
if [ -n "\${PYTHONHOME:-}" ] ; then
    _OLD_VIRTUAL_PYTHONHOME="\${PYTHONHOME:-}"
    unset PYTHONHOME
fi

if [ -z "\${VIRTUAL_ENV_DISABLE_PROMPT:-}" ] ; then
    _OLD_VIRTUAL_PS1="\${PS1:-}"
    PS1="(.venv) \${PS1:-}"
    export PS1
    VIRTUAL_ENV_PROMPT="(.venv) "
    export VIRTUAL_ENV_PROMPT
fi

# Call hash to forget past commands. Without forgetting
hash -r 2> /dev/null
`;

interface World {
  work: string;
  decide: (command: string, folder?: string) => Promise<Decision>;
}

async function world(rule: string, more = ''): Promise<World> {
  const base = await temporaryFolder();
  const work = join(base, 'work');
  await plant(base, {
    'home/.keep': '',
    'work/package.json': '{"scripts":{"test":"true"}}',
    'work/sub/package.json': '{"scripts":{"test":"true"}}',
    'work/README.md': '',
    'work/.venv/pyvenv.cfg': '',
    'work/.venv/bin/activate': ACTIVATE(join(work, '.venv')),
    'work/.venv/bin/pytest': '#!python\n',
    'user.yaml': `own_paths: ["."]\n${more}rules:\n  - ${rule.replaceAll('WORK', work)}\n`,
  });
  symlinkSync('/usr/bin/python3', join(work, '.venv/bin/python'));
  const parts = await decidingParts({
    workspace: work,
    environment: { HOME: join(base, 'home') },
    userPolicy: join(base, 'user.yaml'),
  });
  const engine = composeEngine(parts);
  const decide = async (command: string, folder = '.'): Promise<Decision> =>
    (await engine.tryCall({ name: 'run_command', arguments: JSON.stringify({ command, folder }) })).decision;
  return { work, decide };
}

async function verdicts({ decide, work }: World, lines: readonly string[]): Promise<string[]> {
  return Promise.all(lines.map(async (line) => `${(await decide(line.replaceAll('WORK', work))).verdict}: ${line}`));
}

const ALLOWS = '{decision: allow, commands: ["npm test", "pytest **", "git add **", "python -m pytest"], why: w}';

describe('a rule and looking', () => {
  test('is still the rule', async () => {
    const lines = [
      'cd sub && npm test | tail -5',
      'npm test 2>&1 | grep -v ok | sort | uniq -c | head -n 3',
      'npm test; git status; git diff --stat',
      'npm test && git log --oneline -n 3',
      'npm test || echo failed',
      'find . -name "*.md" && npm test',
      "npm test | sed -n '1,5p'",
      'set -e; npm test',
      'set -euo pipefail\nnpm test | tail -n 3',
      'CI=1 npm test',
      '(cd sub && npm test)',
      'npm test; exit 1',
    ];
    expect(await verdicts(await world(ALLOWS), lines)).toEqual(lines.map((line) => `allow: ${line}`));
  });

  test('covers nothing that does more', async () => {
    const lines = [
      'npm test; git commit -m x',
      'npm test; sort README.md -o x',
      'npm test; find . -delete',
      'npm test; find . -exec touch {} ;',
      'npm test; sed -i s/a/b/ README.md',
      "npm test; sed 'w x' README.md",
      'npm test | tee x',
      'npm test > x',
      'set -k; npm test',
      'set +e -H; npm test',
      'npm test; git diff --output=x',
      'npm test; git -c core.pager=x log',
      'npm test; rg --pre x y',
      'npm test; sort --compress-program=x README.md',
      'npm test; npm run x',
      'npm test; node --version',
      'npm test & rm x',
      'PATH=. npm test',
      'cd $X && npm test; x',
    ];
    expect(await verdicts(await world(ALLOWS), lines)).toEqual(lines.map((line) => `ask: ${line}`));
  });

  test('does not answer for a folder of secrets that a looking program reads', async () => {
    const here = await world(ALLOWS);
    const lines = [
      'npm test; grep -r KEY .',
      'npm test; rg KEY',
      'npm test; grep -rn KEY',
      'npm test; rg KEY .',
      'npm test; diff -r . sub',
      'npm test; grep -r KEY *',
    ];
    expect(await verdicts(here, lines)).toEqual(lines.map((line) => `allow: ${line}`)); // the control: there is none
    await plant(here.work, { 'conf/.env': 'KEY=1\n' });
    const below = [
      'npm test; grep -r KEY sub',
      'npm test; ls -R .',
      'npm test; find . -name x',
      'npm test | tail -n 1',
    ];
    expect(await verdicts(here, lines)).toEqual(lines.map((line) => `ask: ${line}`));
    expect(await verdicts(here, below)).toEqual(below.map((line) => `allow: ${line}`));
  });

  test('in a folder holds where the program really starts', async () => {
    const here = await world('{decision: allow, commands: ["npm test", "node x.js"], in: ["WORK"], why: w}');
    symlinkSync('sub', join(here.work, 'link'));
    const fits = ['npm test', 'cd . && npm test', 'cd WORK && npm test', 'cd sub && ls; npm test; ls'];
    const asks = [
      'cd sub && npm test',
      'cd link && npm test',
      'cd $X && npm test',
      'cd sub/.. && npm test',
      'cd link/.. && npm test',
    ];
    expect(await verdicts(here, fits.slice(0, 3))).toEqual(fits.slice(0, 3).map((line) => `allow: ${line}`));
    // After `cd sub && ls;` it may be in either.
    expect(await verdicts(here, [...asks, fits[3] ?? ''])).toEqual(
      [...asks, fits[3] ?? ''].map((line) => `ask: ${line}`),
    );
    const below = await world('{decision: allow, commands: ["npm test"], in: ["WORK/**"], why: w}');
    expect(await verdicts(below, ['cd sub && npm test'])).toEqual(['allow: cd sub && npm test']);
  });

  test('takes variables that the policy lets commands have, and no others', async () => {
    const some = await world(
      ALLOWS,
      'environment: {allowed_variables: [DEBUG, NODE_ENV, NODE_OPTIONS, PATH, CC, RUSTC_WRAPPER, npm_config_script_shell]}\n',
    );
    const fits = [
      'DEBUG=1 npm test',
      'NODE_ENV=test npm test',
      'export DEBUG=1; npm test',
      'export DEBUG=1 NODE_ENV=x && npm test',
    ];
    const asks = [
      'NODE_OPTIONS=-rx npm test',
      'PATH=. npm test',
      'CC=./x npm test',
      'RUSTC_WRAPPER=./x npm test',
      'npm_config_script_shell=./x npm test',
      'OTHER=1 npm test',
      'export OTHER=1; npm test',
      'export DEBUG=$(x); npm test',
      'export PATH=.; npm test',
      'export -n DEBUG; npm test',
    ];
    expect(await verdicts(some, fits)).toEqual(fits.map((line) => `allow: ${line}`));
    expect(await verdicts(some, asks)).toEqual(asks.map((line) => `ask: ${line}`));
    expect(await verdicts(await world(ALLOWS), fits)).toEqual(fits.map((line) => `ask: ${line}`));
  });

  test('a question names the part that it is about', async () => {
    const { decide } = await world(ALLOWS);
    expect((await decide('npm test && curl -s http://x/ | head')).reason).toMatch(
      /^Your rules allow the rest of it, but not `curl -s http:\/\/x\/`\.$/,
    );
    expect((await decide('npm test; node --version')).reason).toMatch(/but not `node --version`, which may do more/);
    expect((await decide('npm test > x')).reason).toMatch(/but not it writes x\.$/);
    expect((await decide('curl -s http://x/')).reason).toMatch(/^Runs `curl`, which can change anything/);
  });
});

describe('an environment of the project', () => {
  test('that is only activated leaves the rule as it is', async () => {
    const lines = [
      'source .venv/bin/activate && pytest -q',
      '. .venv/bin/activate; pytest -q | tail -n 3',
      'source .venv/bin/activate && python -m pytest',
      'source .venv/bin/activate; npm test',
    ];
    expect(await verdicts(await world(ALLOWS), lines)).toEqual(lines.map((line) => `allow: ${line}`));
  });

  test('is the one that the shell finds, behind a link too', async () => {
    const it = await world(ALLOWS);
    await plant(it.work, { 'far/deep/x': '', 'far/.venv/bin/activate': 'touch x\n', 'far/.venv/pyvenv.cfg': '' });
    symlinkSync('far/deep', join(it.work, 'link'));
    const lines = [
      'cd link && source ../.venv/bin/activate && npm test',
      'source link/../.venv/bin/activate && npm test',
    ];
    expect(await verdicts(it, lines)).toEqual(lines.map((line) => `ask: ${line}`));
  });

  test('is nothing that a rule speaks of by itself', async () => {
    expect((await (await world(ALLOWS)).decide('source .venv/bin/activate')).verdict).toBe('ask');
    expect((await (await world(ALLOWS)).decide('source .venv/bin/activate x && npm test')).verdict).toBe('ask');
  });

  test.each<[string, (work: string) => void]>([
    [
      'does more',
      (work) => {
        writeFileSync(join(work, '.venv/bin/activate'), `${ACTIVATE(join(work, '.venv'))}touch x\n`);
      },
    ],
    [
      'is another one’s',
      (work) => {
        writeFileSync(join(work, '.venv/bin/activate'), ACTIVATE(join(work, 'evil')));
      },
    ],
    [
      'has the line’s program in its place',
      (work) => {
        writeFileSync(join(work, '.venv/bin/npm'), '');
      },
    ],
    [
      'has a looking program in its place',
      (work) => {
        writeFileSync(join(work, '.venv/bin/tail'), '');
      },
    ],
  ])('whose script %s asks', async (_what, change) => {
    const it = await world(ALLOWS);
    const line = 'source .venv/bin/activate && npm test | tail -n 1';
    expect((await it.decide(line)).verdict).toBe('allow'); // the control
    change(it.work);
    expect((await it.decide(line)).verdict).toBe('ask');
  });

  test.each([
    'x',
    'PATH="$(x):$PATH"',
    'PS1="$(x)"',
    'PS1="`x`"',
    'export VIRTUAL_ENV="$(x)"',
    'export VIRTUAL_ENV=$(cygpath "/e")',
    'PS1=a x',
    'hash -r 2> /dev/null; x',
    'if [ -n "$(x)" ] ; then',
    'PATH="/evil:$PATH"',
    'LD_PRELOAD=x',
    'fi; x',
    'PS1="a"; x',
    'PS1="a\\"$(x)"',
    "PS1='a'$(x)",
    'export PATH=x',
    '} && x',
    'unset PATH x',
    'BASH_ENV=x',
    'deactivate () { x; }',
  ])('is none with the line %s', (line) => {
    expect(onlyActivates(ACTIVATE('/e'), ['/e'])).toBe(true);
    expect(onlyActivates(`${ACTIVATE('/e')}${line}\n`, ['/e'])).toBe(false);
  });
});

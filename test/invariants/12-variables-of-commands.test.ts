import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { commandWorld } from '../support/commandWorld.ts';
import { plant } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

const TOKEN = 'ghx_8Kq2mZ0vLrT5wYb7NcPd3sQeUa91';
const POLICY = 'environment: {allowed_variables: [DEPLOY_TOKEN]}\n';
const ENVIRONMENT = { DEPLOY_TOKEN: TOKEN };

/** Every way in which bash uses a variable. */
const USES =
  `echo $V|echo "$V"|echo \${V}|echo \${V:-x}|echo \${V-x}|echo \${V:+x}|echo \${V+x}|echo \${V:?x}|echo \${V?x}|echo \${#V}
|echo \${V:0:10}|echo \${V: -5}|echo \${V#a}|echo \${V##a}|echo \${V%a}|echo \${V%%a}|echo \${V/a/b}|echo \${V//a/b}|echo \${V/#a/b}|echo \${V^}|echo \${V^^}
|echo \${V,}|echo \${V,,}|echo \${V@Q}|echo \${V@U}|echo \${!V}|n=V; echo \${!n}|echo \${V[0]}|echo \${V[@]}|echo "\${V[*]}"|echo \${#V[@]}|echo \${x:-$V}
|echo \${x:-\${V:0:9}}|echo "\${x:+\${y:-$V}}"|echo $((V))|echo $(( V + 1 ))|(( V ))|cat <<E\n$V\nE|cat <<E\n\${V:3}\nE|cat <<< $V|cat <<< "\${V%x}"|x=$V; echo $x
|for i in $V; do echo $i; done|case $V in a*) echo a;; esac|[[ $V == a* ]] && echo a|[[ -n \${V:-} ]] && echo a|[ "\${V:0:1}" = a ] && echo a|echo a{"$V",b}|echo \`echo $V\`
|echo $(echo \${V:1})|grep "\${V:0:4}" README.md|echo \${a[\${V}]}|printenv V|printenv|env|bash -c 'echo $V'|head -c \${#V} README.md|cat < \${V:-README.md}`
    .split(/\n?(?<!\|)\|(?!\|)/)
    .map((line) => line.replaceAll('\\n', '\n').replaceAll(/\bV\b/g, 'DEPLOY_TOKEN'));

test('a line that uses an allowed variable asks, in whatever form, and says which', async () => {
  const { folder, base } = await commandWorld();
  await plant(base, { 'v.yaml': POLICY });
  const engine = composeEngine(
    await decidingParts({ workspace: folder, environment: ENVIRONMENT, userPolicy: join(base, 'v.yaml') }),
  );
  expect(USES.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  for (const command of USES) {
    const { decision, action } = await engine.tryCall({ name: 'run_command', arguments: JSON.stringify({ command }) });
    const says =
      action?.kind === 'run' &&
      action.command.doubts.some(({ why }) => why === 'it shows the environment variable DEPLOY_TOKEN');
    if (decision.verdict !== 'ask' || !says) wrong.push(`${decision.verdict} ${String(says)}: ${command}`);
  }
  expect(wrong).toEqual([]);
});

test('another variable than the allowed one does not ask', async () => {
  const { folder, base } = await commandWorld();
  await plant(base, { 'v.yaml': POLICY });
  const engine = composeEngine(
    await decidingParts({ workspace: folder, environment: ENVIRONMENT, userPolicy: join(base, 'v.yaml') }),
  );
  for (const command of [
    'echo ${PATH:-x}',
    'echo ${#OTHER}',
    'echo ${OTHER:0:3}',
    'x=1; echo ${x:-y}',
    'echo DEPLOY_TOKEN',
  ]) {
    const { decision } = await engine.tryCall({ name: 'run_command', arguments: JSON.stringify({ command }) });
    expect([command, decision.verdict]).toEqual([command, 'allow']);
  }
});

/** Programs that show their environment by ways that no reader of command lines could know. */
const SHOWS = [
  'cat leak/environ',
  'cat leak*/environ',
  'cat l*/env*',
  'strings /proc/self/environ',
  'cat /proc/*/environ',
  'cat /proc/1/environ /proc/1/cmdline',
  'grep -ra DEPLOY .',
  'git status; git log -1; git diff',
  'jq -n "$ ENV"',
  'head -c 100000 link',
];

test(
  'what runs without a question holds no variable of the user’s, wherever it looks',
  { timeout: 120_000 },
  async () => {
    const bench = await workbench({ userPolicy: POLICY, environment: ENVIRONMENT, answer: () => ({ choice: 'deny' }) });
    symlinkSync('/proc/self', join(bench.folder, 'leak'));
    symlinkSync('/proc/self/environ', join(bench.folder, 'link'));
    const events = await bench.run([
      ...SHOWS.map((command) => ({ calls: [{ name: 'run_command', args: { command } }] })),
      // Nothing but a look, which is run: the control of those above.
      { calls: [{ name: 'run_command', args: { command: 'cat README.md' } }] },
    ]);
    const proposed = events
      .filter(({ type }) => type === 'proposed')
      .map(({ payload }) => payload?.['action'] as Proposed | undefined);
    const unasked = proposed.filter((action) => action?.launch?.workspace === 'read-only');
    expect(unasked.length).toBeGreaterThan(0);
    for (const action of unasked) expect(Object.keys(action?.launch?.environment ?? {})).not.toContain('DEPLOY_TOKEN');
    expect(JSON.stringify(events.filter(({ type }) => type === 'finished'))).not.toMatch(/DEPLOY_TOKEN=|ghx_/);
    expect(events.some(({ payload }) => String(payload?.['output']).includes('hello'))).toBe(true);
  },
);

interface Proposed {
  launch?: { workspace: string; environment: Record<string, string> };
}

test(
  'a command that was approved is given it, lights private, and shows no piece of it',
  { timeout: 120_000 },
  async () => {
    const bench = await workbench({ userPolicy: `own_paths: ["."]\n${POLICY}`, environment: ENVIRONMENT });
    const commands = [
      'cat /proc/self/environ | tr "\\0" "\\n" | grep -c DEPLOY_TOKEN; touch a',
      'echo "<${DEPLOY_TOKEN:0:10}>" "<${DEPLOY_TOKEN:10:12}>" "<${DEPLOY_TOKEN#ghx_}>"',
      'echo $DEPLOY_TOKEN | cut -c 5-20; echo "$DEPLOY_TOKEN" | fold -w 9',
    ];
    const events = await bench.run(
      commands.map((command) => ({ calls: [{ name: 'run_command', args: { command } }] })),
    );
    const outputs = events.filter(({ type }) => type === 'finished').map(({ payload }) => String(payload?.['output']));
    // It is there: the control.
    expect(outputs[0]).toMatch(/^1\b/);
    expect(outputs[1]).toContain('<[redacted:DEPLOY_TOKEN]> <[redacted:DEPLOY_TOKEN]> <[redacted:DEPLOY_TOKEN]>');
    for (const output of outputs)
      for (let at = 0; at + 8 <= TOKEN.length; at += 1) expect(output).not.toContain(TOKEN.slice(at, at + 8));
    expect(bench.engine.view().run?.flags).toMatchObject({ private: true });
    expect(events.some(({ type }) => type === 'redaction')).toBe(true);
  },
);

test.each([true, false])(
  'no value of a variable that a command is given is recorded, however short or ordinary (sandbox: %s)',
  async (sandbox) => {
    // Names that do not tell, and values that no look at texts would take for a secret; one shorter than what is masked.
    const values = { DATABASE: 'the blue staging base', PIN: '#q!7' };
    const bench = await workbench({
      userPolicy: `sandbox: ${String(sandbox)}\nenvironment: {allowed_variables: [DATABASE, PIN]}\n`,
      environment: values,
    });
    const events = await bench.run([
      { calls: [{ name: 'run_command', args: { command: 'printf %s "$DATABASE$PIN" > given' } }] },
    ]);
    // The control: it was given them.
    expect(readFileSync(join(bench.folder, 'given'), 'utf8')).toBe(values.DATABASE + values.PIN);
    const proposed = events.find(({ type }) => type === 'proposed')?.payload?.['action'] as Proposed | undefined;
    expect(proposed?.launch?.environment).toMatchObject({ DATABASE: '[redacted:DATABASE]', PIN: '[redacted:PIN]' });
    const files = readdirSync(bench.data, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(bench.data, name)).isFile(),
    );
    expect(files).toContain('audit.db');
    // What undo keeps of the workspace are its own bytes, the file `given` among them.
    for (const name of files.filter((one) => !/(^|\/)pack$|\.pack$/.test(one))) {
      const bytes = readFileSync(join(bench.data, name), 'latin1');
      for (const value of Object.values(values)) expect(bytes.includes(value), `${name}: ${value}`).toBe(false);
    }
  },
);

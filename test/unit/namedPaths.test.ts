import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { commandWorld } from '../support/commandWorld.ts';
import { plant } from '../support/tree.ts';

/** `wanted`: "VERDICT: COMMAND"; what the same commands get. */
async function verdicts(wanted: readonly string[], folder = '.', denied = ''): Promise<string[]> {
  const commands = wanted.map((line) => line.slice(line.indexOf(' ') + 1));
  const world = await commandWorld();
  await plant(world.folder, { 'app/[id]/private/x': '', 'app/[id]/.env': '', 'app/[id]/page.ts': '' });
  if (denied !== '') await plant(world.base, { 'policy.yaml': `tools: {file_system: {denied_paths: [${denied}]}}\n` });
  const parts = await decidingParts({ workspace: world.folder, environment: {}, userPolicy: world.policy });
  const engine = composeEngine(parts);
  return Promise.all(
    commands.map(async (command) => {
      const call = { name: 'run_command', arguments: JSON.stringify({ command, folder }) };
      return `${(await engine.tryCall(call)).decision.verdict}: ${command}`;
    }),
  );
}

test('in a folder whose name has brackets, globs and words of unknown programs are found as anywhere', async () => {
  const wanted = [
    'deny: cat priv*/x',
    'deny: sqlite3 private/x',
    'ask: cat .e*',
    'allow: cat *.ts',
    'deny: cat private/*',
  ];
  expect(await verdicts(wanted, 'app/[id]')).toEqual(wanted);
});

test('a denied name with a leading dot is denied to programs that are not known', async () => {
  const wanted = [
    'deny: sqlite3 .env',
    'deny: unheard-of --file=.env',
    'ask: unheard-of .envy',
    'ask: unheard-of s/.env/x/',
  ];
  expect(await verdicts(wanted, '.', '.env')).toEqual(wanted);
});

test('what can be no path is a doubt, wherever it stands, and never an exception', async () => {
  const long = 'x'.repeat(300);
  const lines = [
    `cat ${'*'.repeat(300)}`,
    `cat ${long}`,
    `make -C ${long}`,
    `cd ${long} && npm test`,
    `ls ${'a/'.repeat(3000)}*`,
  ];
  const wanted = lines.map((line) => `ask: ${line}`);
  expect(await verdicts(wanted)).toEqual(wanted);
});

test('a folder that pushd goes to counts as one that cd goes to; where popd goes nobody knows', async () => {
  const wanted = [
    'deny: pushd docs; cat plan',
    'deny: pushd docs > /dev/null && cat plan',
    'deny: cd docs; cat plan',
    'ask: pushd docs; cat other',
    'ask: cd docs; popd; cat other',
    'ask: pushd +1; cat other',
  ];
  expect(await verdicts(wanted, '.', 'docs/plan')).toEqual(wanted);
});

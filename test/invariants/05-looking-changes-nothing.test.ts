import { cpSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { COMMAND_POLICY, commandWorld } from '../support/commandWorld.ts';
import { snapshot } from '../support/snapshot.ts';
import { workbench } from '../support/workbench.ts';

interface Line { command: string; expect: string }
function allowed(name: string): string[] {
  const text = readFileSync(new URL(`../golden/commands/${name}.jsonl`, import.meta.url), 'utf8');
  return text.split('\n').filter((l) => l !== '').map((l) => JSON.parse(l) as Line).filter((l) => l.expect === 'allow').map((l) => l.command);
}
test('x', { timeout: 280_000 }, async () => {
  const world = await commandWorld();
  const bench = await workbench({ userPolicy: `${COMMAND_POLICY}  code_execution:\n    timeout: 5\n`, answer: () => ({ choice: 'deny' }) });
  cpSync(world.folder, bench.folder, { recursive: true, verbatimSymlinks: true, force: true });
  const before = snapshot(bench.folder);
  const commands = [...new Set(['readonly', 'everyday', 'hostile'].flatMap(allowed))];
  const t = performance.now();
  const got = await attempt(bench, commands.map((command) => ({ name: 'run_command', args: { command } })));
  console.log(commands.length, performance.now() - t);
  console.log(bench.asked.map((a) => [JSON.stringify(a.card), a.decision.reason]));
  const bad = got.flatMap((g, i) => g.text.includes('[exit code 0]') ? [] : [`${commands[i]} => ${g.outcome} ${g.text.slice(0, 150)}`]);
  console.log(bad.join('\n'));
  console.log('LEAK', got.flatMap((g, i) => g.text.includes('hush-hush') ? [commands[i]] : []));
  console.log(got.events.filter(e => e.type === 'finished').map(e => e.data['facts']).filter((f: any) => f?.workspace !== 'read-only').length);
  expect(snapshot(bench.folder)).toEqual(before);
});

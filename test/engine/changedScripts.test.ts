import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rememberFirst } from '../support/attempt.ts';
import { workbench, type Turn } from '../support/workbench.ts';

describe('what the run changed is known no more:', () => {
  const USER =
    'own_paths: ["."]\nrules:\n  - {decision: allow, tools: [write_file, edit_file, edit_files, delete_path, move_path], why: edits}\n  - {decision: allow, commands: ["npm test", "make **", "./build.sh", "sub/build.sh"], why: w}\n';
  const write = (path: string): Turn => ({ calls: [{ name: 'write_file', args: { path, content: '{ }' } }] });
  const run = (command: string, folder = '.'): Turn => ({
    calls: [{ name: 'run_command', args: { command, folder } }],
  });
  const blind = (command: string): Turn => run(`bash -s <<'E'\n${command}\nE`);

  test.each<[string, Turn[], number]>([
    ['nothing', [run('npm test'), write('x.txt'), run('npm test')], 0],
    ['package.json by a tool', [run('npm test'), write('package.json'), run('npm test')], 1],
    ['the Makefile by a tool', [write('Makefile'), run('make all')], 1],
    ['package.json by a command that asked', [run('npm test'), blind('echo {} > package.json'), run('npm test')], 2],
    ['nothing, by a command that asked', [run('npm test'), blind('true'), run('npm test')], 1],
    ['a script', [write('build.sh'), run('./build.sh')], 1],
    ['package.json of the folder', [write('sub/package.json'), run('npm test', 'sub')], 1],
    ['package.json above the folder', [write('package.json'), run('npm test', 'deep')], 1],
    ['package.json of a folder that the line goes to', [write('sub/package.json'), run('cd sub && npm test')], 1],
    ['package.json of a folder that env goes to', [write('sub/package.json'), run('env -C sub npm test')], 1],
    ['the Makefile of make -C', [write('sub/Makefile'), run('make -C sub')], 1],
    ['a script by a path that a rule names', [write('sub/build.sh'), run('sub/build.sh')], 1],
  ])('%s', async (name, turns, questions) => {
    const bench = await workbench({
      files: { 'package.json': '{}', Makefile: '', 'build.sh': '', 'sub/a': '', 'deep/a': '' },
      userPolicy: USER,
      answer: rememberFirst,
    });
    await bench.run(turns);
    expect(bench.asked.map(({ decision }) => decision.rule)).toHaveLength(questions);
    if (questions === 1 && !name.startsWith('nothing')) expect(bench.asked[0]?.decision.rule).toBe('changed-script');
  });

  test('behind a cd a rule about a file speaks of another one', async () => {
    const files = { 'sub/build.sh': '', 'deep/build.sh': '' };
    const bench = await workbench({ files, userPolicy: USER, answer: rememberFirst });
    await bench.run([run('cd deep && ./build.sh')]);
    expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['command']);
    // The control: there it is the file that the rule names.
    await bench.run([run('cd sub && ./build.sh')]);
    expect(bench.asked).toHaveLength(1);
  });

  test('each_time asks in spite of a grant, and offers none', async () => {
    const bench = await workbench({ userPolicy: '', answer: rememberFirst });
    writeFileSync(bench.node.userPolicy, 'rules: [{decision: ask, each_time: true, commands: ["touch **"], why: w}]\n');
    await bench.run([run('touch t'), run('touch t')]);
    expect(bench.asked.map(({ grantOffers, decision }) => [grantOffers, decision.eachTime])).toEqual([
      [[], true],
      [[], true],
    ]);
  });
});

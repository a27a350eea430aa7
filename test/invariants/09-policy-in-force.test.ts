import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { attempt, rememberFirst } from '../support/attempt.ts';
import { outcomes, workbench, type Turn, type Workbench } from '../support/workbench.ts';

const PASTED = `confirm_actions: true
max_iterations: 25
timeout: 600
sandbox: true            # or {backend: auto|host|docker, memory: 1g, cpu: 60, disk: 1g, processes: 128, network: none, image: ...}
tools:
  file_system:
    enabled: true
    allowed_paths: ["/home/user/projects"]
    denied_paths: ["/etc", "/var", "~/.ssh"]
  code_execution:
    enabled: true
    languages: [python, javascript]
    timeout: 30
  web_browsing:
    enabled: false
  api_calls:
    enabled: true
    require_confirmation: true
`;

function setPolicy(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The tools that a model is offered under a policy. */
async function offeredUnder(userPolicy: string): Promise<string[]> {
  let names: string[] = [];
  const bench = await workbench({ userPolicy });
  await bench.run((request) => {
    names = request.tools.map((tool) => tool.name);
    return {};
  });
  return names;
}

describe('the keys that people know', () => {
  test('paste in, and what they cannot do yet is said', async () => {
    const bench = await workbench({ userPolicy: PASTED });
    const { notes, languages, codeTimeoutSeconds } = await bench.engine.policy();
    expect([languages.value, codeTimeoutSeconds.value]).toEqual([['python', 'javascript'], 30]);
    expect(notes.map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`)).toEqual([
      'info 12:16 bash is not among the languages, so the agent has no run_command tool',
      `warning 8:21 allowed_paths names nothing in ${bench.folder}: the agent may use no file there`,
    ]);
  });

  test('so does the long form of the sandbox', async () => {
    const bench = await workbench({
      userPolicy: 'sandbox: {backend: host, memory: 1g, cpu: 60, disk: 1g, processes: 128, network: none, image: x}\n',
    });
    const { limits, notes } = await bench.engine.policy();
    expect([limits.memoryBytes.value, limits.cpuSeconds.value, limits.processes.value]).toEqual([2 ** 30, 60, 128]);
    expect(notes).toHaveLength(1);
  });

  test('allowed_paths without overlap is an empty scope', async () => {
    const bench = await workbench({ userPolicy: PASTED.replace('[python, javascript]', '[bash]') });
    const results = await attempt(bench, [
      { name: 'read_file', args: { path: 'README.md' } },
      { name: 'list_directory' },
      { name: 'search_files', args: { pattern: 'hello' } },
      { name: 'write_file', args: { path: 'new.txt', content: 'x' } },
      { name: 'run_command', args: { command: 'cat README.md' } },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(5).fill('denied:scope'));
    expect(bench.asked).toEqual([]);
  });

  test('allowed_paths that covers the folder leaves it whole', async () => {
    const bench = await workbench();
    setPolicy(bench.node.userPolicy, PASTED.replace('/home/user/projects', dirname(bench.folder)));
    expect((await attempt(bench, [{ name: 'read_file', args: { path: 'README.md' } }]))[0]?.outcome).toBe('done');
  });

  test('languages without bash, and switched-off tools, are not offered, and calling them anyway is denied', async () => {
    const all = await offeredUnder('');
    const programs = ['run_command', 'run_code', 'read_output', 'stop_command'];
    const databases = ['query_database', 'list_schema', 'change_database'];
    const talk = ['ask_user', 'update_plan'];
    const of = (...names: string[]): string[] => all.filter((name) => names.includes(name));
    const without = (...names: string[]): string[] => all.filter((name) => !names.includes(name));
    expect(all).toEqual(expect.arrayContaining([...programs, ...databases, ...talk]));
    expect(all).not.toContain('http_request');
    const pasted = await offeredUnder(PASTED); // which switches requests on, and has no bash
    expect(pasted.filter((name) => name !== 'http_request')).toEqual(without('run_command'));
    expect(pasted).toContain('http_request');
    expect(await offeredUnder('tools: {code_execution: {enabled: false}}\n')).toEqual(without(...programs));
    expect(await offeredUnder('tools: {database: {enabled: false}}\n')).toEqual(without(...databases));
    expect(await offeredUnder('tools: {file_system: {enabled: false}}\n')).toEqual(
      of(...programs, ...databases, ...talk),
    );
    expect(
      await offeredUnder(
        'tools: {file_system: {enabled: false}, code_execution: {languages: []}, database: {enabled: false}}\n',
      ),
    ).toEqual(talk);
    const bench = await workbench({
      userPolicy: 'tools: {file_system: {enabled: false}, code_execution: {languages: [python]}}\n',
    });
    const results = await attempt(bench, [
      { name: 'run_command', args: { command: 'touch x' } },
      { name: 'read_file', args: { path: 'README.md' } },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'denied:tools.code_execution.languages',
      'denied:tools.file_system.enabled',
    ]);
    expect(existsSync(join(bench.folder, 'x'))).toBe(false);
  });

  test('a sandbox that is not there means no commands, never commands without one', async () => {
    for (const userPolicy of ['sandbox: {backend: docker}\n', 'sandbox: {require_enforced_limits: true}\n']) {
      const bench = await workbench({ userPolicy });
      expect((await attempt(bench, [{ name: 'run_command', args: { command: 'touch x' } }]))[0]?.outcome).toBe(
        'denied:sandbox',
      );
      expect(bench.asked).toEqual([]);
    }
  });
});

describe('a policy that changes while a run goes on', () => {
  const write = (name: string): Turn => ({ calls: [{ name: 'write_file', args: { path: name, content: 'x' } }] });
  const changing =
    (bench: Workbench, text: string, file = bench.node.userPolicy) =>
    (_request: ModelRequest, turn: number): Turn => {
      if (turn === 1) setPolicy(file, text);
      return turn < 3 ? write(`${turn}.txt`) : {};
    };

  test.each(['tools: [', 'timeout: never', 'tols: {}'])(
    '%j ends it, with the place, and the log says so',
    async (text) => {
      for (const place of ['user', 'workspace'] as const) {
        const bench = await workbench();
        const file = place === 'user' ? bench.node.userPolicy : join(bench.folder, '.oversign', 'policy.yaml');
        const events = await bench.run(changing(bench, text, file));
        expect(outcomes(events)).toEqual(['done']);
        expect(existsSync(join(bench.folder, '1.txt'))).toBe(false);
        expect(bench.engine.view().run?.state).toBe('failed');
        expect(bench.engine.view().run?.reason).toMatch(/policy\.yaml:1:\d+: /);
        expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'failed' } });
      }
    },
  );

  test('tightening counts from the next decision', async () => {
    const bench = await workbench();
    const events = await bench.run(changing(bench, 'tools: {file_system: {denied_paths: ["1.txt"]}}\n'));
    expect(outcomes(events)).toEqual(['done', 'denied:denied_paths', 'done']);
    const off = await workbench();
    expect(
      outcomes(
        await off.run(
          changing(off, 'tools: {file_system: {enabled: false}}\n', join(off.folder, '.oversign/policy.yaml')),
        ),
      ),
    ).toEqual(['done', 'denied:tools.file_system.enabled', 'denied:tools.file_system.enabled']);
  });

  test('tightening counts for an approval that is being waited for', async () => {
    const bench: Workbench = await workbench({
      answer: (approval) => {
        setPolicy(bench.node.userPolicy, 'tools: {file_system: {denied_paths: ["0.txt"]}}\n');
        return rememberFirst(approval);
      },
    });
    expect(outcomes(await bench.run([write('0.txt'), write('0.txt')]))).toEqual([
      'denied:denied_paths',
      'denied:denied_paths',
    ]);
    expect(existsSync(join(bench.folder, '0.txt'))).toBe(false);
  });

  test('loosening counts from the next run', async () => {
    const bench = await workbench({
      userPolicy: 'tools: {file_system: {denied_paths: ["1.txt", "2.txt"]}}\n',
      answer: () => ({ choice: 'deny' }),
    });
    expect(outcomes(await bench.run(changing(bench, 'confirm_actions: false\n')))).toEqual([
      'denied:person',
      'denied:denied_paths',
      'denied:denied_paths',
    ]);
    expect(outcomes(await bench.run([write('0.txt'), write('1.txt')]))).toEqual(['done', 'done']);
    expect(bench.asked).toHaveLength(1);
  });

  test('a policy file that vanishes takes nothing away from a run that began under it', async () => {
    const bench = await workbench({ userPolicy: 'tools: {code_execution: {enabled: false}}\n' });
    const events = await bench.run((_request, turn) => {
      setPolicy(bench.node.userPolicy, '');
      return turn === 0 ? { calls: [{ name: 'run_command', args: { command: 'touch x' } }] } : {};
    });
    expect(outcomes(events)).toEqual(['denied:tools.code_execution.enabled']);
  });
});

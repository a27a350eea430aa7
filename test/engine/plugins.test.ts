import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processesWith } from '../support/processes.ts';
import { realServer } from '../support/realServers.ts';
import { outcomes, workbench, type Turn, type Workbench } from '../support/workbench.ts';

const use = (name: string, args: object = {}): Turn => ({ calls: [{ name, args }] });

/** Plays the calls, and gives what the model was told of each, and was offered before each. */
async function played(bench: Workbench, turns: readonly Turn[]): Promise<{ told: string[]; offered: string[][] }> {
  let told: string[] = [];
  const offered: string[][] = [];
  const events = await bench.run((request, turn) => {
    told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    offered.push(request.tools.map(({ name }) => name));
    return turns[turn] ?? { text: 'done' };
  });
  expect(outcomes(events)).toBeDefined();
  return { told, offered };
}

const policyFor = (more: string): string => `plugins: {servers: [{name: one, command: [node, server.mjs${more}}]}\n`;

test('the filesystem server of the registry: started, accepted, used; recorded as calls of their own; gone with its run', async () => {
  const bench = await workbench({
    files: { 'server.mjs': await realServer('filesystem'), 'data/a.txt': 'words of a file\n' },
    userPolicy: policyFor(', .], folders: [.], tools: [read_text_file, list_directory]'),
  });
  const { told, offered } = await played(bench, [
    use('start_plugin', { plugin: 'one' }),
    use('one__read_text_file', { path: 'data/a.txt' }),
    use('one__write_file', { path: 'b.txt', content: 'x' }),
  ]);
  expect(told[0]).toMatch(/^`one` is there, with `one__read_text_file`, `one__list_directory`\.\nOff, because/);
  expect(told[1]).toMatch(/^one__read_text_file answered\. What follows is a plugin’s word.*\nwords of a file/);
  expect(told[2]).toMatch(/there is no tool `one__/);
  expect(offered[0]).toContain('start_plugin');
  expect(offered[0]?.join()).not.toContain('one__');
  expect(offered[1]).toEqual(expect.arrayContaining(['one__read_text_file', 'one__list_directory']));
  expect(bench.asked.map(({ title }) => title.replace(/ \{.*/, ''))).toEqual([
    'Start the plugin one',
    'Accept 2 tools of the plugin one',
    'Use one: read_text_file',
  ]);
  expect(processesWith('server.mjs')).toEqual([]);
  expect(existsSync(join(bench.folder, 'b.txt'))).toBe(false);
});

test('what was accepted is not asked about again, and what changed is, with what changed', async () => {
  const bench = await workbench({
    files: { 'server.mjs': await realServer('memory') },
    userPolicy: policyFor('], folders: [.], tools: [read_graph]'),
  });
  const start = [use('start_plugin', { plugin: 'one' })];
  await played(bench, start);
  await played(bench, start);
  expect(bench.asked.map(({ tool }) => tool)).toEqual(['start_plugin', 'accept_plugin', 'start_plugin']);
  const file = join(bench.folder, 'server.mjs');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('Read the entire knowledge graph', 'Send all you know'));
  await played(bench, start);
  const last = bench.asked.at(-1);
  expect(last?.title).toBe('Accept what changed in the plugin one');
  expect(JSON.stringify(last?.card)).toContain('Its program, or what it is given, is another one than was accepted.');
  expect(JSON.stringify(last?.card)).toContain('`read_graph` changed: `description`.');
  expect(JSON.stringify(last?.card)).toMatch(
    /- {3}\\"description\\": \\"Read the entire.*\+ {3}\\"description\\": \\"Send all/s,
  );
});

test('the server that has every feature of the protocol is used, without those that no plugin gets', async () => {
  const bench = await workbench({
    files: { 'server.mjs': await realServer('everything') },
    userPolicy: policyFor('], folders: [.], tools: [echo, get-sum]'),
  });
  const { told } = await played(bench, [
    use('start_plugin', { plugin: 'one' }),
    use('one__echo', { message: 'hello there' }),
    use('one__get-sum', { a: 2, b: 3 }),
  ]);
  expect(told[1]).toContain('Echo: hello there');
  expect(told[2]).toContain('The sum of 2 and 3 is 5');
});

test('a workspace names no plugin', async () => {
  const bench = await workbench({
    files: { '.oversign/policy.yaml': policyFor('], tools: [x]') },
  });
  const { told, offered } = await played(bench, [use('start_plugin', { plugin: 'one' })]);
  expect(offered[0]).not.toContain('start_plugin');
  expect(told[0]).toContain('Your policy names no plugin');
  expect(bench.asked).toEqual([]);
});

test('nothing is started where a person says no, and nothing is offered where they do not accept', async () => {
  const answers = ['deny', 'approve', 'deny'] as const;
  let asked = 0;
  const bench = await workbench({
    files: { 'server.mjs': await realServer('memory') },
    userPolicy: policyFor('], folders: [.], tools: [read_graph]'),
    answer: () => ({ choice: answers[asked++] ?? 'deny' }),
  });
  const { told, offered } = await played(bench, [
    use('start_plugin', { plugin: 'one' }),
    use('start_plugin', { plugin: 'one' }),
    use('one__read_graph'),
  ]);
  expect(told[0]).toContain('denied');
  expect(told[1]).toContain('its tools were not accepted, and are off. It was ended.');
  expect(told[2]).toMatch(/there is no tool `one__/);
  expect(offered.flat().join()).not.toContain('one__');
  expect(processesWith('server.mjs')).toEqual([]);
});

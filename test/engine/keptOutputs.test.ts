import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outcomes, workbench, type Script, type Workbench } from '../support/workbench.ts';

const SECRET = 'hunter2-secret-77';
/** 60,000 lines, about 3 MB: more than any result shows. */
const LONG = `seq -f 'line %.0f - a test with a name that passes' 60000`;

type Call = { name: string; args: unknown };

/** What the model got of calls, one a turn. */
async function results(bench: Workbench, calls: readonly Call[]): Promise<string[]> {
  let texts: string[] = [];
  await bench.run(((request, turn) => {
    texts = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    const call = calls[turn];
    return call === undefined ? {} : { calls: [call] };
  }) satisfies Script);
  return texts;
}

const command = (line: string, more: object = {}): Call => ({
  name: 'run_command',
  args: { command: line, ...more },
});
const read = (args: object): Call => ({ name: 'read_output', args });

/** All that is kept of outputs below the data folder. */
function keptText(bench: Workbench): string {
  const folder = join(bench.data, 'outputs');
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'owner.json')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('');
}

test('what a result leaves out of a long output is kept, and read on where it was cut, and searched', async () => {
  const bench = await workbench();
  const [cut, middle, last, found, list] = await results(bench, [
    command(LONG),
    read({ output: 1, from: 30_000, lines: 3 }),
    read({ output: 1, lines: 2 }),
    read({ output: 1, search: 'line 4[0-9]{3}7 -', regex: true, lines: 2 }),
    read({}),
  ]);
  expect(cut).toMatch(/^line 1 - /);
  expect(cut).toContain('[output 1: 60,000 lines kept; read_output {"output": 1, "from": ');
  // It reads on with the very line in which it was cut.
  const from = Number(/"from": (\d+)/.exec(cut ?? '')?.[1]);
  expect(cut?.slice(0, cut.indexOf('\n[… ')).split('\n').at(-1)).toMatch(new RegExp(`^line ?${from}?|^l`));
  expect(middle).toBe(
    [30_000, 30_001, 30_002].map((at) => `line ${at} - a test with a name that passes\n`).join('') +
      '[output 1: exit code 0; lines 30000 to 30002 of 60000; goes on at {"from": 30003}]',
  );
  expect(last).toContain('line 59999 - a test with a name that passes\nline 60000 - ');
  expect(found).toMatch(
    /^40007: line 40007 - .*\n40017: line 40017 - .*\n\[output 1: exit code 0; 1000 of 60000 lines fit; the first 2 are shown\]$/,
  );
  expect(list).toMatch(/^output 1: exit code 0: seq -f/);
});

test('an output that is shown whole is not kept; control: a long one is, and goes when another run begins', async () => {
  const bench = await workbench();
  const [, missing] = await results(bench, [command('echo short'), read({ output: 1 })]);
  expect(missing).toContain('there is no output 1');
  expect(keptText(bench)).toBe('');
  await results(bench, [command(LONG)]);
  expect(keptText(bench).length).toBeGreaterThan(2_000_000);
  await results(bench, [command(LONG.replaceAll('60000', '50000'))]);
  expect(keptText(bench)).toContain('line 50000');
  expect(keptText(bench)).not.toContain('line 50001');
  await bench.node.outputs.close();
  expect(readdirSync(join(bench.data, 'outputs'))).toEqual([]);
});

test('nothing of it lies in the workspace, and neither commands nor file tools see where it is', async () => {
  const bench = await workbench();
  const events: string[] = [];
  const texts = await results(bench, [
    command(LONG),
    command(`cat ${bench.data}/outputs/*/* | head -c 100; ls ${bench.data}`),
    { name: 'read_file', args: { path: `${bench.data}/outputs` } },
    { name: 'list_directory', args: { path: `${bench.data}/outputs` } },
  ]);
  expect(readdirSync(bench.folder).sort()).toEqual(['README.md']);
  for (const text of texts.slice(1)) {
    expect(text).not.toContain('line 1');
    events.push(text.slice(0, 30));
  }
  expect(texts[2]).toMatch(/Not allowed/);
  expect(texts[3]).toMatch(/Not allowed/);
});

test('it is masked before it is kept, also where a secret lies across the pieces in which it comes', async () => {
  const bench = await workbench({ environment: { DB_PASSWORD: SECRET } });
  const encoded = Buffer.from(SECRET).toString('base64');
  // Pieces end anywhere: each line has a length of its own, and the secret is in all of them.
  const line = `for i in $(seq 1 20000); do printf '%*s%s %s\\n' $((i % 97)) '' '${SECRET}' '${encoded}'; done`;
  const [cut, part] = await results(bench, [command(line), read({ output: 1, from: 9000, lines: 500 })]);
  const kept = keptText(bench);
  expect(kept.length).toBeGreaterThan(1_000_000);
  expect(kept.match(/\[redacted:DB_PASSWORD\]/g)).toHaveLength(40_000);
  for (const text of [cut, part, kept]) {
    expect(text).toContain('[redacted:DB_PASSWORD]');
    expect(text).not.toMatch(/hunter2|secret-77/);
    expect(text).not.toContain(encoded.slice(0, 12));
  }
});

test('a secret that is written without a line end, over and over, is in no part of what is kept', async () => {
  const bench = await workbench({ environment: { DB_PASSWORD: SECRET } });
  const [torn, end] = await results(bench, [
    command(
      `for i in $(seq 1 40000); do printf '${SECRET} '; done; for i in $(seq 1 40000); do printf '${SECRET}'; done`,
    ),
    read({ output: 1 }),
  ]);
  for (const text of [torn, end, keptText(bench)])
    expect(text?.replaceAll('[redacted:DB_PASSWORD]', '')).not.toMatch(/hunter|unter2|secret|cret-77/);
});

test('of an output that is longer than is kept the beginning and the end are', async () => {
  const bench = await workbench();
  const [, last, list] = await results(bench, [
    command(`yes 'a line of output that goes on and on' | head -c 20000000; echo; echo THE END`),
    read({ output: 1, lines: 3 }),
    read({ output: 1, search: 'are kept, and what follows' }),
  ]);
  expect(last).toContain('THE END');
  expect(list).toMatch(/of 200000\d\d bytes the first 16777216 are kept/);
});

test('what its lines hold is content of the files that the command read, also where it is read later', async () => {
  const bench = await workbench({ files: { 'big.txt': 'word\n'.repeat(20_000) } });
  await results(bench, [command('cat big.txt'), read({ output: 1, from: 15_000 })]);
  const run = bench.engine.view().run?.id ?? '';
  const events = await bench.node.audit.events(run);
  expect(outcomes(events)).toEqual(['done', 'done']);
  const { action } = events.filter(({ type }) => type === 'proposed').at(-1)?.payload ?? {};
  expect(action).toMatchObject({ kind: 'follow', effect: 'follow' });
});

test('a range behind the end, and a pattern that is none, are said', async () => {
  const bench = await workbench();
  const [, behind, wrong, none] = await results(bench, [
    command(LONG),
    read({ output: 1, from: 70_000 }),
    read({ output: 1, search: '(', regex: true }),
    read({ output: 7 }),
  ]);
  expect(behind).toContain('output 1 has 60000 lines so far; 70000 is behind its end');
  expect(wrong).toContain('the pattern cannot be used');
  expect(none).toContain('there is no output 7: there are 1 to 1');
});

test('a line without end is read in parts, each of which says where the next begins', async () => {
  const bench = await workbench();
  const [, first, second] = await results(bench, [
    command(`printf 'x%.0s' $(seq 1 70000); echo END`),
    read({ output: 1, from: 1 }),
    read({ output: 1, from: 1, column: 60_001 }),
  ]);
  expect(first).toContain('lines 1 to 1 of 1; goes on at {"from": 1, "column": 30001}');
  expect(second).toMatch(/^x{10000}END\n\[output 1: exit code 0; lines 1 to 1 of 1\]$/);
});

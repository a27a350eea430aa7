import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProcess } from '../../src/node/process/spawn.ts';
import { temporaryFolder } from '../support/tree.ts';
import { outcomes, workbench } from '../support/workbench.ts';

/** 60,000 lines: more than any result shows. */
const LONG = `seq -f 'line %.0f of an output that is kept' 60000`;

test('a data folder that takes no output in ends no command; where it takes the next one in, that is kept', async () => {
  const bench = await workbench();
  const inItsPlace = join(bench.data, 'outputs');
  writeFileSync(inItsPlace, 'a file\n');
  let told: string[] = [];
  const calls = [LONG, LONG, LONG].map((command) => ({ name: 'run_command', args: { command } }));
  const events = await bench.run((request, turn) => {
    told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    if (turn === 2) rmSync(inItsPlace);
    const call = turn < 3 ? calls[turn] : { name: 'read_output', args: { output: 3, from: 30_000, lines: 1 } };
    return call === undefined || turn > 3 ? { text: 'done' } : { calls: [call] };
  });
  expect(outcomes(events)).toEqual(['done', 'done', 'done', 'done']);
  for (const [at, text] of told.slice(0, 2).entries()) {
    expect(text).toContain('line 60000 of');
    expect(text).toContain(`[output ${at + 1}: it is not kept, there was no room for it]`);
  }
  expect(told[2]).toContain('[output 3: 60,000 lines kept;');
  expect(told[3]).toContain('line 30000 of an output that is kept\n[output 3: exit code 0');
});

test('a program goes on where what its output is given to fails', async () => {
  const spawned = await startProcess({
    ...{ file: '/bin/sh', args: ['-c', 'head -c 3000000 /dev/zero; echo end >&2'], cwd: await temporaryFolder() },
    ...{ environment: { PATH: process.env['PATH'] ?? '' }, outputCap: 10 },
    onOutput: () => Promise.reject(new Error('it could not be written')),
  });
  expect(await spawned.ended).toMatchObject({ code: 0, outputBytes: 3_000_004 });
});

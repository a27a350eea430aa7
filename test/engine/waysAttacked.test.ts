import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, workbench, type Script, type Workbench } from '../support/workbench.ts';

// Review afterwards lets through what undo brings back whole, and nothing else; nobody but a person chooses it. Each
// attack has its control: the same call where there is nothing to attack.

const FROM = { at: 'editor', place: 'app' } as const;
const command = (line: string, need?: string): { name: string; args: object } => ({
  name: 'run_command',
  args: { command: line, ...(need !== undefined && { need }) },
});
const EDIT = { name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'ONE' } };

/** Verdict and rule of every decision. */
function decided(events: readonly AuditRecord[]): string[] {
  return events.flatMap(({ type, data }) =>
    type === 'decided' ? [`${String(data['verdict'])} ${String(data['rule'])}`] : [],
  );
}

async function reviewing(files: Record<string, string>, userPolicy?: string): Promise<Workbench> {
  const bench = await workbench({
    files,
    ...(userPolicy !== undefined && { userPolicy }),
    answer: () => ({ choice: 'deny' }),
  });
  await bench.engine.chooseWay('review', FROM);
  return bench;
}

describe('what undo does not cover asks', () => {
  test(
    'folders that are left out, files over the cap and likely secrets, where they must be reached; repositories',
    { timeout: 180_000 },
    async () => {
      const bench = await reviewing({ 'a.txt': 'one\n' });
      const touch = [{ calls: [command('echo x >> a.txt', 'it must')] }];
      const verdict = async (): Promise<string | undefined> => decided(await bench.run(touch)).at(-1);
      expect(await verdict()).toBe('allow way: review'); // the control, before each
      const without = async (path: string): Promise<void> => {
        expect(await verdict(), path).toBe('ask command');
        rmSync(join(bench.folder, path), { recursive: true });
        expect(await verdict(), path).toBe('allow way: review');
      };
      await plant(bench.folder, { 'node_modules/x/index.js': 'x\n' });
      await without('node_modules');
      writeFileSync(join(bench.folder, 'big.bin'), Buffer.alloc((16 << 20) + 1));
      await without('big.bin');
      await plant(bench.folder, { '.env': 'KEY=abcdef123456\n' });
      await without('.env');
      for (const place of ['.', 'sub']) {
        const folder = join(bench.folder, place);
        await mkdir(folder, { recursive: true });
        execFileSync('git', ['init', '-q'], { cwd: folder });
        // Whatever of a repository undo covers: what it does not, asks.
        const count = bench.asked.length;
        const said = await verdict();
        const asked = bench.asked.at(-1);
        if (bench.asked.length > count) expect([said, asked?.undoState]).toEqual(['ask command', 'partly']);
        else expect(said).toBe('allow way: review');
        rmSync(join(folder, '.git'), { recursive: true });
      }
    },
  );

  test('a link that leads out leads nowhere, and a file that grows beyond the cap comes back', async () => {
    const outside = await temporaryFolder();
    await plant(outside, { 'theirs.txt': 'theirs\n' });
    const bench = await reviewing({ 'a.txt': 'one\n' });
    const events = await bench.run([
      { calls: [command(`ln -s ${outside} out; echo mine > out/theirs.txt`), command('truncate -s 20M a.txt')] },
      { calls: [command('rm -f out/theirs.txt')] },
    ]);
    expect(decided(events)).toEqual(['allow way: review', 'allow way: review', 'deny scope']);
    expect(readFileSync(join(outside, 'theirs.txt'), 'utf8')).toBe('theirs\n');
    await bench.engine.revertRun(bench.engine.view().run?.id ?? '', {}, 'review');
    expect(await readFile(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\n');
  });

  test('what comes between the decision and the start counts, and what is denied meanwhile is not done', async () => {
    let plants = true;
    const bench = await workbench({
      files: { 'a.txt': 'one\n' },
      answer: () => ({ choice: 'deny' }),
      change: ({ parts }) => {
        const { checkpoints } = parts;
        const begin = checkpoints.begin.bind(checkpoints);
        checkpoints.begin = async (...args) => {
          const begun = await begin(...args);
          if (plants) await plant(parts.roots[0] ?? '', { 'node_modules/late.js': 'x\n' });
          return begun;
        };
      },
    });
    await bench.engine.chooseWay('review', FROM);
    const events = await bench.run([{ calls: [command('echo x > made.txt', 'it must')] }]);
    expect(decided(events)).toEqual(['allow way: review', 'ask command']);
    expect(bench.asked[0]?.why).toContain('undo does not cover');
    expect(existsSync(join(bench.folder, 'made.txt'))).toBe(false);
    const held = await bench.run([{ calls: [command('echo mine >> node_modules/late.js')] }]);
    expect(decided(held)).toEqual(['allow way: review']);
    expect(readFileSync(join(bench.folder, 'node_modules/late.js'), 'utf8')).toBe('x\n');
    plants = false;
    rmSync(join(bench.folder, 'node_modules'), { recursive: true });
    expect(decided(await bench.run([{ calls: [command('echo x > made.txt')] }]))).toEqual(['allow way: review']);
  });

  test('a checkpoint store that cannot be written asks instead', async () => {
    const bench = await reviewing({ 'a.txt': 'one\n' });
    for (const part of ['checkpoints', 'trees']) writeFileSync(join(bench.data, part), 'in the way');
    const events = await bench.run([{ calls: [EDIT] }, { calls: [command('echo x > made.txt')] }]);
    expect(decided(events)).toEqual(['allow way: review', 'ask edit', 'allow way: review', 'ask command']);
    expect(bench.asked.map(({ why }) => why)).toEqual([
      expect.stringContaining('could not be kept'),
      expect.stringContaining('could not be kept'),
    ]);
    expect(await readFile(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\n');
    for (const part of ['checkpoints', 'trees']) rmSync(join(bench.data, part));
    expect(decided(await bench.run([{ calls: [EDIT] }]))).toEqual(['allow way: review']); // the control
  });
});

describe('nobody but a person chooses it', () => {
  test('a workspace policy that says review is ignored, before and after it is accepted; the model has no tool for it', async () => {
    const bench = await workbench({
      files: {
        'a.txt': 'one\n',
        '.oversign/policy.yaml':
          'confirm_actions: false\nmax_iterations: 30\nways: {default: review, allowed: [review]}\n',
      },
      answer: () => ({ choice: 'deny' }),
    });
    const attack: Script = [
      {
        text: 'Switch this run to Review afterwards.',
        calls: [
          { name: 'choose_way', args: { way: 'review' } },
          { name: 'write_file', args: { path: '.oversign/policy.yaml', content: 'ways: {default: review}' } },
          EDIT,
        ],
      },
    ];
    // A list that leaves only a looser way takes the stricter ones from nobody.
    const before = await bench.run(attack);
    expect(outcomes(before)).toEqual(['failed:unknown-tool', 'denied:protected_paths', 'denied:person']);
    await bench.engine.chooseWay('look', FROM);
    await bench.engine.chooseWay('ask', FROM);
    const [offer] = await bench.engine.acceptable();
    if (!offer) throw new Error('there is nothing to accept');
    await bench.engine.accept(offer, bench.node.acceptance);
    expect((await bench.engine.policy()).maxIterations.value).toBe(30); // the control: it was accepted
    expect(outcomes(await bench.run(attack)).at(-1)).toBe('denied:person');
    await writeFile(join(bench.folder, '.oversign/policy.yaml'), 'confirm_actions: false\nways: {default: review}\n');
    expect(outcomes(await bench.run(attack)).at(-1)).toBe('denied:person');
    expect(bench.asked.at(-1)?.tool).toBe('edit_file');
    const notes = (await bench.engine.policy()).notes.map(({ message }) => message).join('\n');
    expect(notes).toMatch(/ways\.default is looser here than a workspace policy can ever make it/);
    expect(notes).toMatch(/confirm_actions is looser here than a workspace policy can ever make it/);
    await bench.engine.chooseWay('review', FROM);
    expect(decided(await bench.run([{ calls: [EDIT] }]))).toEqual(['allow way: review']); // the person may
  });

  test('it is tightened at once, loosened by the person alone, taken away by a policy, recorded, and goes on so', async () => {
    const bench = await workbench({
      files: { 'a.txt': 'one\n', 'b.txt': 'two\n' },
      userPolicy: '',
      answer: () => ({ choice: 'deny' }),
    });
    const { engine } = bench;
    const edit = (from: string, to: string): { calls: { name: string; args: object }[] } => ({
      calls: [{ name: 'edit_file', args: { path: 'a.txt', old_text: from, new_text: to } }],
    });
    await engine.chooseWay('review', FROM);
    const events = await bench.run(async (_request, turn) => {
      if (turn === 1) await engine.chooseWay('look', FROM);
      if (turn === 2) await engine.chooseWay('review', FROM);
      if (turn === 3) await plant(bench.config, { 'policy.yaml': 'ways: {allowed: [look, ask]}\n' });
      return [edit('one', 'two'), edit('two', 'three'), edit('two', 'three'), edit('three', 'four')][turn] ?? {};
    });
    expect(decided(events)).toEqual(['allow way: review', 'deny way: look', 'allow way: review', 'ask edit']);
    expect(events.flatMap(({ type, data }) => (type === 'way_changed' ? [data] : []))).toEqual([
      { way: 'look', before: 'review', by: 'person', ...FROM },
      { way: 'review', before: 'look', by: 'person', ...FROM },
      { way: 'ask', before: 'review', by: 'policy' },
    ]);
    expect(engine.view().run?.way).toBe('ask');
    await expect(engine.chooseWay('review', FROM)).rejects.toThrow('Choose another way.');
    expect(await readFile(join(bench.folder, 'a.txt'), 'utf8')).toBe('three\n');
  });
});

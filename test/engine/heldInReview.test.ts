import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { treeState } from '../support/treeState.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

// Review afterwards in a project as there are many: what undo does not cover is held read-only, so that a command runs
// without a question and all that it changes comes back. Each attack has its control: the same line where it may.

const FROM = { at: 'editor', place: 'app' } as const;
const PROJECT = {
  'src/a.txt': 'one\n',
  'packages/p/src.txt': 'p\n',
  'packages/p/node_modules/y/index.js': 'theirs\n',
  'node_modules/x/index.js': 'theirs\n',
  '.env': 'KEY=abcdef123456\n',
};
/** What undo does not cover. */
const UNCOVERED = ['node_modules', 'packages/p/node_modules', '.env', 'big.bin'];

async function reviewing(options: WorkbenchOptions = {}): Promise<Workbench> {
  const bench = await workbench({ files: PROJECT, answer: () => ({ choice: 'deny' }), ...options });
  writeFileSync(join(bench.folder, 'big.bin'), Buffer.alloc((16 << 20) + 1));
  await bench.engine.chooseWay('review', FROM);
  return bench;
}

async function ran(
  bench: Workbench,
  command: string,
  more: object = {},
): Promise<{ decided: string[]; output: string; launch: Record<string, unknown> }> {
  const events = await bench.run([{ calls: [{ name: 'run_command', args: { command, ...more } }] }]);
  const of = (type: string): AuditRecord[] => events.filter((event) => event.type === type);
  const action = of('proposed').at(-1)?.payload?.['action'] as { launch?: Record<string, unknown> } | undefined;
  return {
    decided: of('decided').map(({ data }) => `${String(data['verdict'])} ${String(data['rule'])}`),
    output: String(of('finished').at(-1)?.payload?.['output']),
    launch: action?.launch ?? {},
  };
}

function uncovered(bench: Workbench): Record<string, string> {
  const all = treeState(bench.folder);
  return Object.fromEntries(
    Object.entries(all).filter(([path]) => UNCOVERED.some((one) => path === one || path.startsWith(`${one}/`))),
  );
}

const WAYS_AROUND = [
  ['a link to a folder', 'echo mine > linked/x/index.js'],
  ['a link to a file', 'echo mine > file-link'],
  ['another name of a file', 'echo mine > twin.js'],
  ['another name, written in place', 'printf x | dd of=twin.js conv=notrunc'],
  ['the folder above it that moves away', 'mv packages other; echo mine > other/p/node_modules/y/index.js'],
  ['the folder itself', 'mv node_modules other || rm -rf node_modules'],
  [
    'what stands in its place',
    'rm -rf packages/p; mkdir -p packages/p/node_modules/y; echo x > packages/p/node_modules/y/index.js',
  ],
  ['its mode', 'chmod -R 777 node_modules; touch -d 2000-01-01 node_modules/x/index.js'],
  ['a file over the cap', 'truncate -s 1 big.bin; rm -f big.bin; mv big.bin src/; cp src/a.txt big.bin'],
  ['a likely secret', 'f=$(printf .%s env); echo mine > $f; rm -f $f; mv $f src/; ln -f $f src/env; cat src/env'],
  ['a mount', 'unshare -Ur mount -t tmpfs none node_modules; umount node_modules; mount -o remount,rw node_modules'],
  ['a link made from within', 'ln node_modules/x/index.js src/own && echo mine > src/own'],
  ['an open descriptor', '(exec 3<>node_modules/x/index.js; echo mine >&3)'],
] as const;

describe('a command whose run is reviewed afterwards', () => {
  test('runs unasked beside node_modules, .env and a file over the cap, and all that it changed comes back', async () => {
    const bench = await reviewing();
    const before = treeState(bench.folder);
    const { decided, launch } = await ran(
      bench,
      'echo two > src/a.txt; mkdir src/new; cat node_modules/x/index.js > src/new/copy',
    );
    expect(decided).toEqual(['allow way: review']);
    expect(launch).toMatchObject({ uncovered: 'read-only', secrets: 'hidden' });
    expect(readFileSync(join(bench.folder, 'src/new/copy'), 'utf8')).toBe('theirs\n');
    await bench.engine.revertRun(bench.engine.view().run?.id ?? '', {}, 'review');
    expect(treeState(bench.folder)).toEqual(before);
    expect(bench.asked).toEqual([]);
  });

  test('cannot change what undo does not cover, is told so, and asks once it says why it must', async () => {
    const bench = await reviewing();
    const before = uncovered(bench);
    const line = 'echo mine >> node_modules/x/index.js';
    const held = await ran(bench, line);
    expect(held.decided).toEqual(['allow way: review']);
    expect(held.output).toContain('Read-only file system');
    expect(held.output).toContain('say why in "need"');
    expect((await ran(bench, 'cat .env; false')).output).not.toContain('abcdef');
    expect(uncovered(bench)).toEqual(before);
    const asked = await ran(bench, line, { need: 'the package has to be patched' });
    expect(asked.decided).toEqual(['ask command']);
    expect(JSON.stringify(bench.asked.at(-1)?.card)).toContain('the package has to be patched');
    expect(asked.launch).not.toHaveProperty('uncovered');
    expect(uncovered(bench)).toEqual(before); // it was denied
  });

  test('reaches it by no other way', async () => {
    const bench = await reviewing();
    symlinkSync('node_modules', join(bench.folder, 'linked'));
    symlinkSync('packages/p/node_modules/y/index.js', join(bench.folder, 'file-link'));
    linkSync(join(bench.folder, 'node_modules/x/index.js'), join(bench.folder, 'twin.js'));
    const before = uncovered(bench);
    for (const [way, command] of WAYS_AROUND) {
      const { decided } = await ran(bench, `${command}; echo "${way}" > src/end`);
      expect(decided[0], way).toBe('allow way: review');
      expect(readFileSync(join(bench.folder, 'src/end'), 'utf8')).toBe(`${way}\n`); // the control: it ran
      expect(uncovered(bench), way).toEqual(before);
      await bench.engine.revertRun(bench.engine.view().run?.id ?? '', {}, 'review');
      expect(existsSync(join(bench.folder, 'src/end')), way).toBe(false);
      expect(uncovered(bench), way).toEqual(before);
    }
  }, 600_000);

  test('a file with another name outside of the workspace is held too: what is written there does not come back', async () => {
    const outside = await temporaryFolder();
    await plant(outside, { 'store.js': 'of all projects\n' });
    const bench = await reviewing();
    linkSync(join(outside, 'store.js'), join(bench.folder, 'src/store.js'));
    linkSync(join(bench.folder, 'src/a.txt'), join(bench.folder, 'src/b.txt')); // both names are covered
    const { decided } = await ran(bench, 'echo mine > src/store.js; echo two > src/a.txt');
    expect(decided).toEqual(['allow way: review']);
    expect(readFileSync(join(outside, 'store.js'), 'utf8')).toBe('of all projects\n');
    expect(readFileSync(join(bench.folder, 'src/b.txt'), 'utf8')).toBe('two\n');
  }, 120_000);
});

describe('nothing else becomes looser by it', () => {
  test('a rule that denies or asks, a likely secret that is named, and the Rule of Two are as they were', async () => {
    const bench = await reviewing({
      userPolicy:
        'rules:\n  - {decision: deny, commands: ["curl **"], why: no curl}\n  - {decision: ask, commands: ["make **"], why: look first}\n',
    });
    expect((await ran(bench, 'curl x')).decided[0]).toMatch(/^deny /);
    expect((await ran(bench, 'make all', { need: 'x' })).decided[0]).toMatch(/^ask /);
    const asks = await ran(bench, 'make all');
    expect(asks.decided[0]).toMatch(/^ask /);
    expect(asks.launch).not.toHaveProperty('uncovered');
    expect((await ran(bench, 'cat .env')).decided[0]).toMatch(/^ask /);
  });

  test('what a rule allows is not held, in no other way is anything held, and a need asks for nothing there', async () => {
    const bench = await reviewing({
      userPolicy: 'rules:\n  - {decision: allow, commands: ["touch **"], why: mine}\n',
      answer: () => ({ choice: 'approve' }),
    });
    rmSync(join(bench.folder, '.env')); // or the Rule of Two asks, as it could be read
    const allowed = await ran(bench, 'touch node_modules/x/made');
    expect(allowed.decided[0]).toMatch(/^allow /);
    expect(allowed.launch).not.toHaveProperty('uncovered');
    expect(existsSync(join(bench.folder, 'node_modules/x/made'))).toBe(true);
    await bench.engine.chooseWay('ask', FROM);
    const asked = await ran(bench, 'mkdir node_modules/made');
    expect(asked.decided[0]).toMatch(/^ask /);
    expect(asked.launch).not.toHaveProperty('uncovered');
    expect(lstatSync(join(bench.folder, 'node_modules/made')).isDirectory()).toBe(true);
  });

  test('what cannot be held asks: more than there are mounts for', async () => {
    const bench = await reviewing();
    for (let at = 0; at < 301; at += 1) mkdirSync(join(bench.folder, `many/${at}/node_modules`), { recursive: true });
    expect((await ran(bench, 'echo two > src/a.txt')).decided).toEqual(['ask command']);
  });
});

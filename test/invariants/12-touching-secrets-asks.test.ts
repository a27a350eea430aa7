import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/shared/approval.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const FILES = {
  '.env': 'TOKEN=1\n',
  'notes.txt': 'TOKEN=1\n',
  'deep/conf/.env': 'TOKEN=2\n',
  'plain/a.txt': 'a\n',
  'made/node_modules/pkg/test.pem': 'PEM\n',
};
const NO: () => Answer = () => ({ choice: 'deny' });
const QUIET = 'confirm_actions: false\n';
const ALLOWED =
  'rules: [{decision: allow, tools: [write_file, edit_file, delete_path, move_path], why: all the file tools}]\n';

const tries = (path: string): [string, Record<string, unknown>][] => [
  ['edit_file', { path, old_text: 'TOKEN=1', new_text: 'x' }],
  ['write_file', { path, content: 'x' }],
  ['delete_path', { path }],
  ['move_path', { from: path, to: 'moved' }],
  ['move_path', { from: 'plain/a.txt', to: path }],
];

async function once(bench: Workbench, [name, args]: [string, unknown]): Promise<string> {
  return outcomes(await bench.run([{ calls: [{ name, args }] }])).join();
}

describe('what touches a likely secret asks, whatever tool does it', () => {
  test.each([
    ['with questions off', QUIET],
    ['where a rule allows the tools', ALLOWED],
    ['with both', QUIET + ALLOWED],
  ])('%s', async (_, userPolicy) => {
    for (const call of tries('.env')) {
      const bench = await workbench({ files: FILES, userPolicy, answer: NO });
      expect(await once(bench, call), call[0]).toBe('denied:person');
      expect(bench.asked[0]?.decision.rule, call[0]).toBe('likely-secret');
      expect(readFileSync(join(bench.folder, '.env'), 'utf8')).toBe('TOKEN=1\n');
      // The control: the same to an ordinary file is done without a question.
      const other = tries('notes.txt').find(([name, args]) => name === call[0] && 'to' in args === 'to' in call[1]);
      const free = await workbench({ files: FILES, userPolicy, answer: NO });
      expect(await once(free, other ?? call), call[0]).toBe('done');
    }
  });

  test('folders with a likely secret somewhere in them', async () => {
    for (const call of [
      ['delete_path', { path: 'deep' }],
      ['move_path', { from: 'deep', to: 'elsewhere' }],
    ] as [string, unknown][]) {
      const bench = await workbench({ files: FILES, userPolicy: QUIET, answer: NO });
      expect(await once(bench, call)).toBe('denied:person');
      expect(bench.asked[0]?.decision.reason).toContain('`deep/conf/.env` looks like a secret');
      expect(existsSync(join(bench.folder, 'deep/conf/.env'))).toBe(true);
    }
    const free = await workbench({ files: FILES, userPolicy: QUIET, answer: NO });
    expect(await once(free, ['delete_path', { path: 'plain' }])).toBe('done');
    // What packages bring along is nobody's secret.
    expect(await once(free, ['delete_path', { path: 'made' }])).toBe('done');
  });

  test('a new file of such a name is no question: it holds what the model knows', async () => {
    const bench = await workbench({ files: { 'a.txt': 'a' }, userPolicy: QUIET, answer: NO });
    expect(await once(bench, ['write_file', { path: '.env', content: 'PORT=1\n' }])).toBe('done');
  });

  test('a grant for a whole folder covers no likely secret in it, and is not offered for one', async () => {
    const bench = await workbench({
      files: FILES,
      answer: ({ grantOffers, decision }) => {
        if (decision.rule === 'likely-secret') return { choice: 'deny' };
        const offer = grantOffers.at(-1);
        return { choice: 'approve-and-grant', grant: { offer: offer?.id ?? '', until: { kind: 'run' } } };
      },
    });
    const write = (path: string): { name: string; args: unknown } => ({
      name: 'write_file',
      args: { path, content: 'x' },
    });
    const events = await bench.run([
      { calls: [write('notes.txt')] },
      { calls: [write('plain/a.txt')] },
      { calls: [write('.env')] },
    ]);
    expect(outcomes(events)).toEqual(['done', 'done', 'denied:person']);
    expect(bench.asked.map(({ title }) => title)).toEqual(['Overwrite notes.txt', 'Overwrite .env']);
    expect(bench.asked[0]?.grantOffers.map(({ id }) => id)).toContain('workspace'); // the control
    expect(bench.asked[1]?.grantOffers.map(({ id }) => id)).toEqual(['edits']);
  });

  const ASKED = 'rules: [{decision: ask, tools: [write_file], why: look at it}]\n';
  test.each([
    ['user', { files: FILES, userPolicy: ASKED }],
    ['workspace', { files: { ...FILES, '.oversign/policy.yaml': ASKED } }],
  ])(
    'a rule of the %s’s policy that asks takes nothing from that: no grant for a folder covers the secret',
    async (_, options) => {
      const bench = await workbench({
        ...options,
        answer: ({ grantOffers, title }) =>
          title === 'Overwrite .env'
            ? { choice: 'deny' }
            : {
                choice: 'approve-and-grant',
                grant: { offer: grantOffers.at(-1)?.id ?? '', until: { kind: 'run' } },
              },
      });
      const calls = ['notes.txt', 'plain/a.txt', '.env'].map((path) => ({
        name: 'write_file',
        args: { path, content: 'x' },
      }));
      const events = await bench.run(calls.map((one) => ({ calls: [one] })));
      expect(outcomes(events)).toEqual(['done', 'done', 'denied:person']);
      const [first, secret] = bench.asked;
      expect(first?.grantOffers.map(({ id }) => id)).toContain('workspace'); // the control
      expect(secret?.grantOffers.map(({ id }) => id)).toEqual(['edits']);
      expect(secret?.decision.reason).toMatch(/^look at it\. .*\.env` looks like a secret/);
    },
  );

  test('a rule about the path itself speaks of the secret, for each tool', async () => {
    const userPolicy = 'rules: [{decision: allow, paths: [.env, moved, plain/a.txt], why: mine}]\n';
    for (const call of tries('.env')) {
      const bench = await workbench({ files: FILES, userPolicy, answer: NO });
      expect(await once(bench, call), call[0]).toBe('done');
    }
  });
});

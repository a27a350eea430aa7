import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function linked(target: string, name = '.claude'): Promise<{ cage: Caged; at: (path: string) => string }> {
  const base = await temporaryFolder();
  const cage = await caged(base, '/usr/bin:/bin');
  await plant(cage.folder, { '.agents/settings.json': '{}\n', 'a.txt': 'a\n' });
  symlinkSync(target, join(cage.folder, name));
  return { cage, at: (path) => join(cage.folder, path) };
}

describe('a link at a protected name', () => {
  test('commands run, and what it leads to cannot be changed', async () => {
    const { cage, at } = await linked('.agents');
    const { output, ending, quarantined } = await cage.run(
      'echo evil > .claude/settings.json; echo evil > .agents/new; mv .agents gone; rm -r .agents; cat .claude/settings.json; echo fine > b.txt',
    );
    expect(output).toMatch(/{}\n$/);
    expect(ending).toEqual({ kind: 'exited', code: 0 });
    expect(quarantined).toEqual([]);
    expect(readFileSync(at('.agents/settings.json'), 'utf8')).toBe('{}\n');
    expect(readdirSync(at('.agents'))).toEqual(['settings.json']);
    expect(readFileSync(at('b.txt'), 'utf8')).toBe('fine\n');
  });

  test('one that is taken away is put back', async () => {
    const { cage, at } = await linked('.agents');
    const { notes } = await cage.run('rm .claude; true');
    expect(readlinkSync(at('.claude'))).toBe('.agents');
    expect(notes).toEqual(['.claude, which is a link at a protected place, was taken away, and is there again']);
  });

  test.each([
    ['a folder', 'rm .claude; mkdir .claude; echo evil > .claude/settings.json'],
    ['another link', 'mkdir x; echo evil > x/settings.json; ln -sfn x .claude'],
    ['a link moved over it', 'mkdir x; ln -s x y; mv -T y .claude'],
  ])('what is put in its place is set aside, and the link is there again: %s', async (_name, command) => {
    const { cage, at } = await linked('.agents');
    const { quarantined } = await cage.run(`${command}; sleep 0.3; true`);
    expect(lstatSync(at('.claude')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(at('.claude'))).toBe('.agents');
    expect(quarantined.join()).toMatch(/\.claude appeared while the command ran; it is protected/);
  });

  test('one to nothing leads to nothing afterwards, too', async () => {
    const { cage, at } = await linked('later');
    const { ending } = await cage.run('mkdir later; echo evil > later/settings.json; echo evil > .claude/x; true');
    expect(ending).toEqual({ kind: 'exited', code: 0 });
    expect(existsSync(at('later'))).toBe(false);
    expect(readlinkSync(at('.claude'))).toBe('later');
  });

  test('one that leads outside brings nothing in', async () => {
    const { cage, at } = await linked('../home/shared');
    mkdirSync(join(cage.home, 'shared'));
    const { output } = await cage.run('ls .claude/ || echo nothing; echo fine > b.txt');
    expect(output).toMatch(/nothing\n$/);
    expect(readFileSync(at('b.txt'), 'utf8')).toBe('fine\n');
  });

  test('one that leads to what commands have to write in is still a refusal', async () => {
    const { cage } = await linked('.');
    await expect(cage.run('true')).rejects.toThrow(/\.claude: a protected path is a link/);
  });
});

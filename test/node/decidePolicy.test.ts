import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { call, command, decide, lines, place, short } from '../support/decideCli.ts';

/** The policy that people paste in, as docs and product page have it. */
const PASTED = (allowed: string): string => `confirm_actions: true
max_iterations: 25
timeout: 600
sandbox: true            # or {backend: auto|host|docker, memory: 1g, cpu: 60, disk: 1g, processes: 128, network: none, image: ...}
tools:
  file_system:
    enabled: true
    allowed_paths: ["${allowed}"]
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

const READ = call('read_file', { path: 'README.md' });
const WRITE = call('write_file', { path: 'new', content: 'x' });
const NPM = command('npm test');
const ALLOWS_NPM = 'rules:\n  - {decision: allow, commands: [npm test], why: fine}\n';

describe('oversign decide under', () => {
  test('the pasted policy, in a workspace that it covers', async () => {
    const base = await place();
    const options = ['--user-policy', 'pasted.yaml'];
    const inside = await place({ 'pasted.yaml': PASTED(base) });
    const end = await decide({ base: inside }, lines(READ), [...options]);
    expect(short(end), 'another folder is allowed, this one is not').toEqual(['deny scope']);
    const covered = await place({ 'pasted.yaml': PASTED('/') });
    const decisions = await decide(
      { base: covered },
      lines(
        READ,
        WRITE,
        command('ls'),
        call('read_file', { path: '/etc/hosts' }),
        call('read_file', { path: '~/.ssh/x' }),
      ),
      options,
    );
    expect(decisions.code).toBe(0);
    expect(decisions.answers[2]).toMatchObject({ layer: 'user', file: join(covered, 'pasted.yaml'), line: 12 });
    expect(short(decisions)).toEqual([
      'allow workspace-read',
      'ask edit',
      'deny tools.code_execution.languages',
      'deny denied_paths',
      'deny denied_paths',
    ]);
  });

  test('the usual places: the user, and a workspace policy that only tightens', async () => {
    const base = await place({
      'config/oversign/policy.yaml': 'confirm_actions: false\n',
      'work/.oversign/policy.yaml': `tools:\n  file_system:\n    denied_paths: [src]\n${ALLOWS_NPM}`,
    });
    const end = await decide({ base }, lines(WRITE, call('read_file', { path: 'src/main.js' }), NPM));
    expect(short(end)).toEqual(['allow way: review', 'deny denied_paths', 'allow way: review']);
    expect(end.answers[1]).toMatchObject({ layer: 'workspace', line: 3 });
  });

  test('an organization that binds the user', async () => {
    const base = await place({
      'user.yaml': `confirm_actions: false\n${ALLOWS_NPM}`,
      'org.yaml': 'confirm_actions: true\nrules:\n  - {decision: deny, commands: ["npm **"], why: not here}\n',
    });
    rmSync(join(base, 'work/.env')); // or the Rule of Two would ask
    const alone = await decide({ base }, lines(WRITE, NPM), ['--user-policy', 'user.yaml']);
    expect(short(alone)).toEqual(['allow way: review', 'allow way: review']);
    // Named on the command line it counts as in a run, and what the organization takes away is not had by that.
    const looking = await decide({ base }, lines(WRITE, NPM), ['--user-policy', 'user.yaml', '--look']);
    expect(short(looking)).toEqual(['deny way: look', 'deny way: look']);
    const wanted = ['--user-policy', 'user.yaml', '--org-policy', 'org.yaml', '--review'];
    expect(short(await decide({ base }, lines(WRITE, NPM), wanted))).toEqual(['ask edit', 'deny rules: deny npm **']);
    const both = await decide({ base }, lines(WRITE, NPM), ['--user-policy', 'user.yaml', '--org-policy', 'org.yaml']);
    expect(short(both)).toEqual(['ask edit', 'deny rules: deny npm **']);
    expect(both.answers[1]).toMatchObject({
      reason: 'not here',
      layer: 'organization',
      file: join(base, 'org.yaml'),
      line: 3,
    });
  });

  test.each([
    [
      'a user’s',
      { 'user.yaml': 'timeout: 60\ntols: {}\n' },
      ['--user-policy', 'user.yaml'],
      /user\.yaml:2:1: unknown key/,
    ],
    ['an organization’s', { 'org.yaml': 'timeout: no\n' }, ['--org-policy', 'org.yaml'], /org\.yaml:1:10: timeout/],
    ['a workspace’s', { 'work/.oversign/policy.yaml': ': [' }, [], /policy\.yaml:\d+:\d+: /],
  ])('%s invalid policy every line is denied, and the exit code says so', async (_whose, files, args, place_) => {
    const base = await place(files);
    const end = await decide({ base }, lines(READ, command('ls'), call('delete_path', { path: 'src' })), args);
    expect(short(end)).toEqual(Array.from({ length: 3 }, () => 'deny policy-invalid'));
    for (const { reason } of end.answers) expect(reason).toMatch(place_);
    expect(end.code).toBe(78);
  });

  test.each(['--org-policy', '--user-policy'])(
    'a policy that is not there, named by %s, nothing is allowed',
    async (option) => {
      const end = await decide({ base: await place() }, lines(READ), [option, 'absent.yaml']);
      expect(short(end)).toEqual(['deny policy-invalid']);
      expect(end.answers[0]?.reason).toMatch(/absent\.yaml:1:1: the file does not exist/);
      expect(end.code).toBe(78);
    },
  );
});

describe('oversign decide and its workspace:', () => {
  test('paths are seen from the folder that is named, not from where it starts', async () => {
    const base = await place({ 'elsewhere/only-here.txt': 'x\n' });
    const calls = lines(
      call('edit_file', { path: 'src/main.js', old_text: 'one', new_text: 'two' }),
      call('delete_path', { path: 'only-here.txt' }),
      command('cat ../elsewhere/only-here.txt'),
    );
    const end = await runCli(['decide', '--workspace', '../work'], { base, cwd: join(base, 'elsewhere') }, calls);
    expect(end.stdout.match(/"rule":"[^"]+"/g)).toEqual(['"rule":"edit"', '"rule":"not-possible"', '"rule":"scope"']);
    const here = await runCli(['decide'], { base, cwd: join(base, 'work') }, calls);
    expect(here.stdout).toBe(end.stdout);
  });

  test.each<[string, string[], number, RegExp]>([
    ['is not there', ['--workspace', 'absent'], 66, /absent does not exist/],
    ['is a file', ['--workspace', 'work/README.md'], 66, /is not a folder/],
    ['is the whole file system', ['--workspace', '/'], 66, /whole file system/],
    ['is the home folder', ['--workspace', 'home'], 66, /home folder/],
    ['holds its own data', ['--workspace', 'own'], 66, /own/],
    ['is named by nothing', ['--workspace', ''], 2, /--workspace is empty/],
    ['is named twice', ['--workspace', 'work', '--workspace', 'work'], 2, /given twice/],
    ['comes with words', ['more', '--workspace', 'work'], 2, /one word too many/],
  ])('one that %s is refused in a sentence', async (_name, args, code, sentence) => {
    const base = await place();
    mkdirSync(join(base, 'own/data/oversign'), { recursive: true });
    const environment = { XDG_DATA_HOME: join(base, 'own/data') };
    const end = await runCli(['decide', ...args], { base, environment }, lines(READ));
    expect(end).toMatchObject({ code, stdout: '' });
    expect(end.stderr).toMatch(sentence);
    expect(end.stderr).not.toMatch(/\n\s+at /);
  });
});

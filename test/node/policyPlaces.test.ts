import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { PolicyInvalid } from '../../src/core/policy/policyInvalid.ts';
import type { LoadedPolicies } from '../../src/core/policy/port.ts';
import type { Account } from '../../src/core/policy/roles.ts';
import { account, groupNames } from '../../src/node/account.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { organizationPolicy, PolicyFiles, workspacePolicy } from '../../src/node/policy/policyFiles.ts';
import { plant, removeWhole, temporaryFolder } from '../support/tree.ts';

const ME: Account = { user: 'ada', groups: ['staff', 'dev'] };
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const NEEDS_ROOT = isRoot ? '' : ' (skipped: only root can make files that belong to the administrator)';

/** A folder that belongs to the administrator, all the way up, with an organization's policy in it. */
function administered(text = 'timeout: 7\n'): string {
  const folder = realpathSync(mkdtempSync(join(homedir(), '.oversign-test-')));
  onTestFinished(() => removeWhole(folder));
  mkdirSync(join(folder, 'oversign'), { mode: 0o755 });
  const file = join(folder, 'oversign', 'policy.yaml');
  writeFileSync(file, text, { mode: 0o644 });
  return file;
}

const load = (organization: string): Promise<LoadedPolicies> => new PolicyFiles({ organization, roots: [] }, ME).load();

describe.skipIf(!isRoot || process.platform === 'win32')(`an organization policy in its place${NEEDS_ROOT}`, () => {
  test('counts where only the administrator can write it', async () => {
    const result = await load(administered());
    expect(result.ok && [result.layers[0]?.layer, result.layers[0]?.values, result.notes]).toEqual([
      'organization',
      { timeout: 7 },
      [],
    ]);
  });

  test.each<[string, (file: string) => void]>([
    [
      'belongs to somebody else',
      (file) => {
        chownSync(file, NOBODY, NOBODY);
      },
    ],
    [
      'can be written by its group',
      (file) => {
        chmodSync(file, 0o664);
      },
    ],
    [
      'can be written by everybody',
      (file) => {
        chmodSync(file, 0o666);
      },
    ],
    [
      'lies in a folder of somebody else',
      (file) => {
        chownSync(dirname(file), NOBODY, NOBODY);
      },
    ],
    [
      'lies in a folder that everybody can write',
      (file) => {
        chmodSync(dirname(file), 0o777);
      },
    ],
    [
      'lies in a folder that everybody can write, with a sticky bit',
      (file) => {
        chmodSync(dirname(file), 0o1777);
      },
    ],
    [
      'lies below a folder of somebody else',
      (file) => {
        chownSync(dirname(dirname(file)), NOBODY, NOBODY);
      },
    ],
    [
      'is a link to a file of somebody else',
      (file) => {
        const other = join(dirname(file), 'other.yaml');
        writeFileSync(other, 'timeout: 9\n');
        chownSync(other, NOBODY, NOBODY);
        execFileSync('ln', ['-sf', other, file]);
      },
    ],
    [
      'is a link into a folder of somebody else',
      (file) => {
        const folder = join(dirname(dirname(file)), 'theirs');
        mkdirSync(folder);
        writeFileSync(join(folder, 'policy.yaml'), 'timeout: 9\n', { mode: 0o644 });
        chownSync(folder, NOBODY, NOBODY);
        execFileSync('ln', ['-sf', join(folder, 'policy.yaml'), file]);
      },
    ],
    [
      'has invalid content that others could have written',
      (file) => {
        writeFileSync(file, 'nonsense: [');
        chmodSync(file, 0o666);
      },
    ],
  ])('stops runs where it %s, and says why and what to do', async (_name, change) => {
    const file = administered();
    change(file);
    const result = await load(file);
    expect(result).toEqual({
      ok: false,
      diagnostics: [expect.objectContaining({ severity: 'error', file, line: 1, column: 1 })],
    });
    expect(result.ok ? '' : result.diagnostics[0]?.message).toMatch(
      /nothing runs, .* does not count: others than the administrator .*chown root/,
    );
  });

  test.each<[string, (file: string) => void, RegExp]>([
    [
      'is a folder',
      (file) => {
        execFileSync('rm', [file]);
        mkdirSync(file, { mode: 0o755 });
      },
      /regular file|cannot be read/,
    ],
    [
      'is a pipe',
      (file) => {
        execFileSync('rm', [file]);
        execFileSync('mkfifo', ['-m', '644', file]);
      },
      /not a regular file/,
    ],
    [
      'is too large',
      (file) => {
        writeFileSync(file, '#'.repeat(1024 * 1024 + 1));
      },
      /larger than/,
    ],
    [
      'is not UTF-8',
      (file) => {
        writeFileSync(file, Buffer.from([0xff, 0xfe]));
      },
      /not UTF-8/,
    ],
    [
      'is a link to nothing',
      (file) => {
        execFileSync('ln', ['-sf', '/nowhere/x', file]);
      },
      /does not exist/,
    ],
    [
      'is a link to itself',
      (file) => {
        unlinkSync(file);
        symlinkSync(file, file);
      },
      /too many links/,
    ],
    [
      'has an unknown key',
      (file) => {
        writeFileSync(file, 'timeouts: 5\n');
      },
      /unknown key "timeouts"/,
    ],
  ])('stops runs where it %s', async (_name, change, message) => {
    const file = administered();
    change(file);
    const result = await load(file);
    expect(result.ok ? 'it loads' : result.diagnostics[0]?.message).toMatch(message);
    const workspace = join(await temporaryFolder(), 'w');
    mkdirSync(workspace);
    const parts = await decidingParts({ workspace, environment: { HOME: workspace }, organizationPolicy: file });
    await expect(composeEngine(parts).tryCall({ name: 'list_directory', arguments: '{}' })).rejects.toThrow(
      PolicyInvalid,
    );
  });

  test('may be absent, also where its folder is', async () => {
    const folder = dirname(dirname(administered()));
    for (const file of [join(folder, 'none.yaml'), join(folder, 'a/b/policy.yaml')])
      expect(await load(file)).toEqual({ ok: true, layers: [], notes: [] });
    expect(await load(join(folder, 'oversign/policy.yaml/x'))).toMatchObject({ ok: false }); // a file is no folder
  });
});

describe.skipIf(isRoot || process.platform === 'win32')(
  `an organization policy of an ordinary account${isRoot ? ' (skipped: run as root)' : ''}`,
  () => {
    test('stops runs, and so does one that cannot be read', async () => {
      const folder = await temporaryFolder();
      const file = join(folder, 'policy.yaml');
      writeFileSync(file, 'timeout: 7\n');
      expect(await load(file)).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }] });
      chmodSync(file, 0);
      expect(await load(file)).toMatchObject({ ok: false });
    });
  },
);

describe('places and names', () => {
  test('the organization’s policy stands where each platform keeps such things', () => {
    expect(organizationPolicy({}, 'linux')).toBe('/etc/oversign/policy.yaml');
    expect(organizationPolicy({ ProgramData: '/evil', XDG_CONFIG_HOME: '/evil' }, 'linux')).toBe(
      '/etc/oversign/policy.yaml',
    );
    expect(organizationPolicy({ ProgramData: '/evil' }, 'darwin')).toBe(
      '/Library/Application Support/oversign/policy.yaml',
    );
    expect(organizationPolicy({ ProgramData: 'D:\\Data' }, 'win32')).toBe(join('D:\\Data', 'oversign', 'policy.yaml'));
    expect(organizationPolicy({}, 'win32')).toBe(join('C:\\ProgramData', 'oversign', 'policy.yaml'));
    expect(workspacePolicy('/w')).toBe('/w/.oversign/policy.yaml');
  });

  test.each<[string, string, string[]]>([
    ['by number', 'a:x:5:\nb:x:6:\n', ['a']],
    ['by member', 'a:x:1:eve,ada\nb:x:2:eve\n', ['a']],
    ['whole names of members only', 'a:x:1:adam\nb:x:2:xada\nc:x:3:ada \n', []],
    ['no line that has no number', 'x\n# c\n+:::\n+\n:\n:::\na:x::\n', []],
    ['no number in another spelling', 'a:x:0x5:\nb:x: 5:\nc:x:5.0:\nd:x:5e0:\ne:x:-0:\nf:x:+5:\n', []],
    ['no group without a name', ':x:5:ada\n', []],
    ['nothing of a field too many', 'a:x:1:eve:ada\n', []],
    ['nothing from nothing', '', []],
  ])('groups are read %s', (_name, text, names) => {
    expect(groupNames(text, 'ada', [0, 5])).toEqual(names);
  });

  test('the account is the one that this process runs under, whatever the environment says', () => {
    const before = process.env['USER'];
    process.env['USER'] = process.env['LOGNAME'] = 'somebody';
    onTestFinished(() => {
      if (before === undefined) delete process.env['USER'];
      else process.env['USER'] = before;
    });
    const { user, groups } = account();
    expect(user).toBe(execFileSync('id', ['-un'], { encoding: 'utf8' }).trim());
    expect([...groups].sort()).toEqual(execFileSync('id', ['-Gn'], { encoding: 'utf8' }).trim().split(' ').sort());
    expect(readFileSync('/etc/group', 'utf8')).toContain(groups[0]);
  });

  test('a workspace policy may be no link, and lie behind none', async () => {
    const base = await temporaryFolder();
    await plant(base, { 'elsewhere/policy.yaml': 'timeout: 5\n', 'w/x': '' });
    const files = new PolicyFiles({ roots: [join(base, 'w')] }, ME);
    symlinkSync('../elsewhere', join(base, 'w/.oversign'));
    expect(await files.load()).toMatchObject({
      ok: false,
      diagnostics: [{ message: 'a workspace policy may not lie behind a link' }],
    });
  });
});

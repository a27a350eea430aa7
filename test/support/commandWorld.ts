import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { plant, temporaryFolder } from './tree.ts';

/** What the tables of commands are judged against: see the files in test/golden/commands. */
export const COMMAND_POLICY =
  'tools:\n  file_system:\n    denied_paths: ["private/", "*.secret", "/etc", "/var", "~/.ssh"]\n';

/** A workspace as the tables of commands think of it; returns its folder and that of the user's policy. */
export async function commandWorld(): Promise<{ folder: string; policy: string; base: string }> {
  const base = await temporaryFolder();
  const folder = join(base, 'work');
  await plant(folder, {
    'README.md': '# hello\n',
    'package.json': '{"name":"x","scripts":{"test":"true"}}\n',
    'package-lock.json': '{}\n',
    Makefile: 'all:\n\ttrue\n',
    'src/main.js': 'console.log(1)\n',
    'src/util.py': 'print(1)\n',
    'src/lib/a.ts': 'export {};\n',
    'test/main.test.js': '',
    'data/items.json': '{"items":[]}\n',
    'data/items.csv': 'a,b\n1,2\n',
    'data/old.csv': 'a,b\n',
    'docs/guide.md': '# guide\n',
    '.env': 'TOKEN=hush-hush\n',
    '.env.example': 'TOKEN=\n',
    'keys/server.pem': 'hush-hush\n',
    'private/plan.txt': 'hush-hush\n',
    'notes.secret': 'hush-hush\n',
  });
  symlinkSync('.env', join(folder, 'link-env'));
  symlinkSync('private', join(folder, 'link-private'));
  symlinkSync('/etc/hostname', join(folder, 'link-out'));
  const git = (...args: string[]): void => {
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      stdio: 'ignore',
    });
  };
  git('init', '-q');
  // What is denied is not tracked, as people have it; where it is, git could show it, and asks. Nor are secrets.
  git('add', '-A', '--', ':!private', ':!notes.secret', ':!.env', ':!keys');
  git('commit', '-qm', 'one');
  await plant(base, { 'policy.yaml': COMMAND_POLICY });
  return { folder, policy: join(base, 'policy.yaml'), base };
}

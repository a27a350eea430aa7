import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Outside } from '../../src/extension/outside.ts';
import { Session } from '../../src/extension/session.ts';
import { OpenDocuments } from '../../src/vscode/openDocuments.ts';

// The organization's policy stands at one place of the machine: a session of the tests' own is told of another one, and
// followed as a window follows its own.

export const ORGANIZATION_POLICY: [name: string, test: () => Promise<void>][] = [
  [
    'the organization’s policy is followed: with its folder, broken, mended, replaced, removed',
    async () => {
      const own = join(process.env['XDG_DATA_HOME'] ?? '', 'organized');
      const file = join(own, 'etc', 'oversign', 'policy.yaml');
      const folder = join(own, 'work');
      for (const one of [folder, join(own, 'etc')]) mkdirSync(one, { recursive: true });
      const session = await Session.open({
        folders: [folder],
        environment: {
          PATH: process.env['PATH'],
          XDG_DATA_HOME: join(own, 'data'),
          XDG_CONFIG_HOME: join(own, 'config'),
        },
        version: 'test',
        editor: new OpenDocuments(),
        organizationPolicy: file,
      });
      let told = 0;
      const outside = new Outside({ look: () => (told += 1), logged: () => undefined });
      const standing = async (): Promise<string> => {
        const { standing: now } = await session.look();
        outside.follow(session, false);
        return now.ok ? 'in force' : now.words;
      };
      const becoming = async (change: () => void, wanted: RegExp): Promise<void> => {
        const before = told;
        change();
        const until = Date.now() + 30_000;
        while (told === before && Date.now() < until) await pause(50);
        assert.ok(told > before, `nobody tells of it: ${wanted.source}`);
        assert.match(await standing(), wanted);
      };
      const write = (text: string): void => {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      };
      // It stands where others than the administrator may write, so that it does not count, which stops runs as an error does.
      const good = /^in force$|administrator/;
      try {
        assert.equal(await standing(), 'in force');
        await pause(3000); // the editor begins to watch in its own time
        await becoming(() => {
          write('confirm_action: true\n');
        }, /confirm_action|administrator/);
        await becoming(() => {
          write('timeout: 77\n');
        }, good);
        await becoming(() => {
          writeFileSync(`${file}.new`, 'confirm_action: true\n');
          renameSync(`${file}.new`, file);
        }, /confirm_action|administrator/);
        await becoming(() => {
          rmSync(dirname(file), { recursive: true });
        }, /^in force$/);
        await becoming(() => {
          write('confirm_action: true\n');
        }, /confirm_action|administrator/);
      } finally {
        outside.dispose();
        await session[Symbol.asyncDispose]();
      }
    },
  ],
];

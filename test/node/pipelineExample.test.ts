import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { EXITS } from '../../src/cli/exitCodes.ts';
import { copySample } from '../support/sampleStory.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// The example of docs/pipelines.md, as it stands there.

const PAGE = readFileSync('docs/pipelines.md', 'utf8');
const blocks = (kind: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

/** A script as a pipeline runs it: without a terminal, and with nothing on its input. */
function pipeline(script: string, base: string, account: string) {
  const home = join(base, account);
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euc', script], {
    cwd: join(base, 'work'),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: {
      PATH: `${join(base, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CONFIG_HOME: join(home, 'config'),
    },
  });
  return { status, stdout, stderr };
}

test('policy in the repository, a gate, a run without a terminal, evidence verified in another account', async () => {
  const base = await temporaryFolder();
  await copySample(join(base, 'work'));
  const [gate = ''] = blocks('jsonl');
  const [run = '', verify = ''] = blocks('sh');
  await plant(base, {
    'bin/oversign': `#!/bin/sh\nexec '${process.execPath}' '${inject('oversign')}' "$@"\n`,
    'mine/.keep': '',
    'theirs/.keep': '',
    'work/private/key.txt': 'hush\n',
    'work/.oversign/policy.yaml': 'tools: {file_system: {denied_paths: [private]}}\n',
    'work/gate.jsonl': gate,
    'work/task.md': 'Find the bug and mend it.\n',
  });
  chmodSync(join(base, 'bin/oversign'), 0o755);
  const end = pipeline(run, base, 'mine');
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(end.stdout).toContain('2 decisions as expected.');
  expect(readFileSync(join(base, 'work/answer.md'), 'utf8')).toMatch(/\S/);
  const checked = pipeline(verify, base, 'theirs');
  expect(checked).toMatchObject({ status: 0, stdout: expect.stringMatching(/is whole, and signed up to/) as string });
  // The controls: evidence that was changed, and a policy that lets the gate's call through, stop it.
  expect(pipeline(`sed -i 's/Find the bug/Lose the bug/' evidence.jsonl; ${verify}`, base, 'theirs').status).toBe(1);
  await plant(base, { 'work/.oversign/policy.yaml': 'tools: {file_system: {denied_paths: [other]}}\n' });
  const loose = pipeline(run, base, 'mine');
  expect(loose.status).toBe(1);
  expect(loose.stdout).toContain('line 2 ("keys stay closed"): expected deny');
}, 180_000);

test('the page has the table of exit codes', () => {
  const rows = [...PAGE.matchAll(/^\| +(\d+) +\| (.*?) +\|$/gm)].map(([, code, means]) => [Number(code), means]);
  expect(rows).toEqual(Object.values(EXITS).map(({ code, means }) => [code, means]));
});

import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Cage } from '../../src/core/sandbox/bubblewrap.ts';
import { findBubblewrap } from '../../src/node/sandbox/probe.ts';
import { selfTest } from '../../src/node/sandbox/selfTest.ts';
import { syntheticEtc, systemMounts } from '../../src/node/sandbox/systemMounts.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** A cage as it should be, with something changed for the worse. */
async function cage(worse: Partial<Cage> = {}): Promise<{ program: string; cage: Cage; hidden: string }> {
  const base = await temporaryFolder();
  await plant(join(base, 'data'), { 'audit.db': '' });
  const program = await findBubblewrap();
  if (typeof program !== 'string') throw new Error(program.cause);
  const { uid, gid } = userInfo();
  return {
    program,
    hidden: join(base, 'data'),
    cage: {
      ...systemMounts(),
      etc: await syntheticEtc(base, uid, gid, '/home/agent'),
      toolchains: [],
      writable: [],
      shown: [],
      pinned: [],
      readOnly: [],
      hiddenFiles: [],
      hiddenFolders: [],
      home: '/home/agent',
      temporaryBytes: 1 << 20,
      environment: { PATH: '/usr/bin:/bin' },
      cwd: '/',
      ...worse,
    },
  };
}

test('a sound cage passes its self-test', async () => {
  const { program, cage: sound, hidden } = await cage();
  expect(await selfTest(program, sound, hidden)).toBeUndefined();
});

test('a cage in which Oversign’s data can be seen is refused', async () => {
  const { program, cage: sound, hidden } = await cage();
  const refusal = await selfTest(program, { ...sound, toolchains: [hidden] }, hidden);
  expect(refusal?.cause).toContain(`seeing ${hidden}`);
});

test('a cage that cannot be built is a refusal with a cause and a fix', async () => {
  const { program, cage: sound, hidden } = await cage();
  const refusal = await selfTest(program, { ...sound, toolchains: ['/does/not/exist'] }, hidden);
  expect(refusal?.works).toBe(false);
  expect(refusal?.cause).toContain('/does/not/exist');
  expect(refusal?.fix).not.toBe('');
});

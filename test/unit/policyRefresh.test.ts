import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callPartsOf } from '../../src/core/engine/callParts.ts';
import { OpenFiles } from '../../src/core/editor/openFiles.ts';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import { PolicyInForce } from '../../src/core/engine/policyInForce.ts';
import { ScriptWatch } from '../../src/core/flow/scriptWatch.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

test('to refresh looks at the disk once for the paths of a policy, and the tools see what it found', async () => {
  const base = await temporaryFolder();
  const [workspace, userPolicy] = [join(base, 'work'), join(base, 'policy.yaml')];
  await plant(base, { 'work/a': '', 'policy.yaml': '' });
  const parts = await decidingParts({ workspace, environment: { HOME: base }, userPolicy });
  const { ...before } = parts;
  const looks = { later: 0, real: 0 };
  parts.laterPaths = () => {
    looks.later += 1;
    return before.laterPaths();
  };
  parts.realPaths = () => {
    looks.real += 1;
    return before.realPaths();
  };
  const policy = new PolicyInForce(parts, () => undefined);
  const start = await policy.read();
  expect(looks).toEqual({ later: 0, real: 0 });
  const own = { id: 'r', folder: workspace, goesTo: () => '', scriptWatch: new ScriptWatch(false), start };
  const calls = callPartsOf(own, parts, {
    policy,
    redactor: new Redactor(),
    openFiles: new OpenFiles(NO_EDITOR, () => parts.realPaths()),
  });
  await calls.refresh();
  expect(looks).toEqual({ later: 1, real: 1 });
  expect((await calls.files.look('a', workspace, 'itself')).kind).toBe('file');

  await plant(base, { 'policy.yaml': 'tools: {file_system: {denied_paths: ["a"]}}\n' });
  const { scope } = await calls.refresh();
  expect(scope.standing(join(workspace, 'a'), 'read').kind).not.toBe('free');
  expect(looks).toEqual({ later: 2, real: 2 });
});

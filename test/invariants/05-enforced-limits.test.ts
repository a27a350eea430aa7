import { describe, expect, test } from 'vitest';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { ParsedLayer } from '../../src/core/policy/layer.ts';
import { stricterOf } from '../../src/core/policy/restrict.ts';
import { controlGroups } from '../../src/node/sandbox/groups/find.ts';
import { attempt, unseen } from '../support/attempt.ts';
import { acceptedLayer, layerOf } from '../support/policies.ts';
import { workbench } from '../support/workbench.ts';

const hasGroups = controlGroups(process.getuid?.() ?? 0).length > 0;
const wanting = (list: string): string => `sandbox: {require_enforced_limits: ${list}}\n`;

describe('sandbox.require_enforced_limits', () => {
  test.each([
    ['true', hasGroups ? ['cpu', 'disk'] : undefined],
    ['[disk]', ['disk']],
    ['[memory, cpu]', hasGroups ? ['cpu'] : ['memory', 'cpu']],
  ])('%s: a command that nothing would hold is denied, and the reason names what', async (list, names) => {
    const bench = await workbench({ userPolicy: wanting(list) });
    const done = await attempt(bench, [
      { name: 'run_command', args: { command: unseen('touch made') } },
      { name: 'run_command', args: { command: 'ls' } },
      { name: 'read_file', args: { path: 'README.md' } },
    ]);
    expect(done.map(({ outcome }) => outcome)).toEqual(['denied:sandbox', 'denied:sandbox', 'done']);
    expect(bench.asked).toEqual([]);
    expect(done[0]?.text).toContain('sandbox.require_enforced_limits');
    expect(done[0]?.text).toContain('policy.yaml:1');
    if (names) expect(done[0]?.text).toContain(`they are only watched: ${names.join(', ')}.`);
  });

  test.each(['false', '[]', ...(hasGroups ? ['[memory, processes]', '[processes]'] : [])])(
    '%s: where the kernel holds all of it, commands run',
    async (list) => {
      const bench = await workbench({ userPolicy: wanting(list) });
      const [only] = await attempt(bench, [{ name: 'run_command', args: { command: unseen('echo ran') } }]);
      expect(only).toMatchObject({ outcome: 'done', text: expect.stringContaining('ran\n') as string });
    },
  );

  test('outside the sandbox it binds as well', async () => {
    const bench = await workbench({ userPolicy: 'sandbox: false\n' });
    const policy = mergePolicies([
      layerOf('sandbox: false\n', 'user'),
      layerOf(wanting('[cpu]'), 'workspace', bench.folder),
    ]);
    // A workspace that speaks of limits wants a sandbox at all.
    expect([policy.sandbox.value, policy.enforcedLimits.value]).toEqual([true, ['cpu']]);
  });
});

describe('layers', () => {
  const of = (...layers: ParsedLayer[]): string => mergePolicies(layers).enforcedLimits.value.join();
  const organization = (list: string): ParsedLayer => layerOf(wanting(list), 'organization');
  const user = (list: string): ParsedLayer => layerOf(wanting(list), 'user');
  const workspace = (list: string): ParsedLayer => layerOf(wanting(list), 'workspace', '/w/one');
  const run = (list: string): ParsedLayer => layerOf(wanting(list), 'run');

  test('what any of them wants is wanted', () => {
    expect(of()).toBe('');
    expect(of(user('true'))).toBe('memory,processes,cpu,disk');
    expect(of(user('[disk, memory, disk]'))).toBe('memory,disk');
    expect(of(organization('[processes]'), user('[memory]'), workspace('[cpu]'), run('[disk]'))).toBe(
      'memory,processes,cpu,disk',
    );
    expect(of(user('[memory]'), workspace('[cpu]'), run('[memory]'))).toBe('memory,cpu');
  });

  test.each([
    ['a user', (): ParsedLayer[] => [organization('[memory]'), user('false')]],
    ['a workspace', (): ParsedLayer[] => [user('[memory]'), workspace('[]')]],
    ['an accepted workspace', (): ParsedLayer[] => [user('[memory]'), acceptedLayer(wanting('false'), '/w/one')]],
    ['a run', (): ParsedLayer[] => [user('[memory]'), run('false')]],
  ])('%s takes nothing away, and that is noted', (_name, layers) => {
    const policy = mergePolicies(layers());
    expect(policy.enforcedLimits.value).toEqual(['memory']);
    expect(policy.enforcedLimits.origin.layer).toBe(layers()[0]?.layer);
    expect(policy.notes.map(({ message }) => message).join()).toMatch(/^sandbox\.require_enforced_limits is looser/);
  });

  test('in a run that goes on both what it began with and what is wanted now count', () => {
    const [start, now] = [mergePolicies([user('[memory]')]), mergePolicies([user('[cpu]')])];
    expect(stricterOf(start, now).enforcedLimits.value).toEqual(['memory', 'cpu']);
    expect(stricterOf(start, mergePolicies([])).enforcedLimits).toEqual(start.enforcedLimits);
    expect(stricterOf(mergePolicies([]), now).enforcedLimits).toEqual(now.enforcedLimits);
  });

  test.each(['[output]', '"all"', '[memory, memory, memory, memory, memory]', '1', 'null'])(
    '%s is not understood',
    (list) => {
      expect(() => user(list)).toThrow();
    },
  );
});

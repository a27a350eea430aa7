import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, as they were measured last; those at the front begin first, so that no worker is left
 * with one of them at the end. */
const LONGEST = [
  'engine/commandLosses',
  'invariants/05-looking-changes-nothing',
  'sandbox/projects',
  'node/typedAhead',
  'invariants/14-nothing-freezes',
  'node/bareMachine',
  'invariants/02-killed',
  'invariants/12-touching-secrets-asks',
  'node/cli',
  'node/sandboxCommand',
  'node/sandboxCommandCage',
  'engine/boundScripts',
  'engine/hostileCommands',
  'engine/commandTables',
  'sandbox/docker',
  'sandbox/dockerAttacks',
  'sandbox/attacks',
  'sandbox/attacks-resources',
  'sandbox/attacks-survival',
  'sandbox/attacks-traps',
  'engine/commandFuzz',
];

function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}.test.`));
  return at === -1 ? LONGEST.length : at;
}

/** Begins with the longest files; the rest as vitest would have it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

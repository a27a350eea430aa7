import type { HostSet } from '../../core/egress/hostSets.ts';
import { Failure } from '../../core/outcome.ts';
import { withAllowedHosts } from '../../core/policy/writeRule.ts';
import type { PolicyChange } from '../../shared/policyChange.ts';
import { readPolicy } from './readPolicy.ts';

/**
 * The user's policy (`file`) with the hosts of these sets among the allowed ones; undefined where all of them are. Nothing
 * is written. @throws Failure
 */
export function proposeHosts(sets: readonly HostSet[], file: string): PolicyChange | undefined {
  const read = readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
  if (read.kind === 'unreadable' || read.kind === 'not-administrators') throw new Failure(`${file}: ${read.problem}`);
  const before = read.kind === 'text' ? read.text : '';
  const written = withAllowedHosts(before, file, [...new Set(sets.flatMap(({ hosts }) => hosts))]);
  if (!written.ok) throw new Failure(written.problem);
  if (written.text === before) return undefined;
  return { file, before, after: written.text, holdsIn: 'every workspace' };
}

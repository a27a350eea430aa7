import { Failure } from '../../core/outcome.ts';
import { withPrivacy } from '../../core/policy/writePrivacy.ts';
import type { PolicyChange } from '../../shared/policyChange.ts';
import { readPolicy } from './readPolicy.ts';

/** The user's policy with Maximum privacy turned on or off. Nothing is written. @throws Failure */
export function proposePrivacy(file: string, isOn: boolean): PolicyChange {
  const read = readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
  if (read.kind === 'unreadable' || read.kind === 'not-administrators') throw new Failure(`${file}: ${read.problem}`);
  const before = read.kind === 'text' ? read.text : '';
  const written = withPrivacy(before, file, isOn);
  if (!written.ok) throw new Failure(written.problem);
  return { file, before, after: written.text };
}

import { dirname } from 'node:path';
import { bashParser } from '../../core/command/bash.ts';
import { checkExamples } from '../../core/policy/examples.ts';
import type { Diagnostic, Layer } from '../../core/policy/layer.ts';
import { mergePolicies } from '../../core/policy/merge.ts';
import { parsePolicy } from '../../core/policy/parse.ts';
import { account } from '../account.ts';
import { readPolicy } from './readPolicy.ts';
import { unknownAccounts } from './unknownAccounts.ts';

/** What is wrong with a policy file by itself, and what of it would not count in a layer. */
export async function checkedAlone(file: string, wanted?: Layer): Promise<Diagnostic[]> {
  const read = await readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
  if (read.kind !== 'text') {
    const message = read.kind === 'absent' ? 'the file does not exist' : read.problem;
    return [{ severity: 'error', message, file, line: 1, column: 1 }];
  }
  const layer = wanted ?? (/^roles:/m.test(read.text) ? 'organization' : 'user');
  const result = parsePolicy(read.text, file, layer);
  if (!result.ok) return result.diagnostics;
  const examples = checkExamples(result.parsed, await bashParser());
  if (examples.length > 0) return examples;
  const { roles = [] } = result.parsed.values;
  const base = layer === 'workspace' ? { base: dirname(dirname(file)) } : {};
  const each = [result.parsed, ...roles.map((role) => ({ ...result.parsed, values: role.policy }))];
  const notes = each.flatMap((one) => mergePolicies([{ ...one, ...base }]).notes);
  return [...notes, ...unknownAccounts(result.parsed, account())];
}

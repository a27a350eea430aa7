import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { bashParser } from '../../core/command/bash.ts';
import { checkExamples } from '../../core/policy/examples.ts';
import type { Diagnostic, Layer, ParsedLayer } from '../../core/policy/layer.ts';
import { mergePolicies } from '../../core/policy/merge.ts';
import { parsePolicy } from '../../core/policy/parse.ts';
import { spellingNotes } from '../../core/policy/spellingNotes.ts';
import { account } from '../account.ts';
import { policyLook } from './policyLook.ts';
import { readPolicy } from './readPolicy.ts';
import { unknownAccounts } from './unknownAccounts.ts';

/** What is wrong with a policy file by itself, and what of it would not count in a layer. */
export async function checkedAlone(file: string, wanted?: Layer): Promise<Diagnostic[]> {
  const read = readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
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
  return [...notes, ...(await spelledAlone(result.parsed)), ...unknownAccounts(result.parsed, account())];
}

/** What in a file may be meant otherwise than it is read, seen from where it stands. */
export async function spelledAlone(parsed: ParsedLayer): Promise<Diagnostic[]> {
  const base = dirname(dirname(parsed.file));
  const around = { home: homedir(), stands: policyLook.stands };
  return parsed.layer === 'workspace'
    ? spellingNotes([{ ...parsed, base }], { ...around, roots: [base] })
    : spellingNotes([parsed], { ...around, roots: [] });
}

import { mergePolicies } from '../core/policy/merge.ts';
import { AuditClient } from '../node/audit/auditClient.ts';
import { Evidence } from '../node/audit/evidence.ts';
import { account } from '../node/account.ts';
import { ownFolders } from '../node/folders.ts';
import { organizationPolicy, PolicyFiles } from '../node/policy/policyFiles.ts';
import { privacyNow } from '../node/policy/privacyNow.ts';
import { visibleLine } from '../shared/visible.ts';
import { join } from 'node:path';

/**
 * The account's log and its witnesses, without a workspace. Nothing is sent or erased by opening it. `unasked`: why nobody
 * knows which witnesses the policy names.
 */
export async function evidenceHere(
  environment: NodeJS.ProcessEnv,
): Promise<{ audit: AuditClient; evidence: Evidence; data: string; unasked?: string }> {
  const folders = ownFolders(environment);
  const places = {
    organization: organizationPolicy(environment),
    user: join(folders.config, 'policy.yaml'),
    roots: [],
  };
  const policies = new PolicyFiles(places, account());
  const loaded = await policies.load();
  const audit = await AuditClient.open(folders.data);
  const { data, home } = folders;
  const evidence = new Evidence({
    audit,
    data,
    home,
    environment,
    version: '',
    witnesses: [],
    privacy: privacyNow(policies, 1),
  });
  if (loaded.ok) {
    evidence.ask(mergePolicies(loaded.layers).audit);
    return { audit, evidence, data };
  }
  const [first] = loaded.diagnostics;
  const where = first ? `${first.file}:${first.line}:${first.column}: ${first.message}` : '';
  const unasked = `the policy is invalid, so its witnesses are not asked: ${where}`;
  process.stderr.write(`oversign: ${visibleLine(unasked)}\n`);
  return { audit, evidence, data, unasked };
}

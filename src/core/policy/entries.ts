import { originText, type Origin } from '../../shared/decision.ts';
import type { PathRule } from '../scope/pathRule.ts';
import { SECRETS } from './defaults.ts';
import type { EffectivePolicy } from './merge.ts';
import type { ParsedLayer } from './parse.ts';
import { mergePolicies } from './merge.ts';
import type { Value } from './settle.ts';

/** One line of the effective policy: a key as the file has it, its value in words, and where that comes from. */
export interface PolicyEntry {
  key: string;
  value: string;
  origin: Origin;
}

/** The effective policy, key by key, each with its origin; lists entry by entry. */
export function policyEntries(policy: EffectivePolicy): PolicyEntry[] {
  const one = <T>(key: string, { value, origin }: Value<T>): PolicyEntry => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    origin,
  });
  const paths = (key: string, rules: readonly PathRule[]): PolicyEntry[] =>
    rules.map(({ written, origin }) => ({ key, value: written, origin }));
  const { limits, grants } = policy;
  return [
    one('confirm_actions', policy.confirmActions),
    one('max_iterations', policy.maxIterations),
    one('timeout', policy.timeoutSeconds),
    one('sandbox', policy.sandbox),
    one('sandbox.backend', policy.backend),
    one('sandbox.require_enforced_limits', policy.enforcedLimits),
    one('sandbox.memory', limits.memoryBytes),
    one('sandbox.cpu', limits.cpuSeconds),
    one('sandbox.disk', limits.diskBytes),
    one('sandbox.processes', limits.processes),
    one('model.allow_cloud', policy.allowCloud),
    one('grants.enabled', grants.enabled),
    one('grants.max_minutes', grants.maxMinutes),
    one('grants.max_uses', grants.maxUses),
    one('environment.allowed_variables', policy.variables),
    one('tools.file_system.enabled', policy.fileSystem),
    ...paths(
      'tools.file_system.allowed_paths',
      policy.allowedPaths.flatMap(({ rules }) => rules),
    ),
    ...paths('tools.file_system.denied_paths', policy.deniedPaths),
    one('tools.code_execution.enabled', policy.codeExecution),
    one('tools.code_execution.languages', policy.languages),
    one('tools.code_execution.timeout', policy.codeTimeoutSeconds),
    ...paths('protected_paths', policy.protectedPaths),
    ...paths('own_paths', policy.ownPaths.flat()),
    ...policy.redactedVariables.map((variable) => one('redaction.variables', variable)),
    ...policy.audit.witnessFiles.map((file) => one('audit.witness_files', file)),
    one('audit.otlp', policy.audit.otlp),
    one('audit.retention.days', policy.audit.retention.days),
    one('audit.retention.size', policy.audit.retention.bytes),
    ...policy.rules.flat().flatMap(({ mayLoosen, rules }) =>
      rules.map(({ keys, origin }) => ({
        key: 'rules',
        value: `${keys.decision} ${[...(keys.tools ?? []), ...(keys.commands ?? []), ...(keys.paths ?? [])].join(', ')}${keys.in ? ` (in ${keys.in.join(', ')})` : ''}${keys.each_time === true ? ' (each time)' : ''}${keys.decision === 'allow' && !mayLoosen ? ' (ignored: not accepted)' : ''}: ${keys.why}`,
        origin,
      })),
    ),
    ...paths('(likely secrets, reading asks)', SECRETS),
  ];
}

/** The effective policy as text: `key: value   (origin)`. */
export function policyText(policy: EffectivePolicy): string {
  const entries = policyEntries(policy);
  const width = Math.max(...entries.map(({ key }) => key.length));
  const lines = entries.map(({ key, value, origin }) => `${key.padEnd(width)}  ${value}   (${originText(origin)})`);
  const notes = policy.notes.map(
    (note) => `${note.severity}: ${note.file}:${note.line}:${note.column}: ${note.message}`,
  );
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

/** What accepting a workspace policy would change: each line of the effective policy that goes and that comes. */
export interface PolicyChange {
  before: PolicyEntry[];
  after: PolicyEntry[];
}

/** What accepting these workspace policies would change. */
export function acceptanceChange(
  layers: readonly ParsedLayer[],
  files: readonly string[],
  folders: number,
): PolicyChange {
  const as = (isAccepted: boolean): PolicyEntry[] =>
    policyEntries(
      mergePolicies(
        layers.map((layer) => (files.includes(layer.file) ? { ...layer, isAccepted } : layer)),
        folders,
      ),
    );
  const [before, after] = [as(false), as(true)];
  const said = (entry: PolicyEntry): string => `${entry.key}\0${entry.value}`;
  const has = (entries: readonly PolicyEntry[], entry: PolicyEntry): boolean =>
    entries.some((other) => said(other) === said(entry));
  return {
    before: before.filter((entry) => !has(after, entry)),
    after: after.filter((entry) => !has(before, entry)),
  };
}

/** The change in words, for a diff that people read: one line a value. */
export function changeLines({ before, after }: PolicyChange): string[] {
  if (before.length === 0 && after.length === 0)
    return ['Accepting it would loosen nothing: what it says counts already.'];
  return [
    ...before.map(({ key, value }) => `- ${key}: ${value}`),
    ...after.map(({ key, value }) => `+ ${key}: ${value}`),
  ];
}

import type { AllowedPaths, PathRule } from '../scope/pathRule.ts';
import { auditPolicy, type AuditPolicy } from './auditKeys.ts';
import { PROTECTED } from './controlFiles.ts';
import { DEFAULTS } from './defaults.ts';
import type { Diagnostic, ParsedLayer } from './parse.ts';
import type { RuleList } from './rules.ts';
import type { Language, PolicyFile, SandboxKeys } from './schema.ts';
import { note, Settling, type Value } from './settle.ts';
import { enforcedLimits, sizeInBytes, type EnforceableLimit } from './values.ts';

/** The policy in force: defaults, then what organization and user set, then what workspace and run tighten. */
export interface EffectivePolicy {
  confirmActions: Value<boolean>;
  maxIterations: Value<number>;
  timeoutSeconds: Value<number>;
  sandbox: Value<boolean>;
  /** Limits that the kernel must hold. */
  enforcedLimits: Value<EnforceableLimit[]>;
  backend: Value<'auto' | 'host' | 'docker'>;
  limits: {
    memoryBytes: Value<number>;
    cpuSeconds: Value<number>;
    diskBytes: Value<number>;
    processes: Value<number>;
  };
  fileSystem: Value<boolean>;
  allowedPaths: AllowedPaths[];
  deniedPaths: PathRule[];
  protectedPaths: PathRule[];
  /** What counts as the user's own content: a path must match one entry of every list; no list means nothing. */
  ownPaths: PathRule[][];
  codeExecution: Value<boolean>;
  languages: Value<Language[]>;
  codeTimeoutSeconds: Value<number>;
  /** Environment variables that commands may see. */
  variables: Value<string[]>;
  allowCloud: Value<boolean>;
  grants: { enabled: Value<boolean>; maxMinutes: Value<number>; maxUses: Value<number> };
  /** The rules of each policy that binds; the strictest counts. */
  rules: RuleList[][];
  /** Environment variables whose values are masked everywhere, beside those with telling names. */
  redactedVariables: Value<string>[];
  audit: AuditPolicy;
  /** What was ignored or has no effect, with its place. */
  notes: Diagnostic[];
}

const both = (current: boolean, wanted: boolean): boolean => current && wanted;
const either = (current: boolean, wanted: boolean): boolean => current || wanted;
const all = (current: EnforceableLimit[], wanted: EnforceableLimit[]): EnforceableLimit[] =>
  enforcedLimits([...current, ...wanted]) ?? [];
const common = <T>(current: T[], wanted: T[]): T[] => wanted.filter((item) => current.includes(item));
const sandboxKeys = (values: PolicyFile): SandboxKeys => (typeof values.sandbox === 'object' ? values.sandbox : {});

/**
 * Merges layers given in the order organization, user, workspace, run. The organization sets; the user sets what it
 * leaves open and tightens the rest; workspace and run only tighten. A workspace policy that the user has accepted may
 * also loosen a default that neither set, if every one of the `folders` workspace folders has such a policy.
 */
export function mergePolicies(layers: readonly ParsedLayer[], folders = 1): EffectivePolicy {
  const settling = new Settling(layers, folders);
  const { settle } = settling;
  const lists = (path: string[], read: (values: PolicyFile) => string[] | undefined): AllowedPaths[] =>
    layers.flatMap((layer) => {
      const written = read(layer.values);
      return written === undefined ? [] : [{ ...based(layer), rules: pathRules(layer, path, written) }];
    });
  const flat = (all: AllowedPaths[]): PathRule[] => all.flatMap((list) => list.rules);

  const policy: EffectivePolicy = {
    confirmActions: settle<boolean>(DEFAULTS.confirmActions, ['confirm_actions'], (p) => p.confirm_actions, either),
    maxIterations: settle<number>(DEFAULTS.maxIterations, ['max_iterations'], (p) => p.max_iterations, Math.min),
    timeoutSeconds: settle<number>(DEFAULTS.timeoutSeconds, ['timeout'], (p) => p.timeout, Math.min),
    sandbox: settle<boolean>(
      DEFAULTS.sandbox,
      ['sandbox'],
      (p) => (p.sandbox === undefined ? undefined : p.sandbox !== false),
      either,
      'never by a workspace',
    ),
    enforcedLimits: settle<EnforceableLimit[]>(
      [],
      ['sandbox', 'require_enforced_limits'],
      (p) => enforcedLimits(sandboxKeys(p).require_enforced_limits),
      all,
    ),
    backend: settle<'auto' | 'host' | 'docker'>(
      'auto',
      ['sandbox', 'backend'],
      (p) => sandboxKeys(p).backend,
      (current, wanted) => (current === 'auto' ? wanted : current),
    ),
    limits: {
      memoryBytes: settle<number>(
        DEFAULTS.limits.memoryBytes,
        ['sandbox', 'memory'],
        (p) => bytes(sandboxKeys(p).memory),
        Math.min,
      ),
      cpuSeconds: settle<number>(DEFAULTS.limits.cpuSeconds, ['sandbox', 'cpu'], (p) => sandboxKeys(p).cpu, Math.min),
      diskBytes: settle<number>(
        DEFAULTS.limits.diskBytes,
        ['sandbox', 'disk'],
        (p) => bytes(sandboxKeys(p).disk),
        Math.min,
      ),
      processes: settle<number>(
        DEFAULTS.limits.processes,
        ['sandbox', 'processes'],
        (p) => sandboxKeys(p).processes,
        Math.min,
      ),
    },
    fileSystem: settle<boolean>(true, ['tools', 'file_system', 'enabled'], (p) => p.tools?.file_system?.enabled, both),
    allowedPaths: lists(['tools', 'file_system', 'allowed_paths'], (p) => p.tools?.file_system?.allowed_paths),
    deniedPaths: flat(lists(['tools', 'file_system', 'denied_paths'], (p) => p.tools?.file_system?.denied_paths)),
    protectedPaths: [...PROTECTED, ...flat(lists(['protected_paths'], (p) => p.protected_paths))],
    ownPaths: settling.ownPaths((layer) => pathRules(layer, ['own_paths'], layer.values.own_paths ?? [])),
    codeExecution: settle<boolean>(
      true,
      ['tools', 'code_execution', 'enabled'],
      (p) => p.tools?.code_execution?.enabled,
      both,
    ),
    languages: settle<Language[]>(
      [...DEFAULTS.languages],
      ['tools', 'code_execution', 'languages'],
      (p) => p.tools?.code_execution?.languages,
      common,
    ),
    codeTimeoutSeconds: settle<number>(
      DEFAULTS.codeTimeoutSeconds,
      ['tools', 'code_execution', 'timeout'],
      (p) => p.tools?.code_execution?.timeout,
      Math.min,
    ),
    variables: settle<string[]>(
      [],
      ['environment', 'allowed_variables'],
      (p) => p.environment?.allowed_variables,
      common,
    ),
    allowCloud: settle<boolean>(true, ['model', 'allow_cloud'], (p) => p.model?.allow_cloud, both),
    grants: {
      enabled: settle<boolean>(true, ['grants', 'enabled'], (p) => p.grants?.enabled, both),
      maxMinutes: settle<number>(
        DEFAULTS.grants.maxMinutes,
        ['grants', 'max_minutes'],
        (p) => p.grants?.max_minutes,
        Math.min,
      ),
      maxUses: settle<number>(DEFAULTS.grants.maxUses, ['grants', 'max_uses'], (p) => p.grants?.max_uses, Math.min),
    },
    rules: [
      settling.rules((layer) =>
        (layer.values.rules ?? []).map((keys, index) => ({
          keys,
          origin: layer.originOf(['rules', index]),
          paths: pathRules(layer, ['rules', index, 'paths'], keys.paths ?? []),
        })),
      ),
    ],
    redactedVariables: layers.flatMap((layer) =>
      (layer.values.redaction?.variables ?? []).map((value, index) => ({
        value,
        origin: layer.originOf(['redaction', 'variables', index]),
      })),
    ),
    audit: auditPolicy(layers, settling),
    notes: settling.notes,
  };
  for (const layer of layers) settling.notes.push(...withoutEffect(layer));
  if (policy.codeExecution.value && !policy.languages.value.includes('bash'))
    settling.notes.push({
      ...note(policy.languages.origin, 'bash is not among the languages, so the agent has no run_command tool'),
      severity: 'info',
    });
  return policy;
}

function based(layer: ParsedLayer): { base?: string } {
  return layer.base === undefined ? {} : { base: layer.base };
}

function pathRules(layer: ParsedLayer, path: (string | number)[], written: readonly string[]): PathRule[] {
  return written.map((entry, index) => ({ written: entry, origin: layer.originOf([...path, index]), ...based(layer) }));
}

function bytes(size: string | number | undefined): number | undefined {
  return size === undefined ? undefined : sizeInBytes(size);
}

/** Keys that people paste in from elsewhere and that govern no tool of this version: said, not swallowed. */
function withoutEffect(layer: ParsedLayer): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { tools, sandbox } = layer.values;
  const say = (path: string[], message: string): void => {
    found.push({ ...note(layer.originOf(path), message), severity: 'info' });
  };
  if (tools?.web_browsing?.enabled === true)
    say(['tools', 'web_browsing', 'enabled'], 'this version has no web tool; nothing is enabled by this');
  if (tools?.api_calls?.enabled === true)
    say(['tools', 'api_calls', 'enabled'], 'this version has no API tool; nothing is enabled by this');
  if (typeof sandbox === 'object' && sandbox.image !== undefined)
    say(['sandbox', 'image'], 'an image is only used by the docker backend, which this version does not have');
  return found;
}

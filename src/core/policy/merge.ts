import type { Origin } from '../../shared/decision.ts';
import type { AllowedPaths, PathRule } from '../scope/pathRule.ts';
import { DEFAULTS, PROTECTED } from './defaults.ts';
import type { Diagnostic, ParsedLayer } from './parse.ts';
import { sizeInBytes, type Language, type PolicyFile, type SandboxKeysSchema } from './schema.ts';
import type * as z from 'zod';

/** A value of the policy in force, and where it comes from. */
export interface Value<T> {
  value: T;
  origin: Origin;
}

/** The policy in force: defaults, then what the user set, then what workspace and run tighten. */
export interface EffectivePolicy {
  confirmActions: Value<boolean>;
  maxIterations: Value<number>;
  timeoutSeconds: Value<number>;
  sandbox: Value<boolean>;
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
  codeExecution: Value<boolean>;
  languages: Value<Language[]>;
  codeTimeoutSeconds: Value<number>;
  /** Environment variables that commands may see. */
  variables: Value<string[]>;
  /** Environment variables whose values are masked everywhere, beside those with telling names. */
  redactedVariables: string[];
  /** What was ignored or has no effect, with its place. */
  notes: Diagnostic[];
}

type Sandbox = z.infer<typeof SandboxKeysSchema>;

/** Merges layers given in the order user, workspace, run. Only `user` may loosen a default. */
export function mergePolicies(layers: ParsedLayer[]): EffectivePolicy {
  const notes: Diagnostic[] = [];
  const settle = <T>(
    initial: T,
    path: string[],
    read: (values: PolicyFile) => T | undefined,
    stricter: (current: T, wanted: T) => T,
  ): Value<T> => {
    let settled: Value<T> = { value: initial, origin: { layer: 'built-in' } };
    for (const layer of layers) {
      const wanted = read(layer.values);
      if (wanted === undefined) continue;
      const origin = layer.originOf(path);
      const value = layer.layer === 'user' ? wanted : stricter(settled.value, wanted);
      if (JSON.stringify(value) !== JSON.stringify(wanted))
        notes.push(
          note(
            origin,
            `${path.join('.')} is looser than what is set already; a ${layer.layer} policy can only tighten, so this is ignored`,
          ),
        );
      if (layer.layer === 'user' || JSON.stringify(value) !== JSON.stringify(settled.value))
        settled = { value, origin };
    }
    return settled;
  };
  const both = (current: boolean, wanted: boolean): boolean => current && wanted;
  const either = (current: boolean, wanted: boolean): boolean => current || wanted;
  const common = <T>(current: T[], wanted: T[]): T[] => wanted.filter((item) => current.includes(item));
  const sandboxKeys = (values: PolicyFile): Sandbox => (typeof values.sandbox === 'object' ? values.sandbox : {});
  const rules = (path: string[], read: (values: PolicyFile) => string[] | undefined): AllowedPaths[] =>
    layers.flatMap((layer) => {
      const written = read(layer.values);
      if (written === undefined) return [];
      const base = layer.base === undefined ? {} : { base: layer.base };
      return [
        {
          ...base,
          rules: written.map((entry, index) => ({ written: entry, origin: layer.originOf([...path, index]), ...base })),
        },
      ];
    });
  const flat = (lists: AllowedPaths[]): PathRule[] => lists.flatMap((list) => list.rules);

  const policy: EffectivePolicy = {
    confirmActions: settle<boolean>(DEFAULTS.confirmActions, ['confirm_actions'], (p) => p.confirm_actions, either),
    maxIterations: settle<number>(DEFAULTS.maxIterations, ['max_iterations'], (p) => p.max_iterations, Math.min),
    timeoutSeconds: settle<number>(DEFAULTS.timeoutSeconds, ['timeout'], (p) => p.timeout, Math.min),
    sandbox: settle<boolean>(
      DEFAULTS.sandbox,
      ['sandbox'],
      (p) => (p.sandbox === undefined ? undefined : p.sandbox !== false),
      either,
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
    allowedPaths: rules(['tools', 'file_system', 'allowed_paths'], (p) => p.tools?.file_system?.allowed_paths),
    deniedPaths: flat(rules(['tools', 'file_system', 'denied_paths'], (p) => p.tools?.file_system?.denied_paths)),
    protectedPaths: [...PROTECTED, ...flat(rules(['protected_paths'], (p) => p.protected_paths))],
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
    redactedVariables: layers.flatMap((layer) => layer.values.redaction?.variables ?? []),
    notes,
  };
  for (const layer of layers) notes.push(...withoutEffect(layer));
  return policy;
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

function note(origin: Origin, message: string): Diagnostic {
  return { severity: 'warning', message, file: origin.file ?? '', line: origin.line ?? 1, column: origin.column ?? 1 };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bashParser } from '../../core/command/bash.ts';
import { checkExamples } from '../../core/policy/examples.ts';
import type { Diagnostic, Layer, ParsedLayer } from '../../core/policy/layer.ts';
import { parsePolicy, type ParseResult } from '../../core/policy/parse.ts';
import type { LoadedPolicies, PolicySource } from '../../core/policy/port.ts';
import { rolesOf } from '../../core/policy/roles.ts';
import { sha256 } from '../files/hash.ts';
import type { LocalAccount } from '../account.ts';
import type { Acceptance } from './acceptance.ts';
import { foldersAbove } from './policiesAbove.ts';
import { readPolicy, type Read } from './readPolicy.ts';
import { unknownAccounts } from './unknownAccounts.ts';

export interface PolicyPlaces {
  organization?: string | undefined;
  /** A file given by hand for trying out need not be an administrator's. */
  isOrganizationTrusted?: boolean;
  user?: string | undefined;
  /** A file that was named by hand must be there. */
  isUserRequired?: boolean;
  /** Workspace folders, each of which may hold a policy of its own. */
  roots: readonly string[];
  /** A file named on the command line; it may only tighten. */
  run?: string | undefined;
  /** What options of the command line say, as a policy of this run; it may only tighten. `option`: where it is said. */
  said?: { option: string; text: string } | undefined;
}

export function workspacePolicy(root: string): string {
  return join(root, '.oversign', 'policy.yaml');
}

/** Where the organization's policy stands: `/etc/oversign/policy.yaml` and the platforms' equivalents. */
export function organizationPolicy(environment: NodeJS.ProcessEnv, platform = process.platform): string {
  switch (platform) {
    case 'darwin':
      return '/Library/Application Support/oversign/policy.yaml';
    case 'win32':
      return join(environment['ProgramData'] ?? 'C:\\ProgramData', 'oversign', 'policy.yaml');
    default:
      return '/etc/oversign/policy.yaml';
  }
}

interface Wanted {
  file: string;
  layer: Layer;
  base?: string;
  isAbove?: boolean;
  isOptional: boolean;
}

/** Policy files on disk. Each is read anew every time and parsed again only when its text has changed. */
export class PolicyFiles implements PolicySource {
  readonly #places: PolicyPlaces;
  readonly #acceptance: Acceptance | undefined;
  readonly #account: LocalAccount;
  readonly #parsed = new Map<string, { text: string; digest: string; result: ParseResult }>();

  constructor(places: PolicyPlaces, account: LocalAccount, acceptance?: Acceptance) {
    this.#places = places;
    this.#account = account;
    this.#acceptance = acceptance;
  }

  async load(): Promise<LoadedPolicies> {
    const layers: ParsedLayer[] = [];
    const diagnostics: Diagnostic[] = [];
    const notes: Diagnostic[] = [];
    const accepted = this.#acceptance?.load();
    if (accepted?.problem !== undefined) notes.push(accepted.problem);
    for (const { file, layer, base, isAbove, isOptional } of this.#wanted()) {
      const isOwn = layer === 'organization' && this.#places.isOrganizationTrusted !== true;
      const read = readPolicy(file, { refusesLinks: layer === 'workspace', mustBeAdministrators: isOwn });
      const hasFolder = read.kind !== 'absent' || read.hasFolder;
      if (layer !== 'run' && hasFolder) notes.push(...misnamed(file));
      if (read.kind === 'absent' && isOptional) continue;
      const at = { file, line: 1, column: 1 };
      if (read.kind !== 'text') {
        diagnostics.push({ severity: 'error', message: problemWords(read), ...at });
        continue;
      }
      const { result, digest } = await this.#parse(file, layer, read.text);
      if (!result.ok) {
        diagnostics.push(...result.diagnostics);
        continue;
      }
      const parsed = { ...result.parsed, digest, ...(isAbove === true && { isAbove }) };
      if (isAbove === true) notes.push({ severity: 'info', message: this.#aboveWords(), ...at });
      if (layer === 'organization') {
        layers.push(...rolesOf(parsed, this.#account));
        notes.push(...unknownAccounts(parsed, this.#account));
      } else
        layers.push({
          ...parsed,
          ...(base !== undefined && { base }),
          ...(layer === 'workspace' && { isAccepted: isAbove !== true && accepted?.has(file, digest) === true }),
        });
    }
    const { said } = this.#places;
    if (said) {
      const { result } = await this.#parse(said.option, 'run', said.text);
      if (result.ok) layers.push(result.parsed);
      else diagnostics.push(...result.diagnostics);
    }
    return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, layers, notes };
  }

  /** The files that may bind, there or not: whoever shows the policy in force looks again when one of them changes. */
  files(): string[] {
    return this.#wanted().map(({ file }) => file);
  }

  #aboveWords(): string {
    const where = this.#places.roots.join(', ');
    return `this policy binds too, as it stands above in the same repository: it can only tighten, and the agent works in ${where} alone`;
  }

  #wanted(): Wanted[] {
    const { organization, user, roots, run } = this.#places;
    return [
      ...(organization === undefined
        ? []
        : [
            {
              file: organization,
              layer: 'organization' as const,
              isOptional: this.#places.isOrganizationTrusted !== true,
            },
          ]),
      ...(user === undefined
        ? []
        : [{ file: user, layer: 'user' as const, isOptional: this.#places.isUserRequired !== true }]),
      ...foldersAboveAll(roots).map((folder) => ({ ...workspaceFile(folder), isAbove: true })),
      ...roots.map(workspaceFile),
      ...(run === undefined ? [] : [{ file: run, layer: 'run' as const, isOptional: false }]),
    ];
  }

  async #parse(file: string, layer: Layer, text: string): Promise<{ result: ParseResult; digest: string }> {
    const known = this.#parsed.get(file);
    if (known?.text === text) return known;
    let result = parsePolicy(text, file, layer);
    if (result.ok && /\bexamples\b/.test(text)) {
      const wrong = checkExamples(result.parsed, await bashParser());
      if (wrong.length > 0) result = { ok: false, diagnostics: wrong };
    }
    const parsed = { text, digest: sha256(text), result };
    this.#parsed.set(file, parsed);
    return parsed;
  }
}

/** Those of some folders in which a policy stands. */
export function withPolicy(folders: readonly string[]): Set<string> {
  return new Set(folders.filter((folder) => existsSync(workspacePolicy(folder))));
}

function workspaceFile(folder: string): Wanted {
  return { file: workspacePolicy(folder), layer: 'workspace', base: folder, isOptional: true };
}

/** Above any of the folders, each once, and none that is a workspace folder itself. */
function foldersAboveAll(roots: readonly string[]): string[] {
  return [...new Set(roots.flatMap(foldersAbove))].filter((folder) => !roots.includes(folder));
}

function problemWords(read: Exclude<Read, { kind: 'text' }>): string {
  switch (read.kind) {
    case 'absent':
      return 'the file does not exist';
    case 'unreadable':
      return read.problem;
    case 'not-administrators':
      return `nothing runs, as this organization policy does not count: ${read.problem}. Give it and its folders to the administrator, writable for nobody else (chown root, chmod go-w), or remove it`;
  }
}

/** A file that is meant as a policy and is never read. */
function misnamed(file: string): Diagnostic[] {
  const other = file.replace(/\.yaml$/, '.yml');
  if (other === file || !existsSync(other)) return [];
  const message = 'this file is not read: a policy is named policy.yaml';
  return [{ severity: 'warning', message, file: other, line: 1, column: 1 }];
}

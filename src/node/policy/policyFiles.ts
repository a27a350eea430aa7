import { join } from 'node:path';
import { bashParser } from '../../core/command/bash.ts';
import { checkExamples } from '../../core/policy/examples.ts';
import type { Diagnostic, Layer, ParsedLayer } from '../../core/policy/layer.ts';
import { parsePolicy, type ParseResult } from '../../core/policy/parse.ts';
import type { LoadedPolicies, PolicySource } from '../../core/policy/port.ts';
import { rolesOf, type Account } from '../../core/policy/roles.ts';
import { sha256 } from '../files/hash.ts';
import type { Acceptance } from './acceptance.ts';
import { readPolicy } from './readPolicy.ts';

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
  isOptional: boolean;
}

/** Policy files on disk. Each is read anew every time and parsed again only when its text has changed. */
export class PolicyFiles implements PolicySource {
  readonly #places: PolicyPlaces;
  readonly #acceptance: Acceptance | undefined;
  readonly #account: Account;
  readonly #parsed = new Map<string, { text: string; digest: string; result: ParseResult }>();

  constructor(places: PolicyPlaces, account: Account, acceptance?: Acceptance) {
    this.#places = places;
    this.#account = account;
    this.#acceptance = acceptance;
  }

  async load(): Promise<LoadedPolicies> {
    const layers: ParsedLayer[] = [];
    const diagnostics: Diagnostic[] = [];
    const notes: Diagnostic[] = [];
    const accepted = await this.#acceptance?.load();
    if (accepted?.problem !== undefined) notes.push(accepted.problem);
    for (const { file, layer, base, isOptional } of this.#wanted()) {
      const isOwn = layer === 'organization' && this.#places.isOrganizationTrusted !== true;
      const read = await readPolicy(file, { refusesLinks: layer === 'workspace', mustBeAdministrators: isOwn });
      if (read.kind === 'absent' && isOptional) continue;
      const at = { file, line: 1, column: 1 };
      if (read.kind === 'not-administrators') {
        notes.push({ severity: 'warning', message: `this organization policy does not count: ${read.problem}`, ...at });
        continue;
      }
      if (read.kind !== 'text') {
        const problem = read.kind === 'absent' ? 'the file does not exist' : read.problem;
        diagnostics.push({ severity: 'error', message: problem, ...at });
        continue;
      }
      const { result, digest } = await this.#parse(file, layer, read.text);
      if (!result.ok) {
        diagnostics.push(...result.diagnostics);
        continue;
      }
      const parsed = { ...result.parsed, digest };
      if (layer === 'organization') layers.push(...rolesOf(parsed, this.#account));
      else
        layers.push({
          ...parsed,
          ...(base !== undefined && { base }),
          ...(layer === 'workspace' && { isAccepted: accepted?.has(file, digest) ?? false }),
        });
    }
    return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, layers, notes };
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
      ...roots.map((root) => ({
        file: workspacePolicy(root),
        layer: 'workspace' as const,
        base: root,
        isOptional: true,
      })),
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

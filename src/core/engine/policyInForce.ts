import type { AuditLog, AuditReader } from '../audit/port.ts';
import { acceptable, PolicyRecord, type AcceptanceOffer, type AcceptanceStore } from '../lab/policyRecord.ts';
import type { InForce } from '../policy/decide.ts';
import { mergePolicies, type EffectivePolicy } from '../policy/merge.ts';
import { PolicyInvalid } from '../policy/policyInvalid.ts';
import type { PolicyLook, PolicySource } from '../policy/port.ts';
import { idleRules } from '../policy/idleRules.ts';
import { withSecondReadings, type Surroundings } from '../policy/secondReadings.ts';
import { spellingNotes } from '../policy/spellingNotes.ts';
import { withRealPaths } from '../policy/realRules.ts';
import { Rulebook } from '../policy/rules.ts';
import { wayInForce } from '../policy/ways.ts';
import { emptyScopeNotes, scopeOf } from '../policy/scopeOf.ts';
import type { FolderNames } from '../../shared/folderLabels.ts';
import type { Scope } from '../scope/scope.ts';

const BUILT_IN = { layer: 'built-in' } as const;

/** What a policy is read, understood and recorded with. */
export interface PolicyParts {
  /** The workspace folders, real paths; the first is where runs work. */
  roots: string[];
  /** What a person calls them, where they have names of their own. */
  rootNames?: FolderNames;
  home: string;
  /** Oversign's own folders: denied to every tool. */
  own: readonly string[];
  policies: PolicySource;
  audit: AuditLog & AuditReader;
  /** What keeps evidence outside the log does what the policy in force says. */
  keepEvidence(policy: EffectivePolicy): void;
  /** Paths in the workspace that the person's git runs, includes or trusts: protected like its hooks. */
  laterPaths(): Promise<readonly string[]>;
  /** A path with every link resolved, as far as it exists. */
  realPaths(): (path: string) => Promise<string>;
  policyLook: PolicyLook;
  hash: (data: string | Uint8Array) => string;
}

/** The policy of a workspace, as its files say it now; and what is recorded of it. */
export class PolicyInForce {
  readonly #parts: PolicyParts;
  readonly #working: () => string | undefined;
  readonly #record: PolicyRecord;

  /** `working`: the run that is at work, whose events tell of it too. */
  constructor(parts: PolicyParts, working: () => string | undefined) {
    this.#parts = parts;
    this.#working = working;
    const { audit, hash, roots } = parts;
    this.#record = new PolicyRecord({ audit, hash, folder: roots[0] ?? '' });
  }

  /** Throws `PolicyInvalid`. */
  async read(): Promise<EffectivePolicy> {
    const loaded = await this.#load();
    const policy = mergePolicies(loaded.layers, this.#parts.roots.length);
    const torn = policy.notes.filter(({ severity }) => severity === 'error');
    if (torn.length > 0) throw new PolicyInvalid(torn);
    return { ...policy, notes: [...loaded.notes, ...policy.notes] };
  }

  /** The same for people, who are told too where it leaves nothing of a folder. */
  async explained(): Promise<EffectivePolicy> {
    const policy = await this.read();
    const { scope } = await this.ready(policy);
    const spelled = await spellingNotes((await this.#load()).layers, this.#around());
    return { ...policy, notes: [...policy.notes, ...emptyScopeNotes(policy, scope), ...spelled] };
  }

  /** The same for whoever looks at the policy itself: what of it no file is there for. Looks through the workspace. */
  async lookedThrough(): Promise<EffectivePolicy> {
    const policy = await this.explained();
    const { layers } = await this.#load();
    const { roots, policyLook } = this.#parts;
    const idle = await idleRules(layers, this.#around(), () => policyLook.below(roots));
    return { ...policy, notes: [...policy.notes, ...idle] };
  }

  /** What a command's cage is drawn from now. */
  async profile(): Promise<{ policy: EffectivePolicy; scope: Scope }> {
    return this.ready(await this.read());
  }

  /**
   * A policy made ready to decide: with its paths as they really are, and what git runs from the workspace. Looks at
   * the disk for each path that it names.
   */
  async ready(policy: EffectivePolicy): Promise<InForce> {
    const { roots, rootNames, home, own } = this.#parts;
    const real = await this.#reallyProtecting(policy);
    const rulebook = new Rulebook(real.rules, { roots, home, variables: policy.variables.value });
    const scope = scopeOf(real, roots, home, own, rootNames);
    return { policy, scope, rulebook, way: wayInForce(undefined, policy) };
  }

  /** The workspace policies that are not accepted and would count for more if they were. */
  async acceptable(): Promise<AcceptanceOffer[]> {
    return acceptable((await this.#load()).layers, this.#parts.roots.length);
  }

  /** Lets exactly this content of a workspace policy loosen what it asks for; recorded first. */
  async accept(offer: AcceptanceOffer, store: AcceptanceStore): Promise<void> {
    await this.#record.accept(offer, store);
  }

  /** Records a policy in force, if it is another one than was recorded last. `isFirst`: also where none was. */
  async note(policy: EffectivePolicy, isFirst = false): Promise<void> {
    this.#parts.keepEvidence(policy);
    await this.#record.note(policy, this.#working(), isFirst);
  }

  async #load(): Promise<Extract<Awaited<ReturnType<PolicySource['load']>>, { ok: true }>> {
    const loaded = await this.#parts.policies.load();
    if (!loaded.ok) throw new PolicyInvalid(loaded.diagnostics);
    return loaded;
  }

  async #reallyProtecting(policy: EffectivePolicy): Promise<EffectivePolicy> {
    const { roots, home } = this.#parts;
    const later = (await this.#parts.laterPaths()).map((written) => ({ written, origin: BUILT_IN }));
    const both = await withSecondReadings(policy, this.#around());
    const real = await withRealPaths(both, { roots, home }, this.#parts.realPaths());
    return { ...real, protectedPaths: [...real.protectedPaths, ...later] };
  }

  #around(): Surroundings {
    const { roots, home, policyLook } = this.#parts;
    return { roots, home, stands: policyLook.stands };
  }
}

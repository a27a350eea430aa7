import type { AuditRecord } from '../../shared/auditEvent.ts';
import { canonicalJson } from '../../shared/json.ts';
import { POLICY_EVENTS } from '../../shared/noRun.ts';
import type { AuditLog, AuditReader } from '../audit/port.ts';
import { acceptanceChange, changeLines, type PolicyChange } from '../policy/entries.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { ParsedLayer } from '../policy/layer.ts';

/** A workspace policy that waits for the user's word, and what accepting it would change. */
export interface AcceptanceOffer {
  file: string;
  digest: string;
  change: PolicyChange;
}

/** Where the accepted contents are kept. */
export interface AcceptanceStore {
  accept(file: string, digest: string): Promise<void>;
}

interface Parts {
  audit: AuditLog & AuditReader;
  hash: (data: string) => string;
  folder: string;
}

/** The digest of a policy in force: of its values and their places, not of notes about it. */
export function policyDigest(policy: EffectivePolicy, hash: Parts['hash']): string {
  return hash(canonicalJson({ ...policy, notes: [] }));
}

/**
 * The workspace policies that are not accepted and would count for more if they were: by themselves, or together with
 * those of the other folders (then the change is that of all of them).
 */
export function acceptable(layers: readonly ParsedLayer[], folders: number): AcceptanceOffer[] {
  const waiting = layers.filter(
    ({ layer, isAccepted, isAbove }) => layer === 'workspace' && isAccepted !== true && isAbove !== true,
  );
  const together = waiting.map(({ file }) => file);
  return waiting.flatMap(({ file, digest }) => {
    if (digest === undefined) return [];
    const changes = [[file], together].map((files) => acceptanceChange(layers, files, folders));
    const change = changes.find(({ before, after }) => before.length + after.length > 0);
    return change ? [{ file, digest, change }] : [];
  });
}

/** Keeps the log's record of which policy was in force, and of what was accepted. */
export class PolicyRecord {
  readonly #parts: Parts;
  #digest: string | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Records the policy in force, if it is another one than was recorded last for this workspace; under the run that is
   * at work too. `isFirst`: also where none was recorded before, which is for runs alone to do.
   */
  async note(policy: EffectivePolicy, run: string | undefined, isFirst: boolean): Promise<void> {
    const { audit, hash, folder } = this.#parts;
    const digest = policyDigest(policy, hash);
    if (digest === this.#digest) return;
    this.#digest ??= lastDigest(await audit.events(POLICY_EVENTS), folder);
    if (digest === this.#digest || (this.#digest === undefined && !isFirst)) return;
    const data = { policy: digest, ...(this.#digest !== undefined && { before: this.#digest }) };
    for (const name of [POLICY_EVENTS, ...(run === undefined ? [] : [run])])
      await audit.append({ type: 'policy_changed', run: name, data, payload: { folder } });
    this.#digest = digest;
  }

  /** Records that the user accepted exactly this content, then makes it count; the record comes first. */
  async accept(offer: AcceptanceOffer, store: AcceptanceStore): Promise<void> {
    await this.#parts.audit.append({
      type: 'policy_accepted',
      run: POLICY_EVENTS,
      data: { digest: offer.digest },
      payload: { file: offer.file, change: changeLines(offer.change) },
    });
    await store.accept(offer.file, offer.digest);
  }
}

function lastDigest(events: readonly AuditRecord[], folder: string): string | undefined {
  const last = events.findLast((event) => event.type === 'policy_changed' && event.payload?.['folder'] === folder);
  return typeof last?.data['policy'] === 'string' ? last.data['policy'] : undefined;
}

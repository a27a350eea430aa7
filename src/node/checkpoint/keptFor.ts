import type { AuditPolicy } from '../../core/policy/merge.ts';
import { MOST_KEPT, type KeptVersions } from './keptVersions.ts';

const DAY_MS = 86_400_000;

/** Prunes kept versions as the policy in force says, once a day, beside whatever else is done. */
export class KeptFor {
  readonly #versions: KeptVersions;
  #pruned = -Infinity;

  constructor(versions: KeptVersions) {
    this.#versions = versions;
  }

  follow(policy: AuditPolicy): void {
    const now = performance.now();
    if (now - this.#pruned < DAY_MS) return;
    this.#pruned = now;
    void this.#versions.prune(keepOf(policy)).catch(() => {
      this.#pruned = -Infinity; // tried again with the next look at the policy
    });
  }
}

/** How long and how much is kept: as of the log, and no more than fits where nothing is said. */
export function keepOf({ retention }: AuditPolicy): { days: number | null; bytes: number } {
  return { days: retention.days.value, bytes: retention.bytes.value ?? MOST_KEPT };
}

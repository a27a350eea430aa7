import type { EffectivePolicy } from '../../core/policy/merge.ts';
import { MOST_KEPT, type KeptVersions } from './keptVersions.ts';

type KeptPolicy = Pick<EffectivePolicy, 'audit' | 'undo'>;

const DAY_MS = 86_400_000;

/** Prunes kept versions as the policy in force says, once a day, beside whatever else is done. */
export class KeptFor {
  readonly #versions: KeptVersions;
  #pruned = -Infinity;

  constructor(versions: KeptVersions) {
    this.#versions = versions;
  }

  follow(policy: KeptPolicy): void {
    const now = performance.now();
    if (now - this.#pruned < DAY_MS) return;
    this.#pruned = now;
    void this.#versions.prune(keepOf(policy)).catch(() => {
      this.#pruned = -Infinity; // tried again with the next look at the policy
    });
  }
}

/** How long and how much is kept: as of the log where nothing else is said, and no more than fits. */
export function keepOf({ audit: { retention }, undo }: KeptPolicy): { days: number | null; bytes: number } {
  return {
    days: undo.days.value ?? retention.days.value,
    bytes: undo.size.value ?? retention.bytes.value ?? MOST_KEPT,
  };
}

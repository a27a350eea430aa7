import { eachKey } from './keys/keyGroup.ts';
import { POLICY_KEYS } from './keys/table.ts';
import type { EffectivePolicy } from './merge.ts';
import { underPrivacy } from './underPrivacy.ts';

/**
 * The policy of a run that goes on while files change: whatever either of the two forbids is forbidden. So a
 * tightening counts from the next decision, and a loosening only from the next run.
 */
export function stricterOf(start: EffectivePolicy, now: EffectivePolicy): EffectivePolicy {
  const stricter = eachKey(POLICY_KEYS, (key, [before, after]) => key.stricter(before, after), [start, now]);
  return { ...underPrivacy(stricter), notes: now.notes };
}

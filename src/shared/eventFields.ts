import * as z from 'zod';
import { ANSWERERS, STOPPERS } from './answered.ts';
import { folders } from './folderMark.ts';
import { WaySchema } from './way.ts';

// What the tables of events have in common.

// what of it is covered by the chain as it stands (`data`), and what is kept apart so that it can be erased (`payload`). docs/audit.md is made from this.

export const Digest = z.string().regex(/^[0-9a-f]{64}$/);
export const Count = z.number().int().min(0);
export const Text = z.string();
export const Reason = z.strictObject({ reason: Text.exactOptional() });
export const Nothing = z.strictObject({});
/** Where a person was; and the signal, where it was one. */
export const where = { at: z.enum(['editor', 'terminal']).exactOptional(), place: Text.exactOptional() };
export const from = { ...where, signal: Text.exactOptional() };

/** What a request to a model used that brought no reply of its own: tokens, and their cost in millionths. */
export const used = { usedTokens: Count.exactOptional(), cost: Count.exactOptional() };

/** And where the person was who wanted it, if one is known. */
export const runFacts = z.strictObject({
  version: Text,
  policy: Digest,
  provider: Text,
  model: Text,
  /** In which way it works. */
  way: WaySchema.exactOptional(),
  ...where,
});
export const runPayload = z.strictObject({
  task: Text,
  folder: Text,
  folders,
  destination: Text,
  user: Text,
  host: Text,
});

/** Of a run, and nothing of it is apart. */
export const plain = { of: ['run'], marks: [], payload: Nothing } as const;

/** Who answered, or what took the question back. */
export const ANSWERED_BY = z.enum([
  ...ANSWERERS,
  ...(['cancelled', 'limit', 'interruption', 'outdated'] as const),
  ...STOPPERS.filter((one) => one !== 'person'),
]);

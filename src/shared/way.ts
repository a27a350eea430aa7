import * as z from 'zod';
import type { Origin } from './decision.ts';
import { WAYS, type Way } from './wayWords.ts';

// How a run works: what of it asks beforehand, and what is reviewed at its end. A person chooses it, never the model.

export const WaySchema = z.enum(WAYS);

/** The way that counts for a call, and who chose it: the person for this run, or a policy. */
export interface WayInForce {
  way: Way;
  origin: Origin;
}

/** A way that the policy leaves open, or who took it away. */
export const OpenWaySchema = z.strictObject({ way: WaySchema, takenBy: z.string().exactOptional() });
export type OpenWay = z.infer<typeof OpenWaySchema>;

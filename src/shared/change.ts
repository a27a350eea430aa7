import * as z from 'zod';
import { PreImageSchema } from './action.ts';

/**
 * What stands at a path. `digest` is the SHA-256 of a file's bytes, of a link's target, or of a folder's listing; left
 * out where it is not known. `size` is in bytes.
 */
export const StandSchema = z.strictObject({
  kind: PreImageSchema.shape.kind,
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  size: z.number().int().min(0).exactOptional(),
  /** Permission bits (chmod(2)), where they were looked at. */
  mode: z.number().int().min(0).max(0o7777).exactOptional(),
});
export type Stand = z.infer<typeof StandSchema>;

/** One path that an action changed: what stood there before, and after. */
export const ChangedPathSchema = z.strictObject({
  path: z.string(),
  before: StandSchema,
  /** Left out where it is not known: then it may also be as it was. */
  after: StandSchema.exactOptional(),
  /** Where what stands there now stood before: it was moved, not made. */
  from: z.string().exactOptional(),
});
export type ChangedPath = z.infer<typeof ChangedPathSchema>;

/**
 * How it is known what an action changed. `exact`: the paths are all of it, by the files that the action went through.
 * `seen`: the action could change whatever the workspace let it, and this stood otherwise after it than before: what a
 * person or another program did meanwhile is among it. `unknown`: such an action, and nobody has looked.
 */
export const EXTENTS = ['exact', 'seen', 'unknown'] as const;
export type Extent = (typeof EXTENTS)[number];

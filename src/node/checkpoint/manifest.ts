import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { PreImageSchema } from '../../shared/action.ts';
import { PackPlaceSchema } from './tree/entry.ts';

/** One thing as it stood: where, what, how it was allowed, and for a file the blob that holds its bytes. */
const KeptSchema = z.object({
  path: z.string(),
  kind: PreImageSchema.shape.kind,
  mode: z.number().exactOptional(),
  blob: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  target: z.string().exactOptional(),
  size: z.number().exactOptional(),
  /** Where in the action's own pack its bytes stand: then they are in no blob. */
  at: PackPlaceSchema.exactOptional(),
  /** Git stood so (gitPointer.ts): the SHA-256 of what it said; what is short is in `text`, and in no blob. */
  stands: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  text: z.string().exactOptional(),
  /** So many names the file had. */
  names: z.number().exactOptional(),
});
export type Kept = z.infer<typeof KeptSchema>;

const ManifestSchema = z.object({ kept: z.array(KeptSchema) });

/** What was kept for one action. Undefined where there is none, or it is damaged. */
export async function readManifest(file: string): Promise<Kept[] | undefined> {
  try {
    return ManifestSchema.parse(JSON.parse(await readFile(file, 'utf8'))).kept;
  } catch {
    return undefined;
  }
}

/** Writes one. `durable`: it is on disk when this resolves, and so is its name. */
export async function writeManifest(file: string, kept: readonly Kept[], how: 'durable' | 'soon'): Promise<void> {
  const temporary = `${file}.tmp`;
  await writeFile(temporary, JSON.stringify({ version: 1, kept }), { mode: 0o600, flush: how === 'durable' });
  await rename(temporary, file);
  if (how === 'soon') return;
  const folder = await open(join(file, '..'));
  await folder.sync().catch(() => undefined);
  await folder.close();
}

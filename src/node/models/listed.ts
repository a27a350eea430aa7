import * as z from 'zod';
import { ModelFailure } from '../../core/models/port.ts';
import { jsonOf, type Asking, type Server } from './server.ts';

/** The entries of a server's list of models, each read by itself: one that is broken hides none of the others. */
export async function listedBy<T>(
  server: Server,
  { path, key, entry }: { path: string; key: string; entry: z.ZodType<T> },
  asking: Asking,
): Promise<T[]> {
  const said = await jsonOf(server, { url: `${server.baseUrl}${path}`, method: 'GET' }, asking);
  const list = z.record(z.string(), z.unknown()).safeParse(said).data?.[key];
  if (!Array.isArray(list)) throw new ModelFailure(`${server.who} lists no models at ${path}.`);
  return list.flatMap((one: unknown) => {
    const read = entry.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

import * as z from 'zod';
import type { Sending } from '../../core/egress/port.ts';
import { ModelFailure } from '../../core/models/port.ts';
import { isLoopback } from '../egress/loopback.ts';
import { jsonOf, type Asking, type Server } from './server.ts';

/** Names of models that an Ollama passes on to its makers' service: `gpt-oss:120b-cloud`. */
const CLOUD_NAME = /[:-]cloud$/i;

/** Where a model runs by its name alone, behind whichever protocol. */
export function runsAtByName(model: string): string | undefined {
  return CLOUD_NAME.test(model) ? 'ollama.com' : undefined;
}

/** What an Ollama says of a model that it only passes prompts on for. */
export const PassedOnSchema = z.looseObject({
  remote_host: z.unknown().optional(),
  remote_model: z.unknown().optional(),
});

/** The service that it names; one that it names in no way that can be read is one all the same. */
export function passedOnTo({
  remote_host: host,
  remote_model: model,
}: z.infer<typeof PassedOnSchema>): string | undefined {
  if (typeof host === 'string' && host !== '') return host;
  const isSaid = [host, model].some((said) => said !== undefined && said !== null && said !== '');
  return isSaid ? 'another machine' : undefined;
}

/** Anew each time: a name can be given to another model meanwhile. */
async function askedOf(
  server: Server,
  model: string,
  isOllama: boolean,
  asking: Asking,
): ReturnType<NonNullable<Sending['runsAt']>> {
  let said: unknown;
  try {
    // Whatever is asked of it under /v1: Ollama has its own protocol beside it.
    const url = `${isOllama ? server.baseUrl : new URL(server.baseUrl).origin}/api/show`;
    said = await jsonOf(server, { url, method: 'POST', body: JSON.stringify({ model }) }, asking);
  } catch (error) {
    const isAnswer = error instanceof ModelFailure && (error.kind === 'request' || error.kind === 'reply');
    // No such model: asking it will say so. Another server does not know the address.
    if (isAnswer && (!isOllama || error.status === 404)) return undefined;
    if (isAnswer || (error instanceof ModelFailure && !isOllama && error.status !== undefined)) return 'unsaid';
    throw error;
  }
  const shown = PassedOnSchema.safeParse(said).data;
  if (!shown) return isOllama ? 'unsaid' : undefined;
  const host = passedOnTo(shown);
  return host === undefined ? undefined : { host };
}

/** The same leave, whose rules can ask a server on this machine where the model runs. Its own asking asks nothing further. */
export function sayingWhere(server: Server, { permit, signal }: Asking, isOllama = false): Asking {
  if (!isLoopback(new URL(server.baseUrl).hostname)) return { permit, signal };
  const byName = runsAtByName(server.model);
  return {
    signal,
    permit: (sending) =>
      permit({
        ...sending,
        ...(byName !== undefined && { forwardedTo: sending.forwardedTo ?? byName }),
        runsAt: () => askedOf(server, server.model, isOllama, { permit, signal }),
      }),
  };
}

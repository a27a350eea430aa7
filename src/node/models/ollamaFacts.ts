import * as z from 'zod';
import { ModelFailure } from '../../core/models/port.ts';
import { isJsonObject } from '../../shared/json.ts';
import { PassedOnSchema, passedOnTo } from './runsAt.ts';
import { jsonOf, type Asking, type Server } from './server.ts';

/** What an Ollama says of one of its models; whatever it leaves out is not known. */
export interface OllamaFacts {
  /** Tokens that the model was made for. */
  contextTokens: number | undefined;
  /** Tokens that it is run with where nobody says otherwise, as its own file has it. */
  ownContext: number | undefined;
  /** Whether it can call tools; undefined where an early version does not say. */
  canCall: boolean | undefined;
  /** The service that it runs at: this Ollama only passes on what it gets. */
  runsAt: string | undefined;
}

/** https://docs.ollama.com/api/show */
const ShowSchema = PassedOnSchema.extend({
  capabilities: z.array(z.string()).optional().catch(undefined),
  model_info: z.unknown().optional(),
  parameters: z.string().optional().catch(undefined),
});

const UNKNOWN: OllamaFacts = {
  contextTokens: undefined,
  ownContext: undefined,
  canCall: undefined,
  runsAt: undefined,
};

/** Asks about the model; whether it is there at all, asking it will tell. */
export async function ollamaFacts(server: Server, asking: Asking): Promise<OllamaFacts> {
  let said: unknown;
  try {
    const body = JSON.stringify({ model: server.model });
    said = await jsonOf(server, { url: `${server.baseUrl}/api/show`, method: 'POST', body }, asking);
  } catch (error) {
    if (error instanceof ModelFailure && (error.kind === 'request' || error.kind === 'reply')) return UNKNOWN;
    throw error;
  }
  const shown = ShowSchema.safeParse(said).data;
  if (!shown) return UNKNOWN;
  return {
    contextTokens: contextOf(shown.model_info),
    ownContext: countOf(/^num_ctx\s+(\d+)\s*$/m.exec(shown.parameters ?? '')?.[1]),
    canCall: shown.capabilities?.includes('tools'),
    runsAt: passedOnTo(shown),
  };
}

/** Under the name of its architecture: `llama.context_length`. */
function contextOf(info: unknown): number | undefined {
  if (!isJsonObject(info)) return undefined;
  const key = Object.keys(info).find((name) => name.endsWith('.context_length'));
  return key === undefined ? undefined : countOf(info[key]);
}

function countOf(value: unknown): number | undefined {
  const count = Number(value);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

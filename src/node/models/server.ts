import { ModelFailure } from '../../core/models/port.ts';
import type { PermitSending } from '../../core/egress/port.ts';
import { doorTo } from '../egress/door.ts';
import { isLoopback } from '../egress/loopback.ts';
import type { Route } from '../egress/route.ts';
import type { Way } from './destination.ts';
import { connectionFailure, isCompressed, statusFailure, type Asked } from './failures.ts';
import { Patience, waitsFor, type Waits } from './patience.ts';

/** What is set about a model and its server. */
export interface ServerSettings {
  model: string;
  /** Checked: https, this machine, or a host that the policy names as nearby. */
  baseUrl: string;
  /** How it is reached; straight where that is left out. */
  way?: Way | undefined;
  waits?: Partial<Waits> | undefined;
}

/** A model's server, and all that it is told in headers: no library, platform or version. */
export interface Server extends Asked {
  headers: Record<string, string>;
  route: Route;
  waits: Waits;
}

/** What the settings say of how a server is asked, whatever it speaks. */
export function askedBy({
  model,
  baseUrl,
  way,
  waits,
}: ServerSettings): Pick<Server, 'model' | 'baseUrl' | 'route' | 'waits'> {
  const route = way?.route ?? {};
  const isNear = route.isNearby === true || isLoopback(new URL(baseUrl).hostname);
  return { model, baseUrl, route, waits: waitsFor(isNear, waits) };
}

/** With whose leave something is asked, and until when. */
export interface Asking {
  permit: PermitSending;
  signal: AbortSignal;
}

export interface Wanted {
  url: string;
  method: 'GET' | 'POST';
  body?: string | undefined;
}

export interface Answer {
  response: Response;
  /** To be told when the answer is whole, though more could come. */
  patience: Patience;
}

/** What a server answers, through the door, as it comes. Anything but a good answer is a `ModelFailure` with its words. */
export async function answerOf(server: Server, wanted: Wanted, { permit, signal }: Asking): Promise<Answer> {
  const { url, method, body } = wanted;
  const patience = new Patience(server.who, server.waits);
  const door = doorTo(
    server.baseUrl,
    async (sending) => {
      const passage = await permit(sending);
      patience.begin(); // a record that takes its time is not the server's
      return passage;
    },
    server.route,
  );
  try {
    const either = AbortSignal.any([signal, patience.signal]);
    const sent = { method, headers: server.headers, signal: either, ...(body !== undefined && { body }) };
    const response = patience.over(await door(url, sent));
    if (!response.ok) throw await statusFailure(response, server);
    if (isCompressed(response)) {
      await response.body?.cancel();
      throw new ModelFailure(
        `${server.who} compressed its answer though it was not asked to; nothing is unpacked here.`,
      );
    }
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new ModelFailure(
        `${server.who} answered with a web page, not as a model’s server does. Check oversign.model.baseUrl.`,
      );
    }
    return { response, patience };
  } catch (error) {
    patience.end();
    if (signal.aborted || error instanceof ModelFailure) throw error;
    throw connectionFailure(error, server);
  }
}

/** What a server answers, as JSON and as a whole; undefined where it is none. */
export async function jsonOf(server: Server, wanted: Wanted, asking: Asking): Promise<unknown> {
  const { response } = await answerOf(server, wanted, asking);
  try {
    return JSON.parse(await response.text());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw asking.signal.aborted ? error : connectionFailure(error, server);
  }
}

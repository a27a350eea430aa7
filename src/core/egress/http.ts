import type { HttpRequest } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import type { PermitSending } from './port.ts';

/** What came back. */
export interface HttpReply {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  /** As it came, up to the most that is kept; `isCut`: there was more. */
  body: Uint8Array;
  isCut: boolean;
  /** Bytes of the body that were sent, and of the one that came. */
  sent: number;
  received: number;
  /** The address that was dialled. */
  address: string;
}

/** What a request is sent under. */
export interface SendingUnder {
  /** The denial of an address that the host leads to; `own`: those of this machine. Every answer is judged. */
  judge: (address: string, own: readonly string[]) => Decision | undefined;
  permit: PermitSending;
  /** Bytes of the reply's body that are kept; without it, 1 MB. */
  most?: number;
  signal: AbortSignal;
}

/**
 * Requests to other machines. The host's name is looked up once, after all was decided; where one of the answers is
 * denied, nothing is dialled (`Forbidden`); else one of them is, and no other. No redirect is followed. What the network
 * does is a `ToolFailure`.
 */
export interface HttpPort {
  send(request: HttpRequest, under: SendingUnder): Promise<HttpReply>;
}

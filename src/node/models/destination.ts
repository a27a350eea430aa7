import { believedToo } from '../egress/authorities.ts';
import { isLoopback } from '../egress/loopback.ts';

/** One sentence: where prompts and tool results go. A program on this machine may forward them; that is said too. */
export function destinationWords(baseUrl: string): string {
  const { hostname, host, protocol } = new URL(baseUrl);
  const words = isLoopback(hostname)
    ? `Prompts and tool results are sent to ${host} on this machine; what that program forwards is its own affair.`
    : `Prompts and tool results go to ${host}.`;
  return protocol === 'https:' ? words + believedToo() : words;
}

import { isLoopback } from '../egress/door.ts';

/** One sentence: where prompts and tool results go. A program on this machine may forward them; that is said too. */
export function destinationWords(baseUrl: string): string {
  const { hostname, host } = new URL(baseUrl);
  return isLoopback(hostname)
    ? `Prompts and tool results are sent to ${host} on this machine; what that program forwards is its own affair.`
    : `Prompts and tool results go to ${host}.`;
}

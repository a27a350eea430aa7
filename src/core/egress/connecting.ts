import type { Decision } from '../../shared/decision.ts';
import type { PermitSending } from './port.ts';

/** A connection that a program in a sandbox asks for, in its own words: nothing of it is checked yet. */
export interface WantedConnection {
  host: string;
  port: number;
}

/** Leave for one connection to a host, by the policy as it stands at that moment. */
export interface ConnectionLeave {
  host: string;
  port: number;
  /** The denial of an address that the host leads to; `own`: those of this machine. Every answer is judged. */
  judge: (address: string, own: readonly string[]) => Decision | undefined;
  /** Asked before the connection, which it records; throws, and then nothing is connected. */
  permit: PermitSending;
  /** It is connected. */
  connected: () => void;
  /** Told of what goes each way as it goes. */
  sent: (bytes: number) => void;
  received: (bytes: number) => void;
  /** What became of it otherwise: it was not found, an address was denied, nobody answered. Said with the command's result. */
  failed: (why: string) => void;
  /** Why an open connection to that address must end, by the policy as it stands now; undefined where it may go on. */
  endedBy: (address: string) => Promise<string | undefined>;
}

/** Who decides about the connections of a command. */
export interface Connecting {
  /** Asks where it must, and waits as long as a person does. `refused`: a sentence for the program. Never throws. */
  connects(wanted: WantedConnection): Promise<ConnectionLeave | { refused: string }>;
  /** Where a program that knows of no proxy finds a way out too, beside the usual ports of every host. */
  ways(): Promise<readonly WantedConnection[]>;
  /** A program looked a name up by itself: it means to connect there, without the proxy. */
  looked(name: string): void;
  /** `tell` hears when a person begins to be asked, and when that has ended: their time is not the command's. */
  onAsking(tell: (isAsked: boolean) => void): void;
}

/** The connections of one command, as whoever runs it has them (core/tools/connect/). */
export interface CommandConnections extends Connecting {
  /** What a reader of the command's result should know, one sentence each. */
  readonly words: readonly string[];
  /** The command has ended: nobody is asked for it any more, and its records are closed. */
  over(): Promise<void>;
}

/** How the log names where a connection leads whose content nobody reads. */
export function connectionOrigin({ host, port }: WantedConnection): string {
  return `tcp://${host}:${port}`;
}

/** What something leaves for. A new one gets its name in the log's table (ledger.ts), or does not compile. */
export type EgressPurpose = 'model' | 'models' | 'telemetry' | 'request' | 'page' | 'connection' | 'database';

/** One sending of bytes out of the process, about to happen. */
export interface Sending {
  /** Scheme, host and port, such as https://api.openai.com. */
  origin: string;
  method: string;
  path: string;
  /** Of the body. */
  bytes: number;
  /** Whether the origin is this machine. */
  isLocal: boolean;
  /** Where a program on this machine says that it sends on what it gets, such as to the service that runs its model. */
  forwardedTo?: string | undefined;
  /** Asks the server, where it may be one that passes on, which of both it does; `unsaid`: it should know, and does not say. */
  runsAt?: (() => Promise<{ host: string } | 'unsaid' | undefined>) | undefined;
  /** A library put under this program that carries all its connections elsewhere (src/node/egress/proxies.ts). */
  carriedBy?: string | undefined;
  /** The address that is dialled, where it was judged. */
  address?: string | undefined;
  /** The proxy that carries it there: scheme, host and port. */
  proxy?: string | undefined;
}

/** Leave to send once; told of the answer as it comes. */
export interface Passage {
  received(bytes: number): void;
  /** Why it must end, by Maximum privacy as it stands now; undefined where it may go on. */
  endedBy(): Promise<Error | undefined>;
}

/** Asked before each sending; records it durably, or throws, and then nothing is sent. */
export type PermitSending = (sending: Sending) => Promise<Passage>;

/** Throws a sentence where this sending must not be. */
export type EgressRule = (sending: Sending) => Promise<void>;

/** What its requests are for, which rules each must satisfy, and whose content is in them at the moment of sending. */
export interface Outbound {
  purpose: EgressPurpose;
  rules: readonly EgressRule[];
  contentOf: () => string[];
}

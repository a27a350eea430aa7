import type { WantedConnection } from '../../../core/egress/connecting.ts';
import { Failure, ToolFailure } from '../../../core/outcome.ts';
import type { SandboxSpec } from '../../../core/sandbox/port.ts';
import { serveDoor } from '../../egress/commandDoor/serveDoor.ts';
import type { LookUp } from '../../egress/judgedAddress.ts';
import { findBubblewrap } from '../probe.ts';
import { CallClock } from './callClock.ts';
import { DoorNamespace } from './doorNamespace.ts';
import { proxyVariables } from './proxyVariables.ts';

/** The door of one command: where it starts, what tells its programs of the door, and how it is made sure of. */
export interface CommandDoor {
  /** What starts bubblewrap, in place of what usually does. */
  around: readonly string[];
  /** All that the command has, with that. */
  environment: Record<string, string>;
  /** Whether a process is where the door is, and nowhere else. */
  holds(pid: number): boolean;
  /** Stands still while a person is asked about a connection: their time is not the command's. */
  clock: CallClock;
  close(): void;
}

/**
 * The doors of commands, each in a namespace of its own: what one command was allowed, no other one can use. From the
 * second one on a namespace waits for the next.
 */
export class Doors {
  readonly #lookUp: LookUp;
  /** What waits for the next command, and which ways out it has. */
  #spare: { namespace: Promise<DoorNamespace>; ways: string } | undefined;
  #count = 0;

  constructor(lookUp: LookUp) {
    this.#lookUp = lookUp;
  }

  /** Undefined where the command gets none. Throws `ToolFailure` where it cannot have what it should. */
  async open({ network, launch }: SandboxSpec, signal: AbortSignal): Promise<CommandDoor | undefined> {
    if (network.kind !== 'door') return undefined;
    const ways = await network.connecting.ways();
    const namespace = await this.#taken(ways, signal);
    const clock = new CallClock();
    network.connecting.onAsking((isAsked) => {
      clock.standStill(isAsked);
    });
    const { straight } = namespace;
    const close = serveDoor(namespace.server, {
      lookUp: this.#lookUp,
      straight,
      signal,
      connecting: network.connecting,
    });
    return {
      around: namespace.around,
      environment: proxyVariables(namespace.port, launch.environment),
      holds: (pid) => namespace.holds(pid),
      clock,
      close: () => {
        close();
        namespace.close();
        this.#count += 1;
        if (this.#count > 1) this.#spare ??= { namespace: this.#opening(ways), ways: JSON.stringify(ways) };
      },
    };
  }

  /** Ends what waits for the next command. */
  async close(): Promise<void> {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#count = 0;
    await closing(spare?.namespace);
  }

  async #taken(ways: readonly WantedConnection[], signal: AbortSignal): Promise<DoorNamespace> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare?.ways === JSON.stringify(ways))
      return until(
        spare.namespace.catch(() => this.#opening(ways)),
        signal,
      );
    void closing(spare?.namespace);
    return until(this.#opening(ways), signal);
  }

  #opening(ways: readonly WantedConnection[]): Promise<DoorNamespace> {
    const opening = findBubblewrap().then((program) => {
      const why = typeof program === 'string' ? DoorNamespace.whyNot() : program.cause;
      if (why !== undefined || typeof program !== 'string')
        throw new ToolFailure(`commands cannot be given a network: ${why}`);
      return DoorNamespace.open(program, ways);
    });
    opening.catch(() => undefined); // whoever takes it says why it failed
    return opening;
  }
}

async function closing(namespace: Promise<DoorNamespace> | undefined): Promise<void> {
  (await namespace?.catch(() => undefined))?.close();
}

/** One that comes when nobody waits for it any more is closed. */
function until(opening: Promise<DoorNamespace>, signal: AbortSignal): Promise<DoorNamespace> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Failure('stopped'));
      opening.then(
        (namespace) => {
          namespace.close();
        },
        () => undefined,
      );
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    opening
      .then((namespace) => {
        signal.removeEventListener('abort', stop);
        resolve(namespace);
      }, reject)
      .catch(() => undefined);
  });
}

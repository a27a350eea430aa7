import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { runArguments, type ContainerPlan } from '../../../core/sandbox/container.ts';
import { Failure } from '../../../core/outcome.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../process/identity.ts';
import type { Spawned } from '../../process/spawn.ts';
import type { Claim } from './claim.ts';
import { lastLine } from './engine.ts';
import { GroupOfContainer } from './group.ts';

const MOST_MS = 60_000;
/** What waits in the container until its standard input ends, which it does with this process: all ends with it. */
const WAITING = ['/usr/bin/env', '-i', '/bin/bash', '--noprofile', '--norc', '-p', '-c', 'echo up; read -r _'];

/** A container in which commands are started one after the other. */
export class Container {
  readonly name: string;
  readonly group: GroupOfContainer;
  readonly #claim: Claim;
  readonly #init: ProcessIdentity;
  readonly #first: Spawned;
  #removed: Promise<boolean> | undefined;

  constructor(claim: Claim, name: string, first: Spawned, pid: number, group: GroupOfContainer) {
    this.#claim = claim;
    this.name = name;
    this.#first = first;
    this.#init = identityOf(pid);
    this.group = group;
  }

  /** Whether a command can still be started in it. */
  get isUp(): boolean {
    return this.#removed === undefined && isAlive(this.#init);
  }

  get client(): Claim['client'] {
    return this.#claim.client;
  }

  /** What the engine says: whether memory ran out in it; undefined where it does not answer. */
  async ranOutOfMemory(): Promise<boolean | undefined> {
    const { code, words } = await this.client.ask(['inspect', '--format', '{{.State.OOMKilled}}', this.name]);
    return code === 0 ? words === 'true' : undefined;
  }

  /** Ends all that runs in it and takes it away. Whether the engine confirmed that; what it did not, the next start takes away. */
  remove(): Promise<boolean> {
    this.#removed ??= removed(this.#claim.client, this.name).finally(() => {
      this.#first.kill();
    });
    return this.#removed;
  }
}

/** Starts one. Throws `Failure` in the engine's words where it cannot be had. */
export async function startContainer(
  claim: Claim,
  plan: Omit<ContainerPlan, 'name' | 'labels' | 'closed' | 'first'>,
): Promise<Container> {
  const name = `oversign-${randomUUID()}`;
  const { client, labels, closed } = claim;
  const open = new AbortController();
  let isUp: (() => void) | undefined;
  const up = new Promise<'up'>((resolve) => {
    isUp = () => {
      resolve('up');
    };
  });
  const first = await client.start(runArguments({ ...plan, name, labels, closed, first: WAITING }), {
    outputCap: 10_000,
    input: untilAborted(open.signal),
    onOutput: (stream) => {
      if (stream === 'stdout') isUp?.();
      return undefined;
    },
  });
  const timer = new AbortController();
  const late = pause(MOST_MS, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  const came = await Promise.race([up, first.ended, late]);
  timer.abort();
  try {
    if (came === 'late') throw new Failure(`Docker started no container in ${MOST_MS / 1000} s. Try again.`);
    if (came !== 'up') throw new Failure(`Docker started no container: ${lastLine(came.output.toString('utf8'))}`);
    const { code, words } = await client.ask(['inspect', '--format', '{{.State.Pid}} {{.Id}}', name]);
    const [, pid, id] = /^([1-9]\d*) ([0-9a-f]{64})$/.exec(words) ?? [];
    if (code !== 0 || pid === undefined || id === undefined) throw new Failure(`Docker: ${lastLine(words)}`);
    const group = GroupOfContainer.find(Number(pid), id);
    if (!group)
      throw new Failure(
        'Docker’s containers are not seen among this system’s processes: its engine runs elsewhere, or in a machine of its own.',
      );
    void first.ended.finally(() => {
      open.abort();
    });
    return new Container(claim, name, first, Number(pid), group);
  } catch (error) {
    open.abort();
    first.kill();
    await removed(client, name);
    throw error;
  }
}

async function removed(client: Claim['client'], name: string): Promise<boolean> {
  const { code, words } = await client
    .ask(['rm', '--force', '--volumes', name])
    .catch(() => ({ code: -1, words: 'no client' }));
  return code === 0 || /no such container/i.test(words);
}

// eslint-disable-next-line require-yield -- it says nothing until it ends
async function* untilAborted(signal: AbortSignal): AsyncIterable<Uint8Array> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

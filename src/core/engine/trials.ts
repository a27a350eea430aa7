import type { Flags } from '../../shared/flow.ts';
import { ScriptWatch } from '../flow/scriptWatch.ts';
import type { Spared } from '../../shared/spared.ts';
import { sparedBy, type PastQuestion } from '../lab/spared.ts';
import { tryCall, type Trial } from '../lab/tryCall.ts';
import type { WayInForce } from '../../shared/way.ts';
import type { Way } from '../../shared/wayWords.ts';
import type { InForce } from '../policy/decide.ts';
import type { Family } from '../policy/facts.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { wayInForce } from '../policy/ways.ts';
import type { CallParts } from '../tools/callRun.ts';
import { callPartsOf, workingFolder, type CallPorts, type Shared } from './callParts.ts';

/** How the run would stand that makes the call; without a way, as the next one does. */
export interface Supposed {
  flags?: Flags | undefined;
  way?: Way | undefined;
}

/** What would happen if the agent made a call, in a new run: whoever asks beforehand goes the way of a run. */
export class Trials {
  readonly #ports: CallPorts;
  readonly #shared: Shared;
  readonly #way: () => Way | undefined;

  /** `way`: what a person chose for the next run. */
  constructor(ports: CallPorts, shared: Shared, way: () => Way | undefined) {
    this.#way = way;
    this.#ports = ports;
    this.#shared = shared;
  }

  async call(
    call: { name: string; arguments: string },
    { flags, way }: Supposed,
    signal?: AbortSignal,
  ): Promise<Trial> {
    return tryCall(call, this.#calls(way), flags, signal);
  }

  /** What somebody who tries out a tool is asked for: a path, a command line. */
  triedWith(tool: string): Promise<string> {
    return Promise.resolve(this.#calls().toolbox.named(tool)?.about ?? '');
  }

  /** A call of a tool about one path or command line. */
  async about(tool: string, about: string, signal?: AbortSignal): Promise<Trial> {
    const calls = this.#calls();
    const args = calls.toolbox.named(tool)?.tried(about) ?? {};
    return tryCall({ name: tool, arguments: JSON.stringify(args) }, calls, undefined, signal);
  }

  /** What remembering the answer to one question would have spared of others. */
  async spared(about: NonNullable<PastQuestion['about']>, runs: readonly PastQuestion[][]): Promise<Spared> {
    return sparedBy(about, runs, await this.#calls().refresh());
  }

  /** What past calls are decided anew with: what is in force now, and which switch a tool hangs on. */
  async again(): Promise<{ inForce: InForce; familyOf: (tool: string) => Family | undefined }> {
    const calls = this.#calls();
    const { toolbox } = calls;
    return { inForce: await calls.refresh(), familyOf: (tool) => toolbox.named(tool)?.family };
  }

  /** Of a run that begins with this call. */
  #calls(supposed?: Way): CallParts {
    const folder = workingFolder(this.#ports.roots);
    const way = (policy: EffectivePolicy): WayInForce => wayInForce(supposed ?? this.#way(), policy);
    const own = { id: 'lab', folder, goesTo: () => 'the model', scriptWatch: new ScriptWatch(false), way };
    return callPartsOf(own, this.#ports, this.#shared);
  }
}

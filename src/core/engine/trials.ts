import type { Flags } from '../../shared/flow.ts';
import { ScriptWatch } from '../flow/scriptWatch.ts';
import type { Spared } from '../../shared/spared.ts';
import { sparedBy, type PastQuestion } from '../lab/spared.ts';
import { tryCall, type Trial } from '../lab/tryCall.ts';
import type { CallParts } from '../tools/callRun.ts';
import { callPartsOf, workingFolder, type CallPorts, type Shared } from './callParts.ts';

/** What would happen if the agent made a call, in a new run: whoever asks beforehand goes the way of a run. */
export class Trials {
  readonly #ports: CallPorts;
  readonly #shared: Shared;

  constructor(ports: CallPorts, shared: Shared) {
    this.#ports = ports;
    this.#shared = shared;
  }

  async call(call: { name: string; arguments: string }, flags?: Flags, signal?: AbortSignal): Promise<Trial> {
    return tryCall(call, await this.#calls(), flags, signal);
  }

  /** What somebody who tries out a tool is asked for: a path, a command line. */
  async triedWith(tool: string): Promise<string> {
    return (await this.#calls()).toolbox.named(tool)?.about ?? '';
  }

  /** A call of a tool about one path or command line. */
  async about(tool: string, about: string, signal?: AbortSignal): Promise<Trial> {
    const calls = await this.#calls();
    const args = calls.toolbox.named(tool)?.tried(about) ?? {};
    return tryCall({ name: tool, arguments: JSON.stringify(args) }, calls, undefined, signal);
  }

  /** What remembering the answer to one question would have spared of others. */
  async spared(about: NonNullable<PastQuestion['about']>, runs: readonly PastQuestion[][]): Promise<Spared> {
    return sparedBy(about, runs, await (await this.#calls()).refresh());
  }

  async #calls(): Promise<CallParts> {
    const folder = workingFolder(this.#ports.roots);
    const start = await this.#shared.policy.read();
    const own = { id: 'lab', folder, goesTo: () => 'the model', scriptWatch: new ScriptWatch(false), start };
    return callPartsOf(own, this.#ports, this.#shared);
  }
}

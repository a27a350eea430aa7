import type { PluginConnection, PluginPort, PluginProgram } from '../../core/plugins/port.ts';
import { KeptPins } from './keptPins.ts';
import { programOf } from './programOf.ts';

/** Plugins of this machine. The client of the protocol is loaded with the first of them. */
export class Plugins implements PluginPort {
  readonly pins: KeptPins;
  readonly #version: string;

  constructor(data: string, version: string) {
    this.pins = new KeptPins(data);
    this.#version = version;
  }

  async connect(write: (bytes: Uint8Array) => void, broken: (why: string) => void): Promise<PluginConnection> {
    const { McpConnection } = await import('./mcpConnection.ts');
    return new McpConnection(write, broken, this.#version);
  }

  program(command: readonly string[], folder: string, signal: AbortSignal): Promise<PluginProgram> {
    return programOf(command, folder, signal);
  }
}

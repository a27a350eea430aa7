import { randomUUID } from 'node:crypto';
import { ToolFailure } from '../../../core/outcome.ts';
import type { SeatbeltConfig } from './config.ts';

/** macOS takes a megabyte of arguments and environment (sysctl kern.argmax); the profile is one of them. */
const MOST_BYTES = 900_000;

export type Wrap = (command: string, config: SeatbeltConfig) => Promise<Wrapped>;

export interface Wrapped {
  /** A bash command line that builds the cage and starts the command in it. */
  line: string;
  /** To be called when the command has ended. */
  clean: () => void;
}

/**
 * Loads `@anthropic-ai/sandbox-runtime`. It is used as a builder of profiles alone: it is never initialized, so
 * that none of its proxies listens and the profile has no hole for them.
 */
export async function loadWrap(): Promise<Wrap> {
  const { SandboxManager } = await import('./library.ts');
  return async (command, config) => {
    // An id of its own: the library marks what it denies in the system's log, else with the command itself.
    const commandId = randomUUID();
    const line = await SandboxManager.wrapWithSandbox(command, '/bin/bash', config, undefined, { commandId });
    // It returns the bare command where it finds nothing to restrict.
    if (line === command) throw new Error('the sandbox library gave the command back without a cage');
    if (Buffer.byteLength(line) > MOST_BYTES)
      throw new ToolFailure(
        'too many files of the workspace are denied or protected one by one for a sandbox profile; deny the folders that hold them instead',
      );
    return {
      line,
      clean: () => {
        SandboxManager.cleanupAfterCommand();
      },
    };
  };
}

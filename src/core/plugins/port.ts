import type { Json } from '../../shared/json.ts';

/** What a plugin answers to a call: whatever it likes. */
export interface PluginReply {
  isError: boolean;
  /** Blocks of content as the protocol has them, unread. */
  content: readonly Json[];
  /** What it calls structured; undefined where there is none. */
  structured: Json | undefined;
}

/** How long something is waited for, and what ends it before. */
export interface Waits {
  ms: number;
  signal: AbortSignal;
}

/**
 * A conversation with a plugin's program (Model Context Protocol), over its standard input and output. Whatever it says is
 * read under bounds of bytes, messages and depth; what is beyond them ends the conversation. Throws `ToolFailure`.
 */
export interface PluginConnection {
  /** What the program has written; no more is taken while it waits. */
  take(chunk: Uint8Array): Promise<void>;
  /** The program has ended, or is ended: whatever is waited for fails with this sentence. */
  over(why: string): void;
  /** Says hello, and resolves to what the server says that it is. */
  greet(waits: Waits): Promise<Json>;
  /** The definitions of all its tools, as it gives them. */
  list(waits: Waits): Promise<readonly Json[]>;
  use(tool: string, args: Record<string, Json>, waits: Waits): Promise<PluginReply>;
  /** Since the last listing it has said that there is another one. */
  readonly isStale: boolean;
  /** What it asked for that no plugin gets, by method. */
  readonly refused: readonly string[];
}

/** What a command line starts, as far as it stands on disk. */
export interface PluginProgram {
  /** SHA-256 over the files and packages that it names; empty where it names none. */
  digest: string;
  /** What was looked at, in words: `server-files 1.2.0 (14 files)`. */
  parts: readonly string[];
}

/** What a person has accepted of a plugin. */
export interface Pinned {
  /** SHA-256 of the plugin as it is declared and of its program. */
  binding: string;
  /** What the server said that it is. */
  server: Json;
  /** The definition of each accepted tool, by its name. */
  tools: Record<string, Json>;
}

/** What was accepted, kept outside every workspace. */
export interface PinnedPlugins {
  /** Undefined where nothing was, or where that cannot be read: then it is asked about again. */
  of(folder: string, plugin: string): Pinned | undefined;
  keep(folder: string, plugin: string, pinned: Pinned): Promise<void>;
  /** All that was accepted, for a person. Throws where it cannot be read. */
  all(): { folder: string; plugin: string; pinned: Pinned }[];
  /** Whether there was something to forget. */
  forget(folder: string, plugin: string): Promise<boolean>;
}

export interface PluginPort {
  /** `write`: to its standard input; `broken`: it does not keep to the protocol, and is to be ended. */
  connect(write: (bytes: Uint8Array) => void, broken: (why: string) => void): Promise<PluginConnection>;
  /** Throws `ToolFailure` where that is too much to be looked at. */
  program(command: readonly string[], folder: string, signal: AbortSignal): Promise<PluginProgram>;
  readonly pins: PinnedPlugins;
}

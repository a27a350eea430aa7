/** A plugin as a policy names it: what is started, and all that it gets. */
export interface DeclaredPlugin {
  /** What its tools are called by: `NAME__tool`. */
  name: string;
  /** Its program and what that is given, as it is started: no shell reads it. */
  command: readonly string[];
  /** What it sees of the workspace, from the workspace folder on; nothing where there is none. */
  folders: readonly string[];
  /** Whether it may change what is in them. */
  writable: boolean;
  /** Hosts that it may ask for, as entries of `allowed_domains`; each is decided as a command's would be. */
  hosts: readonly string[];
  /** Of the person's environment it gets these alone. */
  variables: readonly string[];
  /** Its tools that there are; all others are off. */
  tools: readonly string[];
}

export const PLUGIN_NAME = '[a-z][a-z0-9-]{0,20}';
/** What every provider takes as the name of a tool, together with a plugin's own name. */
export const TOOL_NAME = /^[A-Za-z0-9_-]{1,41}$/;

/** What a plugin's tool is called here. No built-in tool has such a name. */
export function prefixed(plugin: string, tool: string): string {
  return `${plugin}__${tool}`;
}

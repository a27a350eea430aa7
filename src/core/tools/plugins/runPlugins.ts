import { canonicalJson, type Json } from '../../../shared/json.ts';
import { named, namedList } from '../../../shared/named.ts';
import { bindingOf } from '../../plugins/binding.ts';
import { prefixed } from '../../plugins/declared.ts';
import { changedWords, listedNames, namedDefinitions, type Definitions } from '../../plugins/definitions.ts';
import type { Pinned, PluginPort } from '../../plugins/port.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { AnyTool, CallContext, Performed } from '../tool.ts';
import { acceptTool } from './acceptTool.ts';
import type { FoundPlugin, Starting } from './pluginOf.ts';
import { pluginTool } from './pluginTool.ts';
import { replyWords } from './replyWords.ts';
import { RunningPlugin } from './runningPlugin.ts';

/** Long enough for a busy machine; a plugin that is not there by then is ended. */
const START_MS = 60_000;
const LIST_MS = 30_000;

interface Going {
  found: FoundPlugin;
  folder: string;
  program: RunningPlugin;
  binding: string;
  server: Json;
  tools: readonly AnyTool[];
  /** Of those tools: the SHA-256 of what each was accepted as. */
  digests: Map<string, string>;
}

/** The plugins of one run: started one by one, each ended with the run. Their tools are there while they are. */
export class RunPlugins {
  readonly port: PluginPort;
  readonly #redactor: Redactor;
  readonly #hash: (text: string) => string;
  readonly #going = new Map<string, Going>();

  constructor(port: PluginPort, redactor: Redactor, hash: (text: string) => string) {
    this.port = port;
    this.#redactor = redactor;
    this.#hash = hash;
  }

  /** The tools that there are now, as a person has accepted them. */
  get tools(): readonly AnyTool[] {
    return [...this.#going.values()].flatMap(({ tools }) => tools);
  }

  /** Starts it, or looks anew at one that goes on; a person is asked about whatever of its tools is not accepted as it is. */
  async start(starting: Starting, context: CallContext): Promise<Performed> {
    const { name } = starting.found.plugin;
    const binding = bindingOf(starting.found.plugin, this.#hash);
    const known = this.#going.get(name);
    if (known?.binding === binding) {
      known.found = starting.found; // other tools may be named by now
      return { ok: true, text: await this.#listed(known, context), facts: { plugin: name }, contentOf: [] };
    }
    if (known) throw new ToolFailure(`${named(name)} goes on as it was before; it ends with this run`);
    const program = await RunningPlugin.begin(starting, { port: this.port, redactor: this.#redactor }, context);
    try {
      const server = await program.connection.greet({ ms: START_MS, signal: context.signal });
      const going: Going = {
        found: starting.found,
        folder: starting.folder,
        program,
        binding,
        server,
        tools: [],
        digests: new Map(),
      };
      this.#going.set(name, going);
      void program.ended.catch(() => undefined).finally(() => this.#going.delete(name));
      const text = await this.#listed(going, context);
      if (going.tools.length === 0) throw new ToolFailure(`${text} It was ended.`);
      const { ended, signal } = program;
      const stop = program.stop.bind(program);
      return { ok: true, text, facts: { plugin: name }, contentOf: [], goesOn: { ended, signal, stop } };
    } catch (error) {
      this.#going.delete(name);
      throw await program.endedFor(error);
    }
  }

  /** Compares what it lists now with what was accepted, and asks where that is not the same. */
  async #listed(going: Going, context: CallContext): Promise<string> {
    const { found, folder, program, binding, server } = going;
    const { name } = found.plugin;
    going.tools = []; // off meanwhile
    going.digests.clear();
    const listed = await program.connection.list({ ms: LIST_MS, signal: context.signal });
    const definitions = namedDefinitions(listed, found.declared.tools);
    const pinned = this.port.pins.of(folder, name);
    const changes = changesOf(pinned, { binding, server, definitions });
    if (definitions.tools.size > 0 && (!pinned || changes.length > 0)) {
      const now = { binding, server, tools: Object.fromEntries(definitions.tools) };
      if (!(await this.#accepted({ going, now, before: pinned, changes, definitions }, context)))
        return `${named(name)}: its tools were not accepted, and are off.`;
    }
    going.tools = [...definitions.tools].map(([tool, definition]) => this.#tool(going, tool, definition));
    const off = listedNames(listed).filter((one) => one !== '' && !found.declared.tools.includes(one));
    return [
      going.tools.length === 0
        ? `${named(name)} has no tool that the policy names.`
        : `${named(name)} is there, with ${namedList(
            going.tools.map((tool) => tool.name),
            100,
          )}.`,
      ...definitions.problems.map((problem) => `${problem}.`),
      ...(off.length === 0
        ? []
        : [
            `Off, because the policy does not name them: ${namedList(
              off.map((one) => one.slice(0, 60)),
              30,
            )}.`,
          ]),
    ].join('\n');
  }

  async #accepted(
    asked: {
      going: Going;
      now: Pinned;
      before: Pinned | undefined;
      changes: readonly string[];
      definitions: Definitions;
    },
    context: CallContext,
  ): Promise<boolean> {
    const { going, now, before, changes, definitions } = asked;
    const { found, folder, server } = going;
    const { name } = found.plugin;
    if (!context.calling) throw new Error('a plugin is accepted through the gate alone');
    const tool = acceptTool({
      plugin: found.plugin,
      what: { plugin: name, server, before: before?.tools, tools: definitions.tools, changes },
      hash: this.#hash,
      keep: () => this.port.pins.keep(folder, name, now),
    });
    return (await context.calling(tool, {}, context.signal)).status === 'done';
  }

  #tool(going: Going, tool: string, definition: Record<string, Json>): AnyTool {
    const { found, program, binding } = going;
    const { plugin } = found;
    const name = prefixed(plugin.name, tool);
    const digest = this.#hash(canonicalJson([binding, definition]));
    going.digests.set(name, digest);
    return pluginTool({
      ...{ plugin, tool, definition, digest },
      whyNot: ({ policy }) => {
        const declared = policy.plugins.value.find((one) => one.name === plugin.name);
        if (declared?.tools.includes(tool) !== true) return `the policy does not name ${named(tool)} any more`;
        if (program.whyEnded !== undefined) return program.whyEnded;
        return going.digests.get(name) === digest ? undefined : `${named(name)} is off: its definition is not accepted`;
      },
      use: async (args, context) => {
        if (program.connection.isStale) {
          const text = await this.#listed(going, context);
          if (going.digests.get(name) !== digest)
            throw new ToolFailure(`${named(name)} was not used, for its definition has changed. ${text}`);
        }
        const waits = { ms: context.policy.codeTimeoutSeconds.value * 1000, signal: context.signal };
        const reply = await program.connection.use(tool, args, waits);
        const { text, masked } = replyWords(name, reply, (words) => program.mask(words));
        return { ok: !reply.isError, text, masked };
      },
    });
  }
}

/** Why what was accepted does not speak of it as it is now, a sentence each. */
function changesOf(
  pinned: Pinned | undefined,
  { binding, server, definitions }: { binding: string; server: Json; definitions: Definitions },
): string[] {
  if (!pinned) return [];
  return [
    ...(pinned.binding === binding ? [] : ['Its program, or what it is given, is another one than was accepted']),
    ...(canonicalJson(pinned.server) === canonicalJson(server) ? [] : ['The server says that it is another one']),
    ...changedWords(pinned.tools, definitions.tools),
  ];
}

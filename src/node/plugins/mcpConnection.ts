import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { ToolFailure, throwIfStopped } from '../../core/outcome.ts';
import type { PluginConnection, PluginReply, Waits } from '../../core/plugins/port.ts';
import type { Json } from '../../shared/json.ts';
import { visibleLine } from '../../shared/visible.ts';
import { PluginTransport } from './pluginTransport.ts';

const MOST_TOOLS = 500;
const MOST_PAGES = 20;
const MOST_ERROR = 1000;
const TIMED_OUT: number = ErrorCode.RequestTimeout;

/** Definitions and content are read by whoever uses them (core/plugins/definitions.ts): here they are whatever came. */
const RawTools = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().max(4000).optional() });
const RawReply = z.object({
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/** Reading a plugin by the official client. It declares no capability: whatever a server asks of it is refused. */
export class McpConnection implements PluginConnection {
  readonly #transport: PluginTransport;
  readonly #client: Client;
  #whyOver: string | undefined;

  constructor(write: (bytes: Uint8Array) => void, broken: (why: string) => void, version: string) {
    this.#transport = new PluginTransport(write, (why) => {
      this.#whyOver ??= why;
      broken(why);
    });
    this.#client = new Client(
      { name: 'oversign', version },
      // No schema of a server is compiled or run here: a pattern in it could take for ever.
      {
        capabilities: {},
        jsonSchemaValidator: {
          getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
        },
      },
    );
    this.#client.onerror = () => undefined; // of messages that nobody waits for
  }

  get isStale(): boolean {
    return this.#transport.isStale;
  }

  get refused(): readonly string[] {
    return this.#transport.refused;
  }

  take(chunk: Uint8Array): Promise<void> {
    return this.#transport.take(chunk);
  }

  over(why: string): void {
    this.#whyOver ??= why;
    void this.#transport.close();
  }

  async greet(waits: Waits): Promise<Json> {
    await this.#waited(waits, () => this.#client.connect(this.#transport, options(waits)));
    return plain(this.#client.getServerVersion());
  }

  async list(waits: Waits): Promise<readonly Json[]> {
    this.#transport.isStale = false;
    const tools: Json[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const listed = await this.#waited(waits, () =>
        this.#client.request({ method: 'tools/list', params }, RawTools, options(waits)),
      );
      tools.push(...listed.tools.map(plain));
      if (tools.length > MOST_TOOLS) throw new ToolFailure(`the plugin lists more than ${MOST_TOOLS} tools`);
      cursor = listed.nextCursor;
      if (cursor === undefined) return tools;
    }
    throw new ToolFailure(`the plugin lists its tools in more than ${MOST_PAGES} parts`);
  }

  async use(tool: string, args: Record<string, Json>, waits: Waits): Promise<PluginReply> {
    const reply = await this.#waited(waits, () =>
      this.#client.request({ method: 'tools/call', params: { name: tool, arguments: args } }, RawReply, options(waits)),
    );
    const { isError, content, structuredContent } = reply;
    return {
      isError: isError === true,
      content: content.map(plain),
      structured: structuredContent === undefined ? undefined : plain(structuredContent),
    };
  }

  async #waited<T>({ ms, signal }: Waits, ask: () => Promise<T>): Promise<T> {
    this.#assertThere();
    this.#transport.asked();
    try {
      return await ask();
    } catch (error) {
      throwIfStopped(signal);
      this.#assertThere();
      if (error instanceof ToolFailure) throw error;
      if (error instanceof McpError && error.code === TIMED_OUT)
        throw new ToolFailure(`the plugin did not answer within ${Math.round(ms / 1000)} s`);
      const words = error instanceof Error ? error.message : String(error);
      throw new ToolFailure(`the plugin failed, in its own words: ${visibleLine(words.slice(0, MOST_ERROR))}`);
    }
  }

  /** The first cause is what is said. */
  #assertThere(): void {
    if (this.#whyOver !== undefined) throw new ToolFailure(this.#whyOver);
  }
}

/** An answer is waited for so long whatever is told of its progress. */
function options({ ms, signal }: Waits): { timeout: number; maxTotalTimeout: number; signal: AbortSignal } {
  return { timeout: ms, maxTotalTimeout: ms, signal };
}

/** What came as JSON is that. */
function plain(value: unknown): Json {
  return (value ?? null) as Json;
}

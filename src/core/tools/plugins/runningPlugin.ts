import { named } from '../../../shared/named.ts';
import { visible } from '../../../shared/visible.ts';
import { Cancelled, reasonText, ToolFailure } from '../../outcome.ts';
import type { PluginConnection, PluginPort } from '../../plugins/port.ts';
import type { Masked, Redactor } from '../../redaction/redactor.ts';
import { endingWords } from '../../sandbox/endingWords.ts';
import type { SandboxResult } from '../../sandbox/port.ts';
import { remarksOf } from '../../sandbox/remarks.ts';
import { sandboxSpec } from '../../sandbox/spec.ts';
import { outputMask } from '../command/givenSecrets.ts';
import { boundsOf } from '../runner.ts';
import type { CallContext, Performed } from '../tool.ts';
import { InputQueue } from './inputQueue.ts';
import { toOwnHosts } from './ownHosts.ts';
import { rulesWithin, type Starting } from './pluginOf.ts';

/** It ends with its run; a run that waits for a person waits no longer than that. */
const MOST_LIFE_MS = 12 * 3_600_000;
/** Of what it writes beside the protocol: the last of it, for a person who wants to know why it failed. */
const ERRORS_KEPT = 4000;
/** More than that beside the protocol is a flood. */
const MOST_ERRORS = 8 * 2 ** 20;

/** The program of a plugin in its cage, from its start to its end. */
export class RunningPlugin {
  readonly connection: PluginConnection;
  readonly signal: AbortSignal;
  /** What came of it: settles when it is gone, and what it left was looked through. */
  readonly ended: Promise<Performed>;
  readonly #name: string;
  readonly #own: AbortController;
  readonly #mask: (text: string) => Masked;
  #errors = '';
  #errorBytes = 0;
  #whyEnded: string | undefined;

  static async begin(
    starting: Starting,
    { port, redactor }: { port: PluginPort; redactor: Redactor },
    context: CallContext,
  ): Promise<RunningPlugin> {
    const input = new InputQueue();
    const own = new AbortController();
    const connection = await port.connect(
      (bytes) => {
        input.write(bytes);
      },
      (why) => {
        own.abort(new Cancelled(why));
      },
    );
    return new RunningPlugin(starting, { input, own, connection, redactor }, context);
  }

  private constructor(
    { found, launch, runner }: Starting,
    parts: { input: InputQueue; own: AbortController; connection: PluginConnection; redactor: Redactor },
    context: CallContext,
  ) {
    const { plugin } = found;
    const { policy, scope } = context;
    this.#name = plugin.name;
    this.#own = parts.own;
    this.connection = parts.connection;
    this.signal = AbortSignal.any([context.signal, parts.own.signal]);
    const how = outputMask(launch, plugin.variables, parts.redactor);
    this.#mask = (text) => how.mask(text);
    const connections =
      launch.network === 'door' ? context.connecting?.(`the plugin ${plugin.name}`, this.signal) : undefined;
    const spec = sandboxSpec({
      launch,
      rules: rulesWithin(scope, plugin.folders),
      bounds: { ...boundsOf(policy), timeoutMs: MOST_LIFE_MS, repositoryAbove: false },
      streams: {
        outputCap: 0,
        input: parts.input,
        onOutput: (stream, chunk) => (stream === 'stdout' ? this.connection.take(chunk) : this.#said(chunk)),
        connecting: connections && toOwnHosts(connections, plugin.hosts),
      },
    });
    this.ended = runner
      .run(spec, this.signal)
      .finally(async () => {
        parts.input.end();
        await connections?.over();
      })
      .then(
        (result) => this.#over(result, connections?.words ?? []),
        (error: unknown) => {
          this.#whyEnded = `the plugin ${named(this.#name)} is gone: ${reasonText(error)}`;
          this.connection.over(this.#whyEnded);
          throw error;
        },
      );
    this.ended.catch(() => undefined); // told to whoever waits for its end
  }

  /** Why nothing can be asked of it; undefined while it goes on. */
  get whyEnded(): string | undefined {
    return this.#whyEnded ?? (this.signal.aborted ? `the plugin ${named(this.#name)} is being ended` : undefined);
  }

  mask(text: string): Masked {
    return this.#mask(text);
  }

  stop(why: Cancelled): void {
    this.#own.abort(why);
  }

  /** It is of no use: it is ended, and what is thrown says why, with what it said last. */
  async endedFor(error: unknown): Promise<unknown> {
    const hadEnded = this.#whyEnded;
    this.stop(new Cancelled(reasonText(error)));
    const ended = await this.ended.catch(() => undefined);
    if (!(error instanceof ToolFailure)) return error;
    const words = hadEnded === undefined || error.message === hadEnded ? [] : [hadEnded];
    const last = this.#errors.trim() === '' ? [] : ['The last that it said beside the protocol:', this.#lastWords()];
    return new ToolFailure([error.message, ...words, ...(ended?.remarks ?? []), ...last].join('\n'));
  }

  #said(chunk: Uint8Array): undefined {
    this.#errorBytes += chunk.length;
    this.#errors = (this.#errors + new TextDecoder().decode(chunk)).slice(-ERRORS_KEPT);
    if (this.#errorBytes > MOST_ERRORS)
      this.stop(new Cancelled(`the plugin ${named(this.#name)} floods its standard error`));
    return undefined;
  }

  #lastWords(): string {
    const lines = this.#errors.trim().split('\n');
    return visible(this.#mask(lines.slice(-12).join('\n')).text);
  }

  #over(result: SandboxResult, words: readonly string[]): Performed {
    const { ending, quarantined, durationMs, use } = result;
    const why = ending.kind === 'stopped' && this.signal.aborted ? reasonText(this.signal.reason) : endingWords(ending);
    this.#whyEnded = `the plugin ${named(this.#name)} is gone: ${why === '' ? 'it ended by itself' : why}`;
    this.connection.over(this.#whyEnded);
    const remarks = remarksOf(quarantined, []).map((remark) => remark.replace(/^\[|\]$/g, ''));
    const { refused } = this.connection;
    const asked = refused.length === 0 ? [] : [`[it asked for what no plugin gets: ${refused.map(named).join(', ')}]`];
    const last = this.#errors.trim() === '' ? [] : [this.#lastWords()];
    return {
      ok: ending.kind === 'stopped' || (ending.kind === 'exited' && ending.code === 0),
      text: [this.#whyEnded, ...words, ...asked, ...last].join('\n'),
      facts: { ending: ending.kind, quarantined: quarantined.length, ...use, durationMs },
      remarks,
      contentOf: [],
    };
  }
}

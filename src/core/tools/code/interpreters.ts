import { cutVisibly } from '../../../shared/cut.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { throwIfStopped, ToolFailure } from '../../outcome.ts';
import type { Sandbox, SandboxResult } from '../../sandbox/port.ts';
import { sandboxSpec } from '../../sandbox/spec.ts';
import { limitsOf, runnerOf, type Runners } from '../runner.ts';
import type { CallContext } from '../tool.ts';
import { LANGUAGES, type CodeLanguage } from './languages.ts';

const TIME_MS = 10_000;
const MOST_OUTPUT = 4000;

/** Says where a program is and what it says of itself. Nothing in it is anybody's but ours. */
const SCRIPT = `
path=$(command -v "$1") || exit 3
printf '%s\\n' "$path"
timeout 5 "$path" --version 2>&1 </dev/null | head -c 500
case \${PIPESTATUS[0]} in 126 | 127) exit 3 ;; esac
exit 0
`;

/** The interpreters that commands of a run find, looked for once each in the cage that looking commands get. */
export class Interpreters {
  readonly #runners: Runners;
  readonly #found = new Map<string, string>();

  constructor(runners: Runners) {
    this.#runners = runners;
  }

  /**
   * Where the interpreter of a language is and its version; undefined where that cannot be asked beforehand: without a
   * sandbox, or where none can be had.
   * @throws ToolFailure where commands do not find it
   */
  async find(
    language: CodeLanguage,
    { cwd, context }: { cwd: string; context: CallContext },
  ): Promise<string | undefined> {
    const { policy } = context;
    if (!policy.sandbox.value) return undefined;
    const key = `${policy.backend.value} ${language}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const runner = runnerOf(policy, this.#runners);
    if (!(await runner.status(limitsOf(policy))).works) return undefined; // what is decided says why
    const { program, label, fix } = LANGUAGES[language];
    const said = await this.#asked(runner, program, { cwd, context });
    if (!said) return undefined;
    const { output, ending } = said;
    if (ending.kind === 'exited' && ending.code === 3)
      throw new ToolFailure(`${label} cannot be run: commands do not find ${program}. ${fix}`);
    const [path = '', ...words] = output.split('\n');
    if (ending.kind !== 'exited' || ending.code !== 0 || !path.startsWith('/')) return undefined;
    const [version] = /\d+(?:\.\d+){1,3}/.exec(words.join(' ')) ?? [];
    const found = cutVisibly(visibleLine(`${path}${version === undefined ? '' : ` ${version}`}`), 200);
    this.#found.set(key, found);
    return found;
  }

  /** What the script says; undefined where nothing can be run to find out: by whoever only decides, for one. */
  async #asked(
    runner: Sandbox,
    program: string,
    { cwd, context: { policy, scope, signal } }: { cwd: string; context: CallContext },
  ): Promise<SandboxResult | undefined> {
    const spec = sandboxSpec({
      launch: {
        argv: ['/bin/bash', '-c', SCRIPT, 'look', program],
        cwd,
        environment: await runner.environment([]),
        workspace: 'read-only',
        secrets: 'hidden',
      },
      rules: scope,
      bounds: { limits: limitsOf(policy), timeoutMs: TIME_MS, repositoryAbove: policy.repositoryAbove.value },
      streams: { outputCap: MOST_OUTPUT },
    });
    try {
      return await runner.run(spec, signal);
    } catch {
      throwIfStopped(signal);
      return undefined; // not knowing is an answer: what is decided, and what comes of it, say the rest
    }
  }
}

import { StringDecoder } from 'node:string_decoder';
import type { Sandbox, SandboxResult } from '../../core/sandbox/port.ts';
import { NO_RULES, sandboxSpec } from '../../core/sandbox/spec.ts';

const LIMITS = { memoryBytes: 1024 ** 3, cpuSeconds: 10, diskBytes: 64 * 1024 ** 2, processes: 64 };

/** What in the workspace a question to git may not see. */
export interface QuestionRules {
  isDenied(path: string): boolean;
  isProtected(path: string): boolean;
}

interface Question {
  sandbox: Sandbox;
  rules: QuestionRules;
  /** The folder that git is asked in. */
  top: string;
  args: readonly string[];
  /** Bytes of output that are kept. */
  most: number;
  /** Told of the lines of its output as they come; what it returns ends the question when it is true. */
  onLine?: (line: string) => boolean;
}

/**
 * Asks git something inside the sandbox, with the workspace read-only: a repository's own configuration can make git
 * run programs (core.fsmonitor and its kind), and a question must not. Undefined where there is no sandbox or no answer.
 */
export async function askGit(question: Question): Promise<SandboxResult | undefined> {
  const { sandbox, rules, top, args, most, onLine } = question;
  const status = await sandbox.status(LIMITS);
  if (!status.works) return undefined;
  const enough = new AbortController();
  const decoder = new StringDecoder();
  let rest = '';
  const lines = (chunk: Uint8Array): undefined => {
    const parts = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > 65_536) rest = '';
    if (parts.some((line) => onLine?.(line) === true)) enough.abort();
  };
  const spec = sandboxSpec({
    launch: {
      argv: ['git', '-c', 'core.fsmonitor=false', '-c', `safe.directory=${top}`, '--literal-pathspecs', ...args],
      cwd: top,
      environment: await sandbox.environment([]),
      workspace: 'read-only',
      secrets: 'hidden',
    },
    // It only lists names: nothing denied has to be watched for.
    rules: { ...NO_RULES, roots: [top], ...rules, isHidden: (path) => rules.isDenied(path) },
    bounds: { limits: LIMITS, timeoutMs: 10_000 },
    streams: {
      outputCap: most,
      ...(onLine && {
        onOutput: (stream: string, chunk: Uint8Array) => (stream === 'stdout' ? lines(chunk) : undefined),
      }),
    },
  });
  try {
    return await sandbox.run(spec, AbortSignal.any([enough.signal, AbortSignal.timeout(12_000)]));
  } catch {
    return undefined; // not knowing is an answer
  }
}

import type { Launch } from '../../shared/action.ts';

export interface Limits {
  memoryBytes: number;
  cpuSeconds: number;
  diskBytes: number;
  processes: number;
}

/** What to run, and in what cage. Paths are absolute and real. */
export interface SandboxSpec {
  launch: Launch;
  /** The workspace folders; `launch.workspace` says whether they can be changed. */
  folders: readonly string[];
  /** Hidden: neither readable nor writable. */
  isDenied(path: string): boolean;
  /** Cannot be changed from inside, created, or renamed away. */
  isProtected(path: string): boolean;
  limits: Limits;
  timeoutMs: number;
  /** Output beyond this many bytes is counted, not kept. */
  outputCap: number;
}

/** How a limit is held: by the kernel, or looked at every now and then, so that it may overshoot. */
export interface HeldLimit {
  name: string;
  value: string;
  how: 'enforced' | 'watched';
}

export type Ending =
  | { kind: 'exited'; code: number }
  | { kind: 'killed'; signal: string }
  | { kind: 'timeout'; seconds: number }
  | { kind: 'limit'; limit: string }
  | { kind: 'stopped' }
  | { kind: 'violation'; what: string };

export interface SandboxResult {
  ending: Ending;
  /** Standard output and standard error as they came, up to the cap; bytes that are not UTF-8 are replaced. */
  output: string;
  outputBytes: number;
  durationMs: number;
  /** What was set aside afterwards and why, one sentence each. */
  quarantined: string[];
}

/** Whether commands can be confined on this machine. */
export type SandboxStatus =
  { works: true; name: string; words: string; limits: HeldLimit[] } | { works: false; cause: string; fix: string };

/** One backend. Missing confinement is a refusal with cause and fix, never a weaker run. */
export interface Sandbox {
  status(limits: Limits): Promise<SandboxStatus>;
  /** What a command's environment will be; the same for every command of a run. */
  environment(variables: readonly string[]): Promise<Record<string, string>>;
  run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult>;
}

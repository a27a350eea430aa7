import type { Launch } from '../../shared/action.ts';
import type { Stand } from '../../shared/change.ts';
import type { Connecting } from '../egress/connecting.ts';
import type { BackendChoice } from './choice.ts';

export interface Limits {
  memoryBytes: number;
  cpuSeconds: number;
  diskBytes: number;
  processes: number;
}

/**
 * What a command can reach. `door`: nothing but a proxy of Oversign's, which asks `connecting` for every connection. A backend
 * says for every kind how it holds it, or does not compile.
 */
export type NetworkAccess = { kind: 'none' } | { kind: 'door'; connecting: Connecting };

/**
 * How the workspace folders are there: `in-place`, the real ones; `copy-on-write`, as they stand, and what the command
 * changes is kept beside them (`DryRun`).
 */
export type FolderView = { kind: 'in-place' } | { kind: 'copy-on-write' };

/** What to run, and in what cage. Paths are absolute and real. Made by `sandboxSpec` alone (spec.ts). */
export interface SandboxSpec {
  launch: Launch;
  network: NetworkAccess;
  view: FolderView;
  /** The workspace folders; `launch.workspace` says whether they can be changed. */
  folders: readonly string[];
  /**
   * The same text for rules that say the same of every path and go by `folders`: what is hidden, what is protected, what
   * lies above that. Undefined where nobody can say so.
   */
  rulesKey?: string | undefined;
  /** What in the folders is held read-only beside what is protected; where `launch.uncovered` says so, and only there. */
  held?: readonly string[] | undefined;
  /** What in the folders is hidden: neither readable nor writable. */
  isHidden(path: string): boolean;
  /** Also what repositories under any name keep of files (their objects). */
  hidesStores: boolean;
  /** What a rule denies, wherever it is. */
  isDenied(path: string): boolean;
  /** Whether a rule denies anything that may lie in the folders: it must not appear while the command runs. */
  deniesInside: boolean;
  /** Whether what the folders need of the repository above them is shown. */
  repositoryAbove: boolean;
  /** Denied paths outside the folders, written out: hidden where the system or a toolchain would show them. */
  deniedOutside: readonly string[];
  /** Cannot be changed from inside, created, or renamed away. */
  isProtected(path: string): boolean;
  /** A link there would lead to something else than what is protected below it. */
  isAboveProtected(path: string): boolean;
  limits: Limits;
  timeoutMs: number;
  /** Output beyond this many bytes is counted, not kept. */
  outputCap: number;
  /** Of what is beyond, the last bytes, so many, are kept all the same. */
  endCap?: number;
  /** What the command reads on its standard input; nothing where it is left out. */
  input?: AsyncIterable<Uint8Array>;
  /**
   * Asks a person which of it is theirs, and is to stay where it is; the rest is set aside, and all of it where nobody
   * is asked. Throws `Cancelled` when the command's signal fires.
   */
  whose?(appeared: readonly Appeared[]): Promise<ReadonlySet<string>>;
  /** Told of output as it comes, also beyond the cap; no more of that stream is taken while it waits. */
  onOutput?(stream: 'stdout' | 'stderr', chunk: Uint8Array): Promise<void> | undefined;
}

/** What would run later, came while a command was at work, and may be a person's or the command's. */
export interface Appeared {
  path: string;
  kind: 'file' | 'folder' | 'link';
  /** Of what is in it. */
  digest: string;
  /** The whole text of each file that it is made of; of a link, where it leads. */
  texts: { path: string; text: string }[];
}

export type LimitName = 'memory' | 'CPU time' | 'processes' | 'file size' | 'disk' | 'files' | 'output' | 'wall time';

/** What nothing here holds: no call ends for it, and whoever decides about a command should know. */
export type UnheldLimit = 'kernel memory' | 'inotify instances';

/** How a limit is held: by the kernel, or looked at every now and then, so that it may overshoot; or not at all. */
export interface HeldLimit {
  name: LimitName | UnheldLimit;
  /** With its unit, for people. */
  value: string;
  how: 'enforced' | 'watched' | 'not held';
  /** What holds it: a control group, a resource limit of the kernel, a look every so often, Oversign itself; or why nothing does. */
  by: string;
}

export type Ending =
  | { kind: 'exited'; code: number }
  | { kind: 'killed'; signal: string }
  | { kind: 'timeout'; seconds: number }
  | { kind: 'limit'; limit: LimitName }
  | { kind: 'stopped' }
  | { kind: 'violation'; what: string };

/** What a command and everything it started used, as far as it was seen. */
export interface ResourceUse {
  /** Processor time of the whole tree. */
  cpuSeconds: number;
  /** The most memory that the tree held at once; with a control group its file cache counts too. */
  memoryBytes: number;
  /** Bytes given to the kernel to be written to disk. */
  diskBytes: number;
  /** The most processes and threads at once. */
  processes: number;
}

export interface SandboxResult {
  ending: Ending;
  /** Standard output and standard error as they came, up to the cap; bytes that are not UTF-8 are replaced. */
  output: string;
  /** The end of what was beyond the cap, where it was asked for. */
  end?: string;
  outputBytes: number;
  durationMs: number;
  use: ResourceUse;
  /** What held which limit during this call. */
  limits: readonly HeldLimit[];
  /** What was set aside afterwards and why, one sentence each. */
  quarantined: string[];
  /** What else a reader of the result should know about the cage, one sentence each. */
  notes: string[];
}

/** One thing that the sandbox tried against itself, in words, and what came of it. */
export interface Probe {
  name: string;
  outcome: 'held' | 'failed';
  /** What was seen, where it did not hold or needs words. */
  words?: string;
}

/** Whether commands can be confined on this machine. */
export type SandboxStatus =
  | { works: true; name: string; words: string; limits: HeldLimit[]; probes: readonly Probe[] }
  | { works: false; cause: string; fix: string; probes?: readonly Probe[] };

/** What commands see outside of their folders. */
export interface Beside {
  /** One sentence each, without a full stop. */
  words: readonly string[];
  /** Workspace folders whose repository lies outside of them: git can look into it, and not write. */
  lookedAt: readonly string[];
}

/** What of the folders cannot be confined, or not as it looks. */
export interface Obstacles {
  /** Why no command that may change them would start. */
  refusal?: string;
  /** What is held in another way than one would think, one sentence each, without a full stop. */
  words: readonly string[];
}

/** One backend. Missing confinement is a refusal with cause and fix, never a weaker run. */
/** What is looked for in folders by its path. */
export interface LookedFor {
  folders: readonly string[];
  /** The same text for what answers the same about every path. */
  key: string;
  isWanted(path: string): boolean;
  /** What is in there does not count; what is wanted is not looked into either. */
  isPassedOver(path: string): boolean;
}

export interface Sandbox {
  /** Whether /tmp and the home folder of commands are the run's own, kept from one command to the next. */
  readonly hasScratch?: boolean;
  /** Whether commands can be given a door to the network (`NetworkAccess`), and nothing beside it. */
  readonly hasDoor?: boolean;
  /** Whether it can hold paths of the workspace read-only (`SandboxSpec.held`). */
  readonly holds?: boolean;
  status(limits: Limits): Promise<SandboxStatus>;
  /** What commands in these folders see outside of them for their projects' sake. */
  beside?(folders: readonly string[], repositoryAbove: boolean): Promise<Beside>;
  /** What stands in the way of commands that may change the folders: of all of them, before one is asked about. */
  obstacles?(spec: SandboxSpec, signal: AbortSignal): Promise<Obstacles>;
  /** What it knows to be in folders now because it watches them for its cages; undefined where somebody has to look. */
  knownIn?(what: LookedFor, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** What a command's environment will be; the same for every command of a run. */
  environment(variables: readonly string[]): Promise<Record<string, string>>;
  run(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult>;
  /** For specs with the view `copy-on-write`; absent where there is no such thing. */
  readonly dryRuns?: DryRuns | undefined;
  /** Whether these names, directly in the run's /tmp, are each none yet or an ordinary file without another name. */
  isPlainScratch?(names: readonly string[]): Promise<boolean>;
}

/** The sandboxes of this machine. */
export interface Sandboxes {
  /** The one that a policy's `sandbox.backend` means here. Where there is none, its status says why, and it runs nothing. */
  chosen(choice: BackendChoice): Sandbox;
}

/** What decides how folders are looked through. */
export type FolderRules = Pick<SandboxSpec, 'folders' | 'isHidden' | 'isDenied' | 'isProtected' | 'isAboveProtected'>;

/** What was found in a folder in which a command was broken off: its process was gone before that was looked through. */
export interface BrokenOff {
  /** The run that it belonged to; none where a person had started it. */
  run: string | undefined;
  folder: string;
  /** When the command began (ISO 8601). */
  began: string;
  /** What was set aside, and what was left to be looked at; one sentence each. */
  quarantined: string[];
  left: string[];
}

/** What whoever opened sandboxes does with them. */
export interface SandboxLife {
  /** Takes away what processes that were killed left behind; before anything runs. Throws where it cannot. */
  recover(): Promise<void>;
  /** Looks through what commands in these folders left that were broken off, each once. Asks for rules only if there are any. */
  finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]>;
  /** Other folders in which commands were broken off, and nobody has looked yet. */
  brokenOffElsewhere(folders: readonly string[]): string[];
  /** A run begins its work: recovers, and prepares what its commands share; what is dear waits for the first of them. What it returns ends that. */
  begin(run: string): Promise<() => Promise<void>>;
  /** Whether what is at a path stands there for the sandbox's sake alone, and goes when its run ends. */
  isStandIn(path: string): boolean;
  /** Forgets what it knows of this machine, so that the next look is a fresh one. */
  forget(): void;
  /** Ends what it keeps, for whichever run. */
  close(): Promise<void>;
}

export interface OpenSandbox extends Sandbox, SandboxLife {}
export interface OpenSandboxes extends Sandboxes, SandboxLife {}

/** How a copy-on-write view is made: by the kernel over the real folders, or as a copy of them. */
export type Means = 'overlay' | 'copy';

/** One path that stands otherwise in the view than on disk, as the command names it. */
export interface EffectAt {
  path: string;
  before: Stand;
  after: Stand;
  /** Where a link leads that the command made. */
  target?: string;
}

/** What a command did in a copy-on-write view of its folders. Nothing of it is on disk. It is held until `dispose`. */
export interface DryRun {
  readonly result: SandboxResult;
  readonly means: Means;
  /** Sorted by path. */
  readonly changes: readonly EffectAt[];
  /** Files whose time alone is another one. */
  readonly touched: number;
  /** What it made that is not taken over, one sentence each. */
  readonly leftOut: readonly string[];
  /** Why nothing of it can be taken over; a sentence. */
  readonly obstacle: string | undefined;
  /** SHA-256 over all that would be taken over. */
  readonly digest: string;
  /** A file's bytes before or in the view; undefined where there is none, or where it is larger than that. */
  content(path: string, side: 'before' | 'after', most: number): Promise<Uint8Array | undefined>;
  /** What stands otherwise on disk than when the command saw it. */
  changedUnderneath(): Promise<string[]>;
  /** Makes exactly these changes, from inside the cage of a command with the same rules. */
  apply(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult>;
  /** Takes the view away. Does not throw. */
  dispose(): Promise<void>;
}

/** A sandbox that can run a command without anything of it being on disk afterwards. */
export interface DryRuns {
  /** Why it cannot be done for these folders; undefined where it can. */
  whyNot(spec: SandboxSpec, signal: AbortSignal): Promise<string | undefined>;
  /** Throws `ToolFailure` where it cannot be done. */
  run(spec: SandboxSpec, signal: AbortSignal): Promise<DryRun>;
}

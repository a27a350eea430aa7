import type { LimitName, Limits } from '../../../core/sandbox/port.ts';

/** What the kernel counts of a whole tree, also of processes that have ended. */
export interface GroupUse {
  /** 0 where the group does not count it. */
  cpuSeconds: number;
  /** The most memory at once, with the file cache; undefined where the kernel does not keep it. */
  peakMemoryBytes: number | undefined;
  /** The limit that the kernel held somebody to. */
  over: Extract<LimitName, 'memory' | 'processes'> | undefined;
}

/** One control group (cgroups(7)) that holds one call's processes, whatever they do. */
export interface ControlGroup {
  /** What starts the sandbox inside the group; empty where processes are moved in at the gate. */
  prefix: readonly string[];
  environment: Record<string, string>;
  /**
   * Takes in what was started, before it starts anything itself: a process is born into its parent's group. Throws if
   * that cannot be done.
   */
  admit(pid: number): Promise<void>;
  /** Makes sure, before the command runs its first word, that the group holds it. Throws if it does not. */
  confirm(pid: number): void;
  use(): GroupUse;
  /** Ends whatever is in it. In a cage everything ends with its first process; elsewhere nothing else finds all. */
  kill(): void;
  /** Takes the group away once it is empty. */
  close(): Promise<void>;
}

/** Where control groups can be had on this machine. */
export interface ControlGroups {
  /** As it is shown: "cgroup v1", "systemd scope". */
  name: string;
  open(limits: Limits): ControlGroup;
}

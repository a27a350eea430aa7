import type { Probe } from '../../core/sandbox/port.ts';
import type { KeptFindings } from './keptFindings.ts';
import type { BaseCage } from './cage.ts';
import type { Refusal } from './probe.ts';
import type { Machinery } from './runInCage.ts';

/** A machine on which commands can be confined: what cages are built with, what is the same in all, and the proof. */
export interface Machine {
  machinery: Machinery;
  base: BaseCage;
  probes: readonly Probe[];
}

/** Why commands cannot be confined, with the attempts that did not hold. */
export type Unproven = Refusal & { probes?: readonly Probe[] };

/** What is different from one sandbox to the next on the same machine. */
export interface Place {
  data: string;
  home: string;
  toolchains: readonly string[];
  /** What this process found out before about the machine itself; emptied, it is found out anew. */
  known: Known;
}

/** What is the same for every sandbox of a process, and takes a while to find out. */
export interface Known {
  withheld: KeptFindings;
  limits: Map<string, Promise<Probe[]>>;
}

import { readFileSync, readlinkSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since boot (proc(5), /proc/PID/stat field 22); empty where there is no /proc. */
  start: string;
  /**
   * The kernel's boot id; empty where there is none. In a PID namespace that is not the system's first one (a container)
   * followed by that namespace, in which alone the number means this process (pid_namespaces(7)).
   */
  boot: string;
}

/** The system's first PID namespace (PROC_PID_INIT_INO, include/linux/proc_ns.h). */
const FIRST_NAMESPACE = '4026531836';
const NAMESPACE = /-pid-\d+$/;

export function identityOf(pid: number): ProcessIdentity {
  return { pid, start: startTime(pid) ?? '', boot: whereNumbersCount() };
}

/** Stands for exactly this process, as text. */
export function holderName({ pid, start, boot }: ProcessIdentity): string {
  return `${pid} ${start} ${boot}`;
}

/** Whether exactly this process still runs. One that counts its numbers elsewhere cannot be seen: it counts as running. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!isCountedHere(identity)) return isOfThisBoot(identity);
  if (identity.start !== '') return startTime(identity.pid) === identity.start;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the number of a process means the same here. */
export function isCountedHere({ boot }: ProcessIdentity): boolean {
  return boot === '' || boot === whereNumbersCount();
}

export function isOfThisBoot({ boot }: ProcessIdentity): boolean {
  return boot === '' || boot.replace(NAMESPACE, '') === bootId();
}

/** Whether it is said in which namespace the number counts: the first one is not named. */
export function isOfNamespace({ boot }: ProcessIdentity): boolean {
  return NAMESPACE.test(boot);
}

function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name (field 2) may hold spaces and brackets: fields are counted from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is a process that has ended and waits to be noticed.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function whereNumbersCount(): string {
  const namespace = pidNamespace();
  return namespace === '' || namespace === FIRST_NAMESPACE ? bootId() : `${bootId()}-pid-${namespace}`;
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  } catch {
    return '';
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

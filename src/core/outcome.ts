// How something ends that does not go well, in four kinds that nobody may mix up. This is core's ground floor: everything
// may look here, and it looks at nothing but types.

import type { Fault } from '../shared/fault.ts';

/** What an error means. Whatever is none of the first three is a bug, and goes to the one handler for those. */
export type ErrorKind = 'failure' | 'refusal' | 'cancellation' | 'bug';

/** An expected failure: its message is a sentence for whoever asked, and they can act on it. */
export class Failure extends Error {
  override name = 'Failure';

  /** As which fault programs know it. */
  get fault(): Fault {
    return 'failed';
  }
}

/** An expected failure of a tool: its message is data that the model reads and can act on. */
export class ToolFailure extends Failure {
  override name = 'ToolFailure';
}

/** What a call is about is not there. */
export class Missing extends ToolFailure {
  override name = 'Missing';
}

/** What the action was described from is not what stands there now. */
export class Changed extends ToolFailure {
  override name = 'Changed';
}

/** Something that is not done, whatever is tried, because a rule says so; its message is the reason. */
export class Refusal extends Error {
  override name = 'Refusal';

  get fault(): Fault {
    return 'failed';
  }
}

/** Something ended this from outside, a person or a limit. Not a failure of the tool. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

/** A limit of the run ended this. */
export class LimitReached extends Cancelled {
  override name = 'LimitReached';
}

/** The window, the process or a folder of the run goes away: nobody decided this, and the run can be resumed. */
export class Interruption extends Cancelled {
  override name = 'Interruption';
}

/** No such run in the log. */
export class NoSuchRun extends Failure {
  override name = 'NoSuchRun';
  constructor(run: string, words = 'in the log') {
    super(`There is no run ${run} ${words}.`);
  }
  override get fault(): Fault {
    return 'run';
  }
}

/** Another run holds the folder. */
export class FolderBusy extends Refusal {
  override name = 'FolderBusy';
  override get fault(): Fault {
    return 'busy';
  }
}

/** As which fault programs know an error. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Failure || error instanceof Refusal) return error.fault;
  return kindOfError(error) === 'bug' ? 'bug' : 'failed';
}

export function kindOfError(error: unknown): ErrorKind {
  if (error instanceof Cancelled) return 'cancellation';
  if (error instanceof Refusal) return 'refusal';
  return error instanceof Failure || isOfTheSystem(error) ? 'failure' : 'bug';
}

/** The operating system's own no (a full disk, no permission): it names the call that failed, and says what is wrong. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
}

export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw cancellationOf(signal);
}

/** Why a signal fired, as the cancellation it means. */
export function cancellationOf(signal: AbortSignal): Cancelled {
  return signal.reason instanceof Cancelled ? signal.reason : new Cancelled(reasonText(signal.reason));
}

export function reasonText(reason: unknown): string {
  return reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : 'stopped';
}

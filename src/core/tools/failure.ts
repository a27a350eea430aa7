/** An expected failure of a tool: its message is data that the model reads and can act on. */
export class ToolFailure extends Error {
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

/** The person, or a limit, ended this. Not a failure of the tool. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

/** A limit of the run ended this. */
export class LimitReached extends Cancelled {
  override name = 'LimitReached';
}

/** The window or process goes away: nobody decided this, and the run can be resumed. */
export class Interruption extends Cancelled {
  override name = 'Interruption';
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

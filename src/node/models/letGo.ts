import { cancellationOf } from '../../core/outcome.ts';

// Of waiting for others' code that may never come back: it is let go of, whatever becomes of it.

/** What the work comes to, or why the signal fires, whichever is first. */
export function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : cancellationOf(signal));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** What the work comes to within so many seconds; else it fails with what `late` says. */
export async function inTime<T>(work: Promise<T>, seconds: number, late: () => Error): Promise<T> {
  const stopping = new AbortController();
  const timer = setTimeout(() => {
    stopping.abort(late());
  }, seconds * 1000);
  try {
    return await orStopped(work, stopping.signal);
  } finally {
    clearTimeout(timer);
  }
}

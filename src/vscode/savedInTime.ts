/** What runs before a save (formatters, other extensions) may never end; nobody waits for it longer. */
const MOST_SECONDS = 20;

/** Waits until the editor has saved something. Why it has not, as a sentence's end; undefined where it has. */
export async function savedInTime(saving: PromiseLike<boolean>, signal: AbortSignal): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let stopped: (() => void) | undefined;
  const given = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`the editor was still saving it after ${MOST_SECONDS} seconds, and may do so later`);
    }, MOST_SECONDS * 1000);
    stopped = () => {
      resolve('stopped while the editor was saving it');
    };
    signal.addEventListener('abort', stopped, { once: true });
  });
  try {
    return await Promise.race([saving.then(wordsOf), given]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    if (stopped) signal.removeEventListener('abort', stopped);
  }
}

function wordsOf(isSaved: boolean): string | undefined {
  return isSaved ? undefined : 'the editor did not save it; it says there why';
}

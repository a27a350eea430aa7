import { FolderBusy, type Cancelled } from '../outcome.ts';
import { heldWords } from '../presence/elsewhere.ts';
import type { RunParts } from './runParts.ts';

interface Held {
  /** Somebody else wants the run to end. */
  abort: (why: Cancelled) => Promise<void>;
  /** The work is over, and its folders are still the run's. */
  left: () => Promise<void>;
}

/** Does work while a run's folders are its own, and listens to whoever wants it to end. Throws `FolderBusy` where they are held. */
export async function whileClaimed(
  { store, folders, id, requests }: Pick<RunParts, 'store' | 'folders' | 'id' | 'requests'>,
  { abort, left }: Held,
  work: () => Promise<void>,
): Promise<void> {
  const paths = folders.map(({ path }) => path);
  const claim = await store.claim(paths, id);
  if (!claim.ok) throw new FolderBusy(heldWords(claim));
  const stopListening = requests.listen(id, (why) => {
    abort(why).catch(() => undefined); // told where the work was begun
  });
  try {
    await work();
  } finally {
    stopListening();
    await left();
    await store.release(id).catch(() => undefined);
  }
}

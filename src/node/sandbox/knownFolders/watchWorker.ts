import { parentPort, workerData } from 'node:worker_threads';
import { FolderWatch, type Listing, type WatchLimits } from './folderWatch.ts';

export type WatchRequest =
  | { kind: 'list'; folders: { path: string; fresh: boolean }[] }
  | { kind: 'changes' }
  | { kind: 'forget'; folders: string[] };
export type WatchReply =
  | { kind: 'listed'; listings: Listing[] }
  | { kind: 'changed'; changed: Map<string, Set<string>> }
  | { kind: 'forgotten' }
  | { kind: 'lost'; why: string };

const { roots, marks, limits } = workerData as { roots: string[]; marks: string; limits: WatchLimits };
let folders: FolderWatch | undefined;

async function answered(request: WatchRequest): Promise<WatchReply> {
  try {
    folders ??= new FolderWatch(roots, marks, limits);
    switch (request.kind) {
      case 'list':
        return { kind: 'listed', listings: folders.list(request.folders) };
      case 'changes':
        return { kind: 'changed', changed: await folders.changes() };
      case 'forget':
        folders.forget(request.folders);
        return { kind: 'forgotten' };
    }
  } catch (error) {
    return { kind: 'lost', why: error instanceof Error ? error.message : String(error) };
  }
}

// One after the other, in the order in which they came.
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: WatchRequest) => {
  last = last.then(async () => {
    parentPort?.postMessage(await answered(request));
  });
});

import { parentPort } from 'node:worker_threads';
import type { Entry, PackPlace } from './entry.ts';
import type { TreeStep } from './entry.ts';
import { KeptTree, type TreeLook } from './keptTree.ts';
import { surveyed, type Surveyed } from './foreseen.ts';
import type { ScanLimits } from './scan.ts';

/** Which tree: the folder that is looked at, and where it is kept. */
export interface TreeOf {
  root: string;
  folder: string;
  limits: ScanLimits;
}

/** What the thread is asked, and what it answers. */
export interface TreeCalls {
  survey: { ask: Pick<TreeOf, 'root' | 'limits'>; answer: Surveyed };
  look: { ask: TreeOf & { mayBeginAnew: boolean }; answer: TreeLook };
  keep: { ask: TreeOf & { paths: readonly string[] }; answer: undefined };
  settle: { ask: TreeOf & { ignored: readonly string[] }; answer: TreeStep[] };
  adopt: { ask: TreeOf & { paths: readonly string[] }; answer: undefined };
  deposit: { ask: TreeOf & { file: string; entries: readonly Entry[] }; answer: (PackPlace | undefined)[] };
}
export type TreeCall = keyof TreeCalls;
export type TreeRequest = { [K in TreeCall]: { id: number; call: K } & TreeCalls[K]['ask'] }[TreeCall];
export type TreeReply = { id: number } & ({ answer: unknown } | { problem: string });

const trees = new Map<string, KeptTree>();

function treeOf({ root, folder, limits }: TreeOf): KeptTree {
  const known = trees.get(folder);
  if (known) {
    known.limits = limits;
    return known;
  }
  const made = new KeptTree(root, folder, limits);
  trees.set(folder, made);
  return made;
}

function answered(request: TreeRequest): unknown {
  switch (request.call) {
    case 'survey':
      return surveyed(request.root, request.limits);
    case 'look':
      return treeOf(request).look(request.mayBeginAnew);
    case 'keep':
      treeOf(request).keep(request.paths);
      return undefined;
    case 'settle':
      return treeOf(request).settle(request.ignored);
    case 'adopt':
      treeOf(request).adopt(request.paths);
      return undefined;
    case 'deposit':
      return treeOf(request).deposit(request.file, request.entries);
  }
}

parentPort?.on('message', (request: TreeRequest) => {
  let reply: TreeReply;
  try {
    reply = { id: request.id, answer: answered(request) };
  } catch (error) {
    reply = { id: request.id, problem: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});

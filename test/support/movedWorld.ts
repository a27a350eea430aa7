import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { NodeParts } from '../../src/node/engineParts.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { partsUnder } from './partsUnder.ts';
import { plant, temporaryFolder } from './tree.ts';

/** What one window, or one call of the command line, has. */
export interface Opened {
  engine: Engine;
  node: NodeParts;
  asked: Approval[];
  /** The window goes away: what runs is interrupted. */
  close: () => Promise<void>;
}

/** One account, in whose windows folders are opened one after the other. `at` gives a path in it. */
export async function movedWorld(files: Record<string, string>): Promise<{
  at: (name: string) => string;
  open: (folders: string[], options?: { answers?: boolean }) => Promise<Opened>;
}> {
  const base = await temporaryFolder();
  for (const name of ['data', 'config', 'home']) mkdirSync(join(base, name));
  await plant(join(base, 'w'), files);
  return {
    at: (name) => join(base, 'w', name),
    async open(folders, { answers = true } = {}) {
      const node = await partsUnder(base, { folders });
      const engine = composeEngine(node.parts);
      const asked: Approval[] = [];
      engine.onChange(() => {
        for (const one of engine.view().approvals) {
          if (asked.some(({ id }) => id === one.id)) continue;
          asked.push(one);
          if (answers) queueMicrotask(() => engine.answer(one.id, one.digest, { choice: 'approve' }, IN_EDITOR));
        }
      });
      const close = async (): Promise<void> => {
        await engine.interrupt('The window went away.');
        await node.sandbox.close();
        await node.evidence[Symbol.asyncDispose]();
      };
      onTestFinished(close);
      return { engine, node, asked, close };
    },
  };
}

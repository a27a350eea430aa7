import { exposureNodes, partNodes } from '../core/exposure/nodes.ts';
import { reachNodes, togetherNodes } from '../core/exposure/nodesTogether.ts';
import type { ExposureSource } from '../vscode/exposureTree.ts';
import type { Session } from './session.ts';

/** The entries of the Data Exposure view; without a folder there are none. `destination`: where prompts would go. */
export function exposedParts({ exposure }: Session, destination: string): ExposureSource {
  return {
    parts: async () => (exposure.folder === undefined ? [] : partNodes(await exposure.last())),
    below: async (part) => {
      switch (part) {
        case 'reach':
          return reachNodes(await exposure.reach(destination === '' ? null : destination));
        case 'run': {
          const last = await exposure.last();
          return last ? exposureNodes(await exposure.ofRun(last.run)) : [];
        }
        case 'together':
          return togetherNodes(await exposure.together(), exposure.folder ?? '');
      }
    },
  };
}

import { join } from 'node:path';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import type { LookUp } from '../../src/node/egress/judgedAddress.ts';
import { NO_ENGINE } from './noEngine.ts';
import { nodeParts, type NodeParts } from '../../src/node/engineParts.ts';

interface Under {
  folders: string[];
  /** Beside `PATH`. */
  environment?: Record<string, string> | undefined;
  lookUp?: LookUp | undefined;
}

/** The real parts of an engine over these folders, whose home, data and configuration lie below a folder of their own. */
export function partsUnder(base: string, { folders, environment, lookUp }: Under): Promise<NodeParts> {
  return nodeParts({
    folders,
    environment: {
      PATH: process.env['PATH'],
      ...NO_ENGINE,
      ...environment,
      XDG_DATA_HOME: join(base, 'data'),
      XDG_CONFIG_HOME: join(base, 'config'),
    },
    version: 'test',
    editor: NO_EDITOR,
    home: join(base, 'home'),
    ...(lookUp && { lookUp }),
  });
}

import { createContext } from 'react';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { createFileKnowledge, type FileKnowledge } from '../state/fileKnowledge.ts';

/** What the agent's words need of the panel: its voice to the extension, and what is known of files. */
export interface WordsHost {
  readonly post: (message: FromPanel) => void;
  readonly files: FileKnowledge;
}

const silent = (): void => undefined;

/** Without one nothing can be followed, and no file is known. */
export const WordsHost = createContext<WordsHost>({ post: silent, files: createFileKnowledge(silent) });

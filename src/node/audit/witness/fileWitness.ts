import { constants } from 'node:fs';
import { open, stat, readFile } from 'node:fs/promises';
import type { SeenHead, Witness } from '../../../core/audit/port.ts';
import { headLine, headsOf } from './seenHead.ts';
import { Failure } from '../../../core/outcome.ts';

/** Not waiting where the path is a pipe that nobody reads (open(2)). */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * A file that heads are appended to: on another disk, in a synced folder, or one that even its owner can only append
 * to (chattr +a). Never read while it is written, never rewritten.
 */
export class FileWitness implements Witness {
  readonly name: string;
  #hasWritten = false;

  constructor(file: string) {
    this.name = file;
  }

  async note(head: SeenHead): Promise<void> {
    const file = await open(this.name, APPEND, 0o600);
    try {
      const info = await file.stat();
      if (!info.isFile()) throw new Failure('it is no ordinary file');
      // Whatever another process could not write to its end must not take this line with it.
      await file.appendFile(`${info.size > 0 && !this.#hasWritten ? '\n' : ''}${headLine(head)}`);
      this.#hasWritten = true;
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async heads(): Promise<SeenHead[]> {
    if (!(await stat(this.name)).isFile()) throw new Failure('it is no ordinary file');
    const { heads, strange } = headsOf(await readFile(this.name, 'utf8'));
    if (heads.length === 0 && strange > 0) throw new Failure('the file holds nothing that a witness writes');
    return heads;
  }
}

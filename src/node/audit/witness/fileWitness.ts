import { open, readFile } from 'node:fs/promises';
import type { SeenHead, Witness } from '../../../core/audit/port.ts';
import { headLine, headsOf } from './seenHead.ts';

/**
 * A file that heads are appended to: on another disk, in a synced folder, or one that even its owner can only append
 * to (chattr +a). Never read while it is written, never rewritten.
 */
export class FileWitness implements Witness {
  readonly name: string;

  constructor(file: string) {
    this.name = file;
  }

  async note(head: SeenHead): Promise<void> {
    const file = await open(this.name, 'a', 0o600);
    try {
      await file.appendFile(headLine(head));
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async heads(): Promise<SeenHead[]> {
    const { heads, strange } = headsOf(await readFile(this.name, 'utf8'));
    if (heads.length === 0 && strange > 0) throw new Error('the file holds nothing that a witness writes');
    return heads;
  }
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Diagnostic } from '../../core/policy/layer.ts';

const AcceptedSchema = z.strictObject({
  version: z.literal(1),
  /** Path of a workspace policy to the SHA-256 of the content that was accepted. */
  accepted: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

/** Which workspace policies the user has accepted. */
export interface AcceptedPolicies {
  has(file: string, digest: string): boolean;
  /** The list could not be read: nothing counts as accepted. */
  problem?: Diagnostic;
}

/** The accepted workspace policies of one account, in its data folder (which no tool may touch). */
export class Acceptance {
  readonly file: string;

  constructor(data: string) {
    this.file = join(data, 'accepted-policies.json');
  }

  // Before every call: at once, and not by way of the thread pool.
  load(): AcceptedPolicies {
    try {
      const accepted = this.#read();
      return { has: (file, digest) => Object.hasOwn(accepted, file) && accepted[file] === digest };
    } catch (error) {
      return {
        has: () => false,
        problem: {
          severity: 'warning',
          message: `the list of accepted workspace policies cannot be read (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}), so none counts as accepted; accept them again`,
          file: this.file,
          line: 1,
          column: 1,
        },
      };
    }
  }

  /** Accepts exactly this content of a workspace policy; another content is not accepted by it. */
  async accept(file: string, digest: string): Promise<void> {
    await this.#write({ ...this.#readable(), [file]: digest });
  }

  /** A list that is none is written anew. */
  #readable(): Record<string, string> {
    try {
      return this.#read();
    } catch {
      return {};
    }
  }

  #read(): Record<string, string> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw error;
    }
    return AcceptedSchema.parse(JSON.parse(text)).accepted;
  }

  async #write(accepted: Record<string, string>): Promise<void> {
    const temporary = `${this.file}.${randomUUID()}`;
    await writeFile(temporary, `${JSON.stringify({ version: 1, accepted }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(temporary, this.file);
  }
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Pinned, PinnedPlugins } from '../../core/plugins/port.ts';
import { JsonSchema } from '../../shared/json.ts';

const EntrySchema = z.strictObject({
  /** The workspace folder that it was accepted in, and its name there. */
  folder: z.string(),
  plugin: z.string(),
  pinned: z.strictObject({
    binding: z.string().regex(/^[0-9a-f]{64}$/),
    server: JsonSchema,
    tools: z.record(z.string(), JsonSchema),
  }),
});
const KeptSchema = z.strictObject({ version: z.literal(1), plugins: z.array(EntrySchema) });
type Entry = z.infer<typeof EntrySchema>;

/** What was accepted of plugins by one account, in its data folder (which no tool may touch). */
export class KeptPins implements PinnedPlugins {
  readonly file: string;

  constructor(data: string) {
    this.file = join(data, 'accepted-plugins.json');
  }

  of(folder: string, plugin: string): Pinned | undefined {
    return this.#readable().find((one) => one.folder === folder && one.plugin === plugin)?.pinned;
  }

  async keep(folder: string, plugin: string, pinned: Pinned): Promise<void> {
    await this.#write([...this.#without(folder, plugin), { folder, plugin, pinned }]);
  }

  all(): Entry[] {
    return this.#read();
  }

  async forget(folder: string, plugin: string): Promise<boolean> {
    const left = this.#without(folder, plugin);
    const had = left.length < this.#readable().length;
    if (had) await this.#write(left);
    return had;
  }

  #without(folder: string, plugin: string): Entry[] {
    return this.#readable().filter((one) => one.folder !== folder || one.plugin !== plugin);
  }

  /** Of a list that is none nothing counts as accepted. */
  #readable(): Entry[] {
    try {
      return this.#read();
    } catch {
      return [];
    }
  }

  #read(): Entry[] {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
    return KeptSchema.parse(JSON.parse(text)).plugins;
  }

  async #write(plugins: readonly Entry[]): Promise<void> {
    const temporary = `${this.file}.${randomUUID()}`;
    await writeFile(temporary, `${JSON.stringify({ version: 1, plugins }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(temporary, this.file);
  }
}

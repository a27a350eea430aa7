import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivate } from '../../folders.ts';
import { isAbandoned, ownerText } from '../../process/owner.ts';
import { DockerClient, forEngine } from './client.ts';
import type { Engine } from './engine.ts';

/** On every container and image: whose it is. */
const LABEL = 'dev.oversign.claim';

/** In a claim that its process has done with. */
const LEFT = 'left';

/** Where a claim's engine is, for whoever takes its containers away. */
interface Place {
  file: string;
  host: string;
}

/**
 * Says, on disk and before anything is made, which containers belong to this process: they bear the claim's name. It is
 * taken away after them. What a process that is gone left, the next start takes away; nothing without such a name is
 * ever touched.
 */
export class Claim {
  readonly name = randomUUID();
  readonly client: DockerClient;
  readonly closed: { file: string; folder: string };
  readonly #at: string;

  /** `root`: the folder of all claims, see `openClaim`. */
  constructor(root: string, { file, host }: Place) {
    this.#at = join(root, 'claims', this.name);
    this.closed = { file: join(root, 'closed-file'), folder: join(root, 'closed-folder') };
    this.client = new DockerClient(forEngine(file, host, join(root, 'no-settings')));
    mkdirSync(this.#at, { mode: 0o700 });
    writeFileSync(join(this.#at, 'engine.json'), JSON.stringify({ file, host }), { mode: 0o600 });
    writeFileSync(join(this.#at, 'owner.json'), ownerText(), { mode: 0o600 });
  }

  get labels(): Record<string, string> {
    return { [LABEL]: this.name };
  }

  /** Takes away all that bears its name, and itself; where the engine does not answer, the next sweep does. */
  async end(): Promise<void> {
    if (await removeAll(this.client, this.name)) rmSync(this.#at, { recursive: true, force: true });
    else writeFileSync(join(this.#at, LEFT), '', { mode: 0o600 });
  }
}

/** What claims lie in, and what stands for what is closed: nobody can open it, neither as its owner nor as root without powers. */
export async function openClaim(root: string, engine: Engine): Promise<Claim> {
  for (const folder of [root, join(root, 'claims'), join(root, 'no-settings')]) await makePrivate(folder);
  const [file, folder] = [join(root, 'closed-file'), join(root, 'closed-folder')];
  await writeFile(file, '', { mode: 0o000, flag: 'a' }).catch(() => undefined); // it is there already
  await mkdir(folder, { recursive: true, mode: 0o000 });
  for (const one of [file, folder]) await chmod(one, 0o000);
  return new Claim(root, engine);
}

/** Takes away the containers of processes that are gone, or have done with them. One whose engine does not answer now is tried again at the next start. */
export async function sweepClaims(root: string): Promise<void> {
  for (const name of namesIn(join(root, 'claims'))) {
    const at = join(root, 'claims', name);
    if (!isAbandoned(at) && !existsSync(join(at, LEFT))) continue;
    const place = placeOf(at);
    if (!place)
      rmSync(at, { recursive: true, force: true }); // it had not begun
    else if (await removeAll(new DockerClient(forEngine(place.file, place.host, join(root, 'no-settings'))), name))
      rmSync(at, { recursive: true, force: true });
  }
}

/** Whether nothing of it is left. */
async function removeAll(client: DockerClient, claim: string): Promise<boolean> {
  const left = async (): Promise<string[] | undefined> => {
    const { code, words } = await client.ask([
      'ps',
      '--all',
      '--quiet',
      '--no-trunc',
      '--filter',
      `label=${LABEL}=${claim}`,
    ]);
    return code === 0 ? words.split('\n').filter((id) => /^[0-9a-f]{64}$/.test(id)) : undefined;
  };
  try {
    const ids = await left();
    if (!ids) return false;
    if (ids.length > 0) await client.ask(['rm', '--force', '--volumes', ...ids]);
    if (ids.length > 0 && (await left())?.length !== 0) return false;
    const images = await client.ask(['images', '--quiet', '--filter', `label=${LABEL}=${claim}`]);
    const names = images.words.split('\n').filter((id) => /^[0-9a-f]{12,64}$/.test(id));
    if (names.length > 0) await client.ask(['rmi', ...new Set(names)]); // refused where a container of others uses it
    return true;
  } catch {
    return false; // no client any more
  }
}

function placeOf(at: string): Place | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(join(at, 'engine.json'), 'utf8'));
    if (typeof read !== 'object' || read === null || !('file' in read) || !('host' in read)) return undefined;
    return typeof read.file === 'string' && typeof read.host === 'string'
      ? { file: read.file, host: read.host }
      : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

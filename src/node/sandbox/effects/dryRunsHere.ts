import { statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { canonicalJson } from '../../../shared/json.ts';
import { named, namedList } from '../../../shared/named.ts';
import { endingWords } from '../../../core/sandbox/endingWords.ts';
import type { DryRun, DryRuns, EffectAt, Means } from '../../../core/sandbox/port.ts';
import type { SandboxResult, SandboxSpec } from '../../../core/sandbox/port.ts';
import { throwIfStopped, ToolFailure } from '../../../core/outcome.ts';
import { isInside } from '../../../core/scope/spelling.ts';
import { sha256 } from '../../files/hash.ts';
import { bytesOfPath } from '../../files/rawPath.ts';
import type { CommandCall } from '../commandCall.ts';
import type { Placeholders } from '../placeholders.ts';
import { topmost } from '../survey.ts';
import { applyingArgv, EFFECTS_INSIDE } from './applying.ts';
import { MOST_COPIED } from './copied.ts';
import { runDry, type RanDry } from './dryCommand.ts';
import { tooMuchToCopy } from './making.ts';
import { isLookOfGit } from './gitLooks.ts';
import { layOut, whyNoOverlay } from './overlay.ts';
import { differences, treeAt } from './stood.ts';
import { told, type Told } from './told.ts';
import { openUp, type ViewFolders } from './viewFolders.ts';

interface Parts {
  folders: ViewFolders;
  standIns: Placeholders;
  /** Whether a command is at work that may change the workspace. */
  isBusy(): boolean;
  call(spec: SandboxSpec, signal: AbortSignal): Promise<CommandCall>;
  /** Runs a call that may change the workspace, as every such command runs. */
  change(call: CommandCall): Promise<SandboxResult>;
  means?: readonly Means[];
}

/** By the file systems: whether the kernel mounts an overlay over them. */
const OVERLAYS = new Map<string, boolean>();

const BUSY = 'another command is at work in this workspace; try again when it has ended';

/** Effects first, with bubblewrap: the cage of a command over a view of its folders (see core/sandbox/port.ts). */
export class DryRunsHere implements DryRuns {
  readonly #parts: Parts;
  readonly #means: readonly Means[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#means = parts.means ?? ['overlay', 'copy'];
  }

  async whyNot({ folders }: SandboxSpec): Promise<string | undefined> {
    const roots = topmost(folders);
    if (this.#means.includes('overlay') && (await this.#hasOverlay(roots))) return undefined;
    if (!this.#means.includes('copy')) return 'the kernel mounts no overlay here';
    let bytes = 0;
    for (const root of roots) {
      const tree = await treeAt(root, () => false);
      if (!tree) return 'the workspace holds too much to be copied, and the kernel mounts no overlay here';
      bytes += tree.bytes;
    }
    return bytes > MOST_COPIED ? `the kernel mounts no overlay here, and ${tooMuchToCopy(bytes)}` : undefined;
  }

  async run(spec: SandboxSpec, signal: AbortSignal): Promise<DryRun> {
    if (this.#parts.isBusy()) throw new ToolFailure(BUSY);
    const folder = await this.#parts.folders.make();
    let call: CommandCall | undefined;
    try {
      call = await this.#parts.call(spec, signal);
      const ran = await runDry({ call, folder, standIns: this.#parts.standIns, means: this.#means });
      await openUp(folder); // what the command closed is read as well; its modes are known by now
      const found: Told[] = [];
      for (const [index, one] of (ran.found ?? []).entries()) {
        const place = ran.places[index];
        if (place) found.push(await told(place, one, (path) => ran.setBack.has(path)));
      }
      throwIfStopped(signal);
      return new RanHere(this.#parts, { folder, spec, ran, found });
    } catch (error) {
      await this.#parts.folders.remove(folder);
      throw error;
    } finally {
      call?.around.lent.giveBack();
    }
  }

  async #hasOverlay(roots: readonly string[]): Promise<boolean> {
    const folder = await this.#parts.folders.make();
    try {
      const key = JSON.stringify([folder, ...roots].map((path) => String(statSync(path).dev)));
      const known = OVERLAYS.get(key);
      if (known !== undefined) return known;
      layOut(folder, roots);
      const has = (await whyNoOverlay(folder, roots.length)) === undefined;
      OVERLAYS.set(key, has);
      return has;
    } finally {
      await this.#parts.folders.remove(folder);
    }
  }
}

interface Ran {
  folder: string;
  spec: SandboxSpec;
  ran: RanDry;
  found: readonly Told[];
}

class RanHere implements DryRun {
  readonly result: SandboxResult;
  readonly means: Means;
  readonly changes: readonly EffectAt[];
  readonly touched: number;
  readonly leftOut: readonly string[];
  readonly digest: string;
  readonly obstacle: string | undefined;
  readonly #parts: Parts;
  readonly #ran: Ran;

  constructor(parts: Parts, ran: Ran) {
    this.#parts = parts;
    this.#ran = ran;
    this.result = ran.ran.result;
    this.means = ran.ran.means;
    this.changes = ran.found.flatMap(({ changes }) => changes).sort((a, b) => (a.path < b.path ? -1 : 1));
    this.touched = ran.found.reduce((sum, one) => sum + one.touched, 0);
    this.leftOut = ran.found.flatMap(({ leftOut }) => leftOut);
    this.digest = sha256(canonicalJson(this.changes));
    this.obstacle = obstacleOf(ran, this.changes);
  }

  async content(path: string, side: 'before' | 'after', most: number): Promise<Uint8Array | undefined> {
    const at = this.#at(path, side);
    if (at === undefined || (await stat(bytesOfPath(at)).catch(() => undefined))?.isFile() !== true) return undefined;
    const file = await open(bytesOfPath(at), 'r');
    try {
      const bytes = Buffer.alloc(most + 1);
      let length = 0;
      for (let more = 1; more > 0 && length <= most; length += more)
        ({ bytesRead: more } = await file.read(bytes, length, most + 1 - length, length));
      return length > most ? undefined : bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  }

  async changedUnderneath(): Promise<string[]> {
    const changed: string[] = [];
    for (const [index, { path, lower, before, indexes, isPassedOver }] of this.#ran.ran.places.entries()) {
      await this.#parts.standIns.look();
      const now = await treeAt(lower, isPassedOver);
      if (!now) return [path];
      const touched = (this.#ran.found[index]?.steps ?? []).map(({ below }) => below);
      const others = differences(before, now).filter((below) => !isLookOfGit(below, { lower, indexes, touched }));
      changed.push(...others.map((below) => `${path}/${below}`));
    }
    return changed;
  }

  async apply(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxResult> {
    if (this.obstacle !== undefined) throw new ToolFailure(this.obstacle);
    if (this.#parts.isBusy()) throw new ToolFailure(BUSY);
    const { folder, ran, found } = this.#ran;
    const places = ran.places.map(({ path, lower }, index) => ({
      ...{ path, lower, root: ran.found?.[index]?.root ?? '', steps: found[index]?.steps ?? [] },
    }));
    const call = await this.#parts.call(
      {
        ...spec,
        view: { kind: 'in-place' },
        launch: { ...spec.launch, cwd: '/', environment: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } },
      },
      signal,
    );
    try {
      // The run's /tmp of then may be gone: what was changed in there is gone with it.
      const { scratch } = call.around.lent;
      const isThere = ({ lower, path }: { lower: string; path: string }): boolean =>
        spec.folders.includes(path) || lower === scratch?.temporary || lower === scratch?.home;
      const argv = applyingArgv(folder, places.filter(isThere));
      const changed = await this.changedUnderneath();
      if (changed.length > 0) throw new ToolFailure(changedWords(changed));
      return await this.#parts.change({
        ...call,
        spec: { ...call.spec, launch: { ...call.spec.launch, argv } },
        around: {
          ...call.around,
          copies: [...call.around.copies, { path: EFFECTS_INSIDE, source: folder }],
        },
      });
    } finally {
      call.around.lent.giveBack();
    }
  }

  async dispose(): Promise<void> {
    await this.#parts.folders.remove(this.#ran.folder).catch(() => undefined); // then the next start does
  }

  #at(path: string, side: 'before' | 'after'): string | undefined {
    const { places, found } = this.#ran.ran;
    const index = places.findIndex((place) => isInside(place.path, path));
    const [place, one] = [places[index], found?.[index]];
    if (!place || !one) return undefined;
    return `${side === 'before' ? place.lower : one.root}${path.slice(place.path.length)}`;
  }
}

export function changedWords(changed: readonly string[]): string {
  return `${namedList(changed, 3)} changed since the effects were shown`;
}

/** Why nothing of it can be taken over. */
function obstacleOf({ ran, spec, found }: Ran, changes: readonly EffectAt[]): string | undefined {
  if (ran.found === undefined) return 'it left too many entries to be looked through';
  const { ending } = ran.result;
  if (ending.kind !== 'exited') return `it did not end by itself: ${endingWords(ending).replace(/^\[|\]$/g, '')}`;
  const denied = changes.find(({ path }) => spec.isDenied(path) || spec.isHidden(path));
  if (denied) return `it changes ${named(denied.path)}, which your policy denies`;
  const bytes = found.reduce((sum, one) => sum + one.steps.reduce((all, { will }) => all + (will?.size ?? 0), 0), 0);
  return bytes > spec.limits.diskBytes ? 'it writes more than sandbox.disk allows' : undefined;
}

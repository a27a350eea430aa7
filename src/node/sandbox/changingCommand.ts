import type { Sandbox, SandboxResult } from '../../core/sandbox/port.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import { planWorkspace } from './cage.ts';
import { cageFor, surveyBefore, type CommandCall } from './commandCall.ts';
import { commitQuestions } from './commitQuestions.ts';
import { CommittedControls } from './committedControls.ts';
import { entryAt, identityAt } from './entries.ts';
import { FolderModes } from './folderModes.ts';
import { gitAround } from './gitAround.ts';
import type { KeptSurveys } from './keptSurvey.ts';
import type { LooksAfter } from './looksAfter.ts';
import type { Placeholders } from './placeholders.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import type { Found } from './repositories.ts';
import { survey, type Survey } from './survey.ts';
import { runWatched } from './watchedCommand.ts';

interface RunningCall {
  roots: readonly string[];
  before: ReadonlySet<string>;
}

export interface ChangingParts {
  placeholders: Placeholders;
  looksAfter: LooksAfter;
  /** For whoever starts next, should this process be gone before it has looked at what a command left. */
  kept: KeptSurveys;
  /** The run that is at work. */
  run(): string | undefined;
  /** Where git is asked about what a command left; it does not wait for the look that asks. */
  asking: Sandbox;
}

/**
 * Commands that may change the workspace: what decides what runs later is covered before, and what appeared under such
 * a name is taken away after. They may run side by side.
 */
export class ChangingCommands {
  readonly #parts: ChangingParts;
  readonly #running = new Set<RunningCall>();
  readonly #modes = new FolderModes();

  constructor(parts: ChangingParts) {
    this.#parts = parts;
  }

  async run(call: CommandCall): Promise<SandboxResult> {
    const { placeholders: standInsOfAll, looksAfter } = this.#parts;
    const { spec, folders } = call;
    const others = [...this.#running];
    await standInsOfAll.look();
    const found = await surveyBefore(call);
    const entries = await this.#ownEntries(found);
    // What another call made counts as new for this one too, or two calls could vouch for each other.
    others.push(...this.#running);
    const running: RunningCall = {
      roots: spec.folders,
      before: new Set(entries.filter((path) => others.every((other) => !madeDuring(other, path)))),
    };
    const isStandIn = (path: string): boolean => standInsOfAll.has(path);
    const committed = await CommittedControls.seen(repositoriesOf(found, isStandIn), (path) => spec.isProtected(path));
    const git = await gitAround(spec, folders, isStandIn);
    const { placeholders, ...workspace } = await planWorkspace(spec.folders, found, {
      ...git,
      exists: (path) => entryAt(path) !== undefined,
      isStandIn,
    });
    this.#running.add(running);
    let isLeft = true;
    let kept: Awaited<ReturnType<KeptSurveys['keep']>> | undefined;
    try {
      const cover = await standInsOfAll.cover(placeholders, workspace.readOnly);
      const { standIns } = cover;
      const covered = identities([...standIns]);
      const hiddenFiles = [...workspace.hiddenFiles, ...git.hidden];
      const cage = cageFor(call, { ...workspace, shown: git.shown, hiddenFiles });
      kept = await this.#keep(found, spec.folders, { before: running.before, covered });
      const modes = this.#modes.keep([...workspace.writable, ...workspace.pinned]);
      const restored: string[] = [];
      const result = await runWatched(call, cage, found).finally(() => {
        restored.push(...modes.restore());
        return cover.uncover();
      });
      await standInsOfAll.look(); // others may have made some meanwhile
      // A stand-in that is still the same one was out of reach all the time: what is in it is the user's.
      const same = identities([...covered.keys()]);
      const isNew = (path: string): boolean =>
        (!running.before.has(path) || standIns.has(path)) && (!same.has(path) || same.get(path) !== covered.get(path));
      isLeft = false;
      const look = this.#setAside(call, { found, isNew, committed })
        .then((sentences) => {
          kept?.forget();
          return sentences;
        })
        .finally(() => {
          kept?.leave();
          this.#running.delete(running);
        });
      const { quarantined, notes } = await looksAfter.wait(look);
      return { ...result, quarantined, notes: [...git.notes, ...restored, ...notes] };
    } finally {
      if (isLeft) {
        this.#running.delete(running);
        kept?.leave(); // it may have run
      }
    }
  }

  /** What of the workspace is as it should be, on disk: see keptSurvey.ts. */
  #keep(
    found: Survey,
    folders: readonly string[],
    { before, covered }: { before: ReadonlySet<string>; covered: ReadonlyMap<string, string> },
  ): ReturnType<KeptSurveys['keep']> {
    const run = this.#parts.run();
    return this.#parts.kept.keep({
      ...(run !== undefined && { run }),
      folders: [...folders],
      before: [...before],
      closed: found.closedFolders,
      denied: found.deniedFolders,
      covered: [...covered],
    });
  }

  /** Looks at what a command left, and takes away what appeared and would run later. */
  async #setAside(
    { spec, folders }: CommandCall,
    before: { found: Survey; isNew: (path: string) => boolean; committed: CommittedControls },
  ): Promise<string[]> {
    const { found, isNew, committed } = before;
    const closedBefore = new Set(found.closedFolders);
    const left = await survey(spec.folders, spec, { closedBefore, deniedBefore: new Set(found.deniedFolders) });
    // What cannot be looked into although it was opened may hold anything: it goes as a whole.
    const after = [...(await this.#ownEntries(left)), ...left.closedFolders.filter((path) => !closedBefore.has(path))];
    const taken = after.filter(isNew);
    return [
      ...(await quarantine(taken, folders.data)),
      ...(await committed.putBack(commitQuestions(this.#parts.asking, spec), folders.data, taken)),
    ];
  }

  /** The entries that decide what runs later, without the stand-ins of running calls. */
  async #ownEntries(found: Survey): Promise<string[]> {
    return (await controlEntries(found)).filter((path) => !this.#parts.placeholders.has(path));
  }
}

function repositoriesOf(found: Survey, isStandIn: (path: string) => boolean): Found[] {
  return found.gitFolders
    .filter((gitFolder) => !isStandIn(gitFolder))
    .map((gitFolder) => ({ gitFolder, worktree: parentOf(gitFolder) }));
}

function madeDuring(call: RunningCall, path: string): boolean {
  return call.roots.some((root) => isInside(root, path)) && !call.before.has(path);
}

/** Which file system object is at each path, where there is one. */
function identities(paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const identity = identityAt(path);
    if (identity !== undefined) found.set(path, identity);
  }
  return found;
}

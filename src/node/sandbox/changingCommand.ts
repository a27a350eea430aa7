import type { Sandbox, SandboxResult } from '../../core/sandbox/port.ts';
import { isInside, parentOf } from '../../core/scope/spelling.ts';
import { Cancelled } from '../../core/outcome.ts';
import { isAsAsked, toAsk } from './appeared.ts';
import { planWorkspace } from './cage.ts';
import { cageFor, surveyBefore, type CommandCall } from './commandCall.ts';
import { commitQuestions } from './commitQuestions.ts';
import { CommittedControls } from './committedControls.ts';
import { entryAt, identityAt } from './entries.ts';
import type { FolderModes } from './folderModes.ts';
import { gitAround } from './gitAround.ts';
import { lockWords } from './gitLocks.ts';
import { putBackLinks, type HeldLink } from './heldLinks.ts';
import type { KeptSurveys } from './keptSurvey.ts';
import type { LookedAfter, LooksAfter } from './looksAfter.ts';
import { heldNow } from './heldNow.ts';
import { HeldRoots, type MovedRoots } from './movedRoots.ts';
import { isPlainPart } from './plainRepository.ts';
import type { Placeholders } from './placeholders.ts';
import { controlEntries, quarantine } from './quarantine.ts';
import type { Found } from './repositories.ts';
import { canBeMade, takeAway } from './standIn.ts';
import { StillTimes } from './stillTimes.ts';
import type { Survey } from './survey.ts';
import { runWatched } from './watchedCommand.ts';
import { WhoWrote, type Writer } from './whoWrote.ts';

interface RunningCall extends Writer {
  before: Set<string>;
  /** Those that ran at the same time, for a while at least. */
  beside: Set<RunningCall>;
}

/** What is known of how it was before a command, and where its folders are now. */
interface AsBefore {
  found: Survey;
  /** Of a path of before. */
  isNew: (path: string) => boolean;
  committed: CommittedControls;
  who: WhoWrote;
  at: MovedRoots;
  links: readonly HeldLink[];
}

/** What is kept on disk while a command runs, beside its survey. */
interface KeptNow {
  before: ReadonlySet<string>;
  covered: ReadonlyMap<string, string>;
  committed: CommittedControls;
}

export interface ChangingParts {
  modes: FolderModes;
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

  constructor(parts: ChangingParts) {
    this.#parts = parts;
  }

  get isAtWork(): boolean {
    return this.#running.size > 0;
  }

  async run(call: CommandCall): Promise<SandboxResult> {
    using roots = new HeldRoots(call.spec.folders);
    return await this.#run(call, roots);
  }

  async #run(call: CommandCall, roots: HeldRoots): Promise<SandboxResult> {
    const { placeholders: standInsOfAll, looksAfter, modes: modesOfAll } = this.#parts;
    const { spec } = call;
    const others = [...this.#running];
    const still = new StillTimes();
    await standInsOfAll.look();
    await modesOfAll.recover(); // what is closed to its owner cannot be looked into
    const found = await surveyBefore(call);
    const entries = await this.#ownEntries(found);
    // What another call made counts as new for this one too, or two calls could vouch for each other.
    others.push(...this.#running);
    const running: RunningCall = {
      roots: spec.folders,
      still,
      beside: new Set(others),
      before: new Set(entries.filter((path) => others.every((other) => !madeDuring(other, path)))),
    };
    const isStandIn = (path: string): boolean => standInsOfAll.has(path);
    const committed = await CommittedControls.seen(repositoriesOf(found, isStandIn), spec);
    const git = await gitAround(spec, call, isStandIn);
    const {
      placeholders,
      heldLinks: links,
      ...workspace
    } = await planWorkspace(spec.folders, found, {
      ...git,
      outside: [...git.outside, ...call.around.repositories],
      exists: (path) => entryAt(path) !== undefined,
      isStandIn,
      canBeMade,
      held: heldNow(spec),
    });
    // A link counts as there before while it is the same one.
    for (const { path } of links) running.before.delete(path);
    for (const other of this.#running) {
      running.beside.add(other);
      other.beside.add(running);
    }
    this.#running.add(running);
    let isLeft = true;
    let kept: Awaited<ReturnType<KeptSurveys['keep']>> | undefined;
    try {
      const cover = await standInsOfAll.cover(placeholders, workspace.readOnly);
      const { standIns } = cover;
      const covered = identities([...standIns, ...links.map(({ path }) => path)]);
      const hiddenFiles = [...workspace.hiddenFiles, ...git.hidden];
      const cage = cageFor(call, { ...workspace, shown: git.shown, hiddenFiles });
      kept = await this.#keep(found, roots, { before: running.before, covered, committed });
      const restored: string[] = [];
      const ran = async (): Promise<SandboxResult> => {
        // One workspace folder may lie in another one.
        const modes = await modesOfAll.keep([...workspace.writable, ...spec.folders, ...workspace.pinned]);
        return runWatched(call, cage, found, { still, standIns, links }).finally(() =>
          restored.push(...modes.restore()),
        );
      };
      const result = await ran().finally(() => cover.uncover());
      await standInsOfAll.look(); // others may have made some meanwhile
      // A stand-in that is still the same one was out of reach all the time: what is in it is the user's.
      const at = roots.now();
      const same = identities([...covered.keys()], (path) => at.there(path));
      const isNew = (path: string): boolean =>
        (!running.before.has(path) || standIns.has(path)) && (!same.has(path) || same.get(path) !== covered.get(path));
      isLeft = false;
      // Whatever is made in a moved folder goes where it was moved; what stands in its place is not looked at.
      if (at.moved.length > 0)
        for (const one of placeholders.toReversed())
          if (standIns.has(one.path)) takeAway({ ...one, path: at.there(one.path) });
      const writers = [running, ...running.beside];
      const who = new WhoWrote(writers.map((one) => ({ ...one, roots: one.roots.map((root) => at.there(root)) })));
      const asking = { now: false };
      const look = this.#setAside(call, { found, isNew, committed, who, at, links }, asking)
        .then((sentences) => {
          kept?.forget();
          return sentences;
        })
        .finally(() => {
          kept?.leave();
          this.#running.delete(running);
        });
      const { quarantined, notes } = await looksAfter.wait(look, () => asking.now);
      return {
        ...result,
        quarantined,
        notes: [...git.notes, ...call.around.notes, ...result.notes, ...restored, ...notes],
      };
    } finally {
      if (isLeft) {
        this.#running.delete(running);
        kept?.leave(); // it may have run
      }
    }
  }

  /** What of the workspace is as it should be, on disk: see keptSurvey.ts. */
  #keep(found: Survey, roots: HeldRoots, { before, covered, committed }: KeptNow): ReturnType<KeptSurveys['keep']> {
    const run = this.#parts.run();
    return this.#parts.kept.keep({
      ...(run !== undefined && { run }),
      folders: roots.identities().map(([folder]) => folder),
      identities: roots.identities(),
      before: [...before],
      closed: found.closedFolders,
      denied: found.deniedFolders,
      covered: [...covered],
      repositories: committed.before,
    });
  }

  /**
   * Looks at what a command left, and takes away what appeared and would run later, unless others made it. Where that is
   * not known a person is asked; `asking` says when.
   */
  async #setAside(call: CommandCall, before: AsBefore, asking: { now: boolean }): Promise<LookedAfter> {
    const { spec, folders, known } = call;
    const { found, isNew, committed, who, at, links } = before;
    const there = (paths: readonly string[]): Set<string> => new Set(paths.map((path) => at.there(path)));
    const closedBefore = there(found.closedFolders);
    const deniedBefore = there(found.deniedFolders);
    // What was moved meanwhile is looked through whole.
    const rules = { ...at.rules(spec), key: at.moved.length > 0 ? undefined : spec.rulesKey };
    const left = await known.survey({ roots: at.folders, rules, when: { closedBefore, deniedBefore } });
    // What cannot be looked into although it was opened may hold anything: it goes as a whole.
    const after = [...(await this.#ownEntries(left)), ...left.closedFolders.filter((path) => !closedBefore.has(path))];
    const taken: string[] = [];
    const notes: string[] = [];
    for (const path of after.filter((one) => isNew(at.back(one))))
      if (await who.isOfOthers(path))
        notes.push(`${appeared(path)}; the command did not make it, and it is left as it is`);
      else if (isPlainPart(path, at.folders))
        notes.push(`${appeared(path)}; it makes git run nothing, and it is left as it is`);
      else taken.push(path);
    // Of folders that are elsewhere by now the run ends: nobody is asked about what is in them.
    const { theirs, failure } = await ofPersons(call, at.moved.length > 0 ? [] : taken, asking);
    for (const path of theirs)
      notes.push(`${appeared(path)}; the user says that they made it, and it is left as it is`);
    const others = taken.filter((path) => !theirs.has(path));
    const quarantined = await quarantine(others, folders.data);
    if (failure !== undefined) throw failure;
    const isFound = ({ path }: HeldLink): boolean => at.folders.some((root) => isInside(root, path));
    const putBack = (): string[] =>
      putBackLinks(links.map((link) => ({ ...link, path: at.there(link.path) })).filter(isFound));
    if (at.moved.length > 0)
      return { quarantined: [...quarantined, ...at.moved.map(movedWords)], notes: [...notes, ...putBack()] };
    const back = await committed.putBack(commitQuestions(this.#parts.asking, spec), folders.data, {
      taken: others,
      who,
    });
    for (const path of committed.locksSince()) if (!who.isChangeOfOthers(path)) notes.push(lockWords(path));
    return { quarantined: [...quarantined, ...back.putBack], notes: [...notes, ...putBack()] };
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

function appeared(path: string): string {
  return `${path.toWellFormed()} appeared while the command ran`;
}

function movedWords([was, now]: [string, string | undefined]): string {
  return now === undefined
    ? `[${was.toWellFormed()} was moved or removed while the command ran, and is not found: what the command left there was not looked through]`
    : `[${was.toWellFormed()} was moved to ${now.toWellFormed()} while the command ran: what it committed there was not looked through; do so before you check anything out]`;
}

function madeDuring(call: RunningCall, path: string): boolean {
  return call.roots.some((root) => isInside(root, path)) && !call.before.has(path);
}

/**
 * What a person, who is asked, says is theirs, and is still what they were asked about. Whatever fails, what appeared is
 * set aside first.
 */
async function ofPersons(
  { spec, signal }: CommandCall,
  taken: readonly string[],
  asking: { now: boolean },
): Promise<{ theirs: ReadonlySet<string>; failure?: Error }> {
  const theirs = new Set<string>();
  if (!spec.whose || signal.aborted || taken.length === 0) return { theirs };
  try {
    asking.now = true;
    const asked = await toAsk(taken);
    if (asked.appeared.length === 0) return { theirs };
    for (const path of await spec.whose(asked.appeared)) if (await isAsAsked(path, asked)) theirs.add(path);
    return { theirs };
  } catch (error) {
    if (error instanceof Cancelled) return { theirs: new Set() };
    return { theirs: new Set(), failure: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    asking.now = false;
  }
}

/** Which file system object is at each path, where there is one. */
function identities(paths: readonly string[], there = (path: string): string => path): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const identity = identityAt(there(path));
    if (identity !== undefined) found.set(path, identity);
  }
  return found;
}

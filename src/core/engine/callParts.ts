import type { FolderMark } from '../../shared/folderMark.ts';
import type { Clock } from '../clock.ts';
import type { Checkpoints } from '../checkpoint/port.ts';
import type { ScriptWatch } from '../flow/scriptWatch.ts';
import { Failure, Interruption } from '../outcome.ts';
import type { OutputRoom } from '../outputs/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { stricterOf } from '../policy/restrict.ts';
import { scopeOf } from '../policy/scopeOf.ts';
import type { WayInForce } from '../../shared/way.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { FilesInEditor } from '../editor/filesInEditor.ts';
import type { OpenFiles } from '../editor/openFiles.ts';
import type { Editor } from '../editor/port.ts';
import type { DatabasePasswords } from '../database/passwords.ts';
import type { PostgresPort } from '../database/postgres.ts';
import type { SqlitePort } from '../database/sqlite.ts';
import type { HttpPort } from '../egress/http.ts';
import type { SecretValues } from '../secrets/namedSecret.ts';
import type { Files, VersionControl } from '../scope/files.ts';
import { stateOf, type FolderPlaces } from '../scope/folderPlaces.ts';
import type { FolderNames } from '../../shared/folderLabels.ts';
import type { Scope } from '../scope/scope.ts';
import type { Sandbox, Sandboxes } from '../sandbox/port.ts';
import type { ToolPorts } from '../tools/ports.ts';
import type { CallParts } from '../tools/callRun.ts';
import { GoingOn } from '../tools/goingOn.ts';
import type { PluginPort } from '../plugins/port.ts';
import { RunPlugins } from '../tools/plugins/runPlugins.ts';
import { RunOutputs } from '../tools/outputs/runOutputs.ts';
import { builtInTools } from '../tools/table.ts';
import type { Encodings } from '../text/encodings.ts';
import type { Pages } from '../egress/pages.ts';
import type { TextSearch } from '../tools/textSearch.ts';
import { toolboxOf } from '../tools/toolbox.ts';
import { maskVariables } from './maskedVariables.ts';
import type { PolicyInForce } from './policyInForce.ts';

/** The ports that tools and the gate before them work through. */
export interface CallPorts {
  roots: string[];
  rootNames?: FolderNames;
  home: string;
  own: readonly string[];
  files(scope: () => Scope): Files;
  folderPlaces: FolderPlaces;
  textSearch: TextSearch;
  encodings: Encodings;
  /** Requests of tools to other machines. */
  http: HttpPort;
  /** Where values of the secrets are kept that the policy names. */
  secretValues: SecretValues;
  /** Makes web pages readable. */
  pages: Pages;
  /** SQLite files of the workspace, asked in the sandbox. */
  sqlite: SqlitePort;
  /** Databases that the policy names, through the egress door. */
  postgres: PostgresPort;
  databasePasswords: DatabasePasswords;
  /** Talks to plugins, says what their programs are, and keeps what was accepted of them. */
  plugins: PluginPort;
  /** Where the outputs of a run's commands are kept. */
  outputs(run: string): OutputRoom;
  clock: Clock;
  sandbox: Sandboxes;
  /** Commands without any sandbox, for policies that want that. */
  outside: Sandbox;
  checkpoints: Checkpoints;
  versionControl(scope: () => Scope): VersionControl;
  /** What of files is open where a person works, and unsaved. */
  editor: Editor;
  /** The process environment: a source of values to mask. Passed on is of it only what the policy names. */
  environment: Record<string, string | undefined>;
  hash: (data: string | Uint8Array) => string;
}

/** Where runs work: the first folder of the workspace. */
export function workingFolder([folder]: readonly string[]): string {
  if (folder === undefined) throw new Failure('There is no workspace folder. Open one first.');
  return folder;
}

/** What is of one run alone. */
export interface RunOwn {
  id: string;
  folder: string;
  /** Where the model's prompts go now, in words. */
  goesTo(): string;
  /** Whether it takes images; without this it does not. */
  takesImages?(): boolean;
  scriptWatch: ScriptWatch;
  /**
   * The policy that the run began with: what is loosened meanwhile counts from the next one. Without it, it begins with its
   * first call.
   */
  start?: EffectivePolicy;
  /** The folders that it began in: nothing goes on in others that came to stand there. */
  folders?: readonly FolderMark[];
  /** The way in which it works, under a policy; without this, as that says. */
  way?(policy: EffectivePolicy): Promise<WayInForce> | WayInForce;
  /** The way to the person; without it nobody is there. */
  talk?: Pick<ToolPorts, 'askPerson' | 'showPlan'>;
  /** Told of the policy that is in force for a call, before the call is decided. */
  note?(policy: EffectivePolicy): Promise<void>;
}

/** What the calls of one engine have in common. */
export interface Shared {
  policy: PolicyInForce;
  redactor: Redactor;
  openFiles: OpenFiles;
}

/** The tools of a run, and the way to what is in force for each of its calls: the policy that it began with, or what is stricter by then. */
export function callPartsOf(run: RunOwn, ports: CallPorts, { policy, redactor, openFiles }: Shared): CallParts {
  const { sandbox, outside, checkpoints, textSearch, encodings, http, secretValues, pages, hash } = ports;
  const { sqlite, postgres, databasePasswords } = ports;
  const { folder, scriptWatch } = run;
  const runners = { sandbox, outside };
  let { start } = run;
  // No tool sees this one: before each call it is replaced.
  let scope = start && scopeOf(start, ports.roots, ports.home, ports.own, ports.rootNames);
  const inScope = (): Scope => {
    if (!scope) throw new Error('nothing is looked at before the first call');
    return scope;
  };
  const files = new FilesInEditor(ports.files(inScope), { openFiles, hash });
  const versionControl = ports.versionControl(inScope);
  const plugins = new RunPlugins(ports.plugins, redactor, hash);
  const tools = builtInTools({
    ...{ folder, goesTo: () => run.goesTo(), takesImages: () => run.takesImages?.() === true, scriptWatch, redactor },
    ...{ runners, versionControl, textSearch, encodings, http, secretValues, pages, languages: ports.editor.languages },
    variable: (name) => (Object.hasOwn(ports.environment, name) ? ports.environment[name] : undefined),
    ...{ sqlite, postgres, databasePasswords, hash },
    plugins,
    outputs: new RunOutputs(ports.outputs(run.id), ports.clock),
    foresee: (paths) => checkpoints.foresee(run.id, paths),
    foreseeAnything: (place) => checkpoints.foreseeAnything(place),
    ...(run.talk ?? NOBODY),
  });
  return {
    toolbox: toolboxOf(tools, () => plugins.tools),
    files,
    runners,
    checkpoints,
    openFiles,
    goingOn: new GoingOn(),
    hash,
    refresh: async () => {
      await assertInPlace(run.folders ?? [], ports.folderPlaces);
      await redactor.loadRules();
      const now = await policy.read();
      await run.note?.(now);
      const inForce = await policy.ready(stricterOf((start ??= now), now));
      scope = inForce.scope;
      await openFiles.noteWhereTheyLead(); // before this call can change that
      maskVariables(redactor, ports.environment, inForce.policy);
      return run.way ? { ...inForce, way: await run.way(inForce.policy) } : inForce;
    },
  };
}

const NOBODY: NonNullable<RunOwn['talk']> = {
  askPerson: () => Promise.resolve({ reply: {}, from: { by: 'nobody', at: 'terminal' } }),
  showPlan: () => undefined,
};

/** The workspace folders as they stand now; throws where one of them does not. */
export async function markedFolders({
  roots,
  folderPlaces,
}: Pick<CallPorts, 'roots' | 'folderPlaces'>): Promise<FolderMark[]> {
  return Promise.all(
    roots.map(async (path) => {
      const mark = await folderPlaces.mark(path);
      if (!mark) throw new Failure(`The folder ${path} is not there any more.`);
      return mark;
    }),
  );
}

/** Rules and approvals are for the folders that a run began in: without one of them it ends, and waits to be resumed. */
async function assertInPlace(folders: readonly FolderMark[], places: FolderPlaces): Promise<void> {
  for (const folder of folders) {
    const state = await stateOf(folder, places);
    if (state === 'gone')
      throw new Interruption(`The folder ${folder.path} is not there any more: it was moved, renamed or removed.`);
    if (state === 'other') throw new Interruption(`Another folder stands at ${folder.path} than when the run began.`);
  }
}

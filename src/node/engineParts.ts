import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { EngineParts } from '../compose.ts';
import type { Answerer } from '../core/briefing/port.ts';
import { ALWAYS_THERE, type Presence } from '../core/presence/presence.ts';
import { WITHOUT_TERMINAL, type PlaceOf } from '../shared/answered.ts';
import type { FolderNames } from '../shared/folderLabels.ts';
import { isInside } from '../core/scope/spelling.ts';
import type { Editor } from '../core/editor/port.ts';
import { duringRun } from '../core/sandbox/life.ts';
import type { OpenSandboxes } from '../core/sandbox/port.ts';
import type { Witness } from '../core/audit/port.ts';
import { AuditClient } from './audit/auditClient.ts';
import { Evidence } from './audit/evidence.ts';
import { SharedRunRequests } from './runs/runRequests.ts';
import { machineFacts } from './machineFacts.ts';
import { BlobCheckpoints } from './checkpoint/blobCheckpoints.ts';
import { folderPlaces } from './files/folderPlaces.ts';
import { KeptFor } from './checkpoint/keptFor.ts';
import { KeptOutputs } from './outputs/keptOutputs.ts';
import { KeptVersions } from './checkpoint/keptVersions.ts';
import type { SpelledFolder } from './files/ownSpelling.ts';
import { GuessedEncodings } from './files/encodings.ts';
import { RootedFiles } from './files/rootedFiles.ts';
import { UnfinishedWrites } from './files/unfinishedWrites.ts';
import { ThreadSearch } from './search/threadSearch.ts';
import type { DatabasePasswords } from '../core/database/passwords.ts';
import { PostgresServers } from './database/postgresServer.ts';
import { SqliteInSandbox } from './database/sqliteInSandbox.ts';
import { HttpRequests } from './egress/httpRequests.ts';
import { ChildPages } from './web/childPages.ts';
import type { LookUp } from './egress/judgedAddress.ts';
import { sha256 } from './files/hash.ts';
import { realPaths } from './files/realPath.ts';
import { policyLook } from './policy/policyLook.ts';
import { makePrivate, ownFolders, type OwnFolders } from './folders.ts';
import { account } from './account.ts';
import { Acceptance } from './policy/acceptance.ts';
import { organizationPolicy, PolicyFiles } from './policy/policyFiles.ts';
import { privacyNow } from './policy/privacyNow.ts';
import { Plugins } from './plugins/plugins.ts';
import { UNCONFINED } from './sandbox/backends.ts';
import { Confining } from './sandbox/confining.ts';
import { gitCredentials } from './sandbox/gitCredentials.ts';
import { LaterPaths } from './sandbox/laterPaths.ts';
import { personSigns } from './sandbox/gitOfPerson.ts';
import { gitInSandbox } from './sandbox/trackedFiles.ts';
import { join } from 'node:path';
import { workspaceFolders, type LeftOut, type WorkspaceFolders } from './workspaceFolders.ts';

export interface NodeOptions {
  /** Workspace folders as the editor or the command line names them. */
  folders: readonly string[];
  /** What the editor calls them, where that is not their own name. */
  folderNames?: FolderNames;
  /** Opens the log also where none of them can be worked in. */
  mayHaveNone?: boolean;
  environment: NodeJS.ProcessEnv;
  version: string;
  editor: Editor;
  /** Where the extension itself lives: denied to every tool. */
  installation?: string;
  /** The home folder, where it is not the account's own (tests). */
  home?: string;
  /** The organization's policy, where it is not in its usual place (tests). */
  organizationPolicy?: string;
  /** A policy for this run alone; it may only tighten. */
  runPolicy?: string;
  /** Maximum privacy for this run, whatever the policies say. */
  isPrivate?: boolean;
  /** Where the person is who wants this process's runs; left out where none is known to be anywhere. */
  here?: Required<PlaceOf>;
  /** Whether they can see what goes on; left out where this process ends with its terminal. */
  presence?: Presence;
  /** Who answers what is asked; a person, where nothing is said. */
  answerer?: Answerer;
  /** Who says where names lead, where that is not the system (tests). */
  lookUp?: LookUp;
  /** Values of named secrets that the editor keeps; those of variables are found without it. */
  keptSecret?: (name: string) => Promise<string | undefined>;
  /** Passwords of databases that the editor keeps; those of variables are found without it. */
  databasePasswords?: DatabasePasswords;
  /** Who remembers the log's heads, beside those that the policy names: the editor's own storage. */
  witnesses?: readonly Witness[];
}

export interface NodeParts {
  parts: EngineParts;
  audit: AuditClient;
  evidence: Evidence;
  keptVersions: KeptVersions;
  sandbox: OpenSandboxes;
  outputs: KeptOutputs;
  folders: OwnFolders;
  userPolicy: string;
  organizationPolicy: string;
  acceptance: Acceptance;
  /** Every file that what is in force depends on, there or not; of a link also what it leads to. */
  policyFiles(): string[];
  /** Folders that were named, and are not worked in. */
  leftOut: readonly LeftOut[];
  /** Those that were named otherwise than they really are. */
  spelled: readonly SpelledFolder[];
  /** The folders that were named, as they are by now. */
  foldersNow(): Promise<WorkspaceFolders>;
}

/** Whoever wants something of another run without being anywhere: a script. */
const NOWHERE_KNOWN = { at: 'terminal', place: WITHOUT_TERMINAL } as const;

/** The real adapters for one workspace: files, sandbox, log, checkpoints, policy files. */
export async function nodeParts(options: NodeOptions): Promise<NodeParts> {
  const named = ownFolders(options.environment, process.platform, options.home);
  await makePrivate(named.data);
  const folders = { data: realpathSync(named.data), config: real(named.config), home: real(named.home) };
  const judged = {
    home: folders.home,
    own: [folders.data, folders.config],
    mayHaveNone: options.mayHaveNone === true,
  };
  const { roots, spelled, leftOut } = await workspaceFolders(options.folders, judged);
  // Outside every root the installation is out of reach anyway; a root that lies in it is somebody's work on it.
  const installation = options.installation === undefined ? undefined : real(options.installation);
  const inWorkspace =
    installation !== undefined && roots.some((root) => root !== installation && isInside(root, installation));
  const own = [folders.data, folders.config, ...(inWorkspace ? [installation] : [])];
  const userPolicy = join(folders.config, 'policy.yaml');
  const acceptance = new Acceptance(folders.data);
  const places = {
    organization: options.organizationPolicy ?? organizationPolicy(options.environment),
    user: userPolicy,
    roots,
    run: options.runPolicy,
    said: options.isPrivate === true ? { option: '--privacy', text: 'privacy: maximum\n' } : undefined,
  };
  const policies = new PolicyFiles(places, account(), acceptance);
  const audit = await AuditClient.open(folders.data);
  const { home } = folders;
  const { environment, version, witnesses = [] } = options;
  const privacy = privacyNow(policies, roots.length);
  const evidence = new Evidence({ audit, data: folders.data, home, environment, version, witnesses, privacy });
  const keptVersions = new KeptVersions(folders.data);
  const keptFor = new KeptFor(keptVersions);
  const later = new LaterPaths(roots, folders, environment);
  const place = { folders, environment, never: roots, lookUp: options.lookUp };
  const sandbox = new Confining(place);
  const outputs = new KeptOutputs(folders.data);
  const unfinished = new UnfinishedWrites(folders.data);
  try {
    await sandbox.recover();
    await outputs.recover();
    unfinished.recover();
  } catch (error) {
    await audit[Symbol.asyncDispose]();
    throw error;
  }
  return {
    audit,
    evidence,
    keptVersions,
    sandbox,
    outputs,
    folders,
    userPolicy,
    organizationPolicy: places.organization,
    acceptance,
    policyFiles: () => [...new Set([...policies.files(), acceptance.file].flatMap((file) => [file, real(file)]))],
    leftOut,
    spelled,
    foldersNow: () => workspaceFolders(options.folders, judged),
    parts: {
      roots,
      rootNames: (options.folderNames ?? []).map(([folder, name]) => [realRoot(folder, spelled), name] as const),
      home: folders.home,
      own,
      policies,
      audit,
      keepEvidence: (policy) => {
        evidence.follow(policy.audit);
        keptFor.follow(policy);
      },
      files: (scope) => new RootedFiles(scope, spelled, { isStandIn: (path) => sandbox.isStandIn(path), unfinished }),
      folderPlaces,
      laterPaths: () => later.find(),
      foundCredentials: () => gitCredentials(roots),
      textSearch: new ThreadSearch(),
      encodings: new GuessedEncodings(),
      http: new HttpRequests(options.lookUp),
      secretValues: {
        valueOf: async ({ name, variable }) => (await options.keptSecret?.(name)) ?? environment[variable],
      },
      pages: new ChildPages(),
      sqlite: new SqliteInSandbox(),
      postgres: new PostgresServers(options.lookUp),
      databasePasswords: async (connection) =>
        (await options.databasePasswords?.(connection)) ?? options.environment[connection.passwordVariable],
      plugins: new Plugins(folders.data, options.version),
      outputs: (run) => outputs.of(run),
      realPaths,
      policyLook,
      sandbox,
      outside: UNCONFINED.open(place),
      finishBrokenOff: (rules) => sandbox.finishBrokenOff(rules),
      inSandbox: (run, work) => duringRun(sandbox, run, work),
      checkpoints: new BlobCheckpoints(folders.data, undefined, { isStandIn: (path) => sandbox.isStandIn(path) }),
      versionControl: (scope) =>
        gitInSandbox(sandbox.chosen('auto'), {
          isDenied: (path) => scope().isDenied(path),
          isProtected: (path) => scope().isProtected(path),
          signsCommits: (folder) => personSigns({ home: folders.home, environment: options.environment, folder }),
        }),
      editor: options.editor,
      environment: options.environment,
      clock: {
        monotonic: () => performance.now(),
        after: (ms, action) => {
          const timer = setTimeout(action, Math.min(ms, 2 ** 31 - 1));
          return () => {
            clearTimeout(timer);
          };
        },
      },
      ...{ here: options.here, presence: options.presence ?? ALWAYS_THERE },
      ...{ machine: machineFacts(), answerer: options.answerer ?? 'person' },
      requests: new SharedRunRequests({ data: folders.data, audit, here: options.here ?? NOWHERE_KNOWN }),
      newId: () => randomUUID(),
      random: () => Math.random(),
      hash: sha256,
      version: options.version,
      who: { user: userInfo().username, host: hostname() },
    },
  };
}

/** A named folder as it really is. */
function realRoot(folder: string, spelled: readonly SpelledFolder[]): string {
  return spelled.find((one) => one.spelled === folder)?.real ?? folder;
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

import { machineFacts } from '../machineFacts.ts';
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EngineParts } from '../../compose.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { NO_EDITOR } from '../../core/editor/port.ts';
import { ALWAYS_THERE } from '../../core/presence/presence.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import { account } from '../account.ts';
import { BlobCheckpoints } from '../checkpoint/blobCheckpoints.ts';
import { foreseenHere } from '../checkpoint/tree/foreseen.ts';
import { realFolder, spelledFolder, WorkspaceRefused } from '../workspaceFolders.ts';
import { folderPlaces } from '../files/folderPlaces.ts';
import { GuessedEncodings } from '../files/encodings.ts';
import { RootedFiles } from '../files/rootedFiles.ts';
import { ThreadSearch } from '../search/threadSearch.ts';
import { KeptPins } from '../plugins/keptPins.ts';
import { programOf } from '../plugins/programOf.ts';
import { sha256 } from '../files/hash.ts';
import { realPaths } from '../files/realPath.ts';
import { policyLook } from '../policy/policyLook.ts';
import { ownFolders } from '../folders.ts';
import { Acceptance } from '../policy/acceptance.ts';
import { organizationPolicy, PolicyFiles } from '../policy/policyFiles.ts';
import { heldInIndex } from '../sandbox/indexEntries.ts';
import { LaterPaths } from '../sandbox/laterPaths.ts';
import { refuseWorkspace } from '../sandbox/cage.ts';
import { join } from 'node:path';

export interface DecidingOptions {
  workspace: string;
  /** Further folders of it. */
  besides?: readonly string[];
  environment: NodeJS.ProcessEnv;
  userPolicy?: string | undefined;
  organizationPolicy?: string | undefined;
}

/**
 * What an engine needs to decide and to explain, and nothing that has an effect: no folder is made, no log opened, no
 * process started. Whether this machine has a sandbox is not looked at.
 */
export async function decidingParts(options: DecidingOptions): Promise<EngineParts & { places: PolicyFilePlaces }> {
  const named = ownFolders(options.environment);
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
  const folders = { data: real(named.data), config: real(named.config), home: real(named.home) };
  const root = await realFolder(options.workspace);
  const roots = [root];
  for (const folder of options.besides ?? []) roots.push(await realFolder(folder));
  for (const one of roots) {
    const problem = refuseWorkspace(one, folders.home, [folders.data, folders.config]);
    if (problem !== undefined) throw new WorkspaceRefused(problem);
  }
  const later = new LaterPaths(roots, folders, options.environment);
  const checkpoints = new BlobCheckpoints(folders.data);
  const given = options.organizationPolicy;
  const user = options.userPolicy === undefined ? join(folders.config, 'policy.yaml') : resolve(options.userPolicy);
  const organization = given === undefined ? organizationPolicy(options.environment) : resolve(given);
  return {
    places: { user, organization },
    roots,
    home: folders.home,
    ...{ machine: machineFacts(), answerer: 'nobody' as const },
    own: [folders.data, folders.config],
    policies: new PolicyFiles(
      {
        organization,
        isOrganizationTrusted: given !== undefined,
        user,
        isUserRequired: options.userPolicy !== undefined,
        roots,
      },
      account(),
      new Acceptance(folders.data),
    ),
    audit: NO_LOG,
    keepEvidence: () => undefined,
    files: (scope) => new RootedFiles(scope, spelledFolder(options.workspace, root)),
    folderPlaces,
    laterPaths: () => later.find(),
    foundCredentials: () => Promise.resolve([]),
    textSearch: new ThreadSearch(),
    encodings: new GuessedEncodings(),
    http: { send: nothing },
    // That one is kept is not what decides.
    secretValues: { valueOf: ({ name }) => Promise.resolve(`{{secret:${name}}}`) },
    pages: { read: nothing, inTurn: nothing },
    postgres: { ask: nothing },
    databasePasswords: () => Promise.resolve(undefined),
    sqlite: {
      ask: () => Promise.reject(new ToolFailure('no database is opened to decide')),
      heldBy: () => Promise.resolve([]),
    },
    plugins: {
      connect: nothing,
      program: (command, folder, signal) => programOf(command, folder, signal),
      pins: new KeptPins(folders.data),
    },
    outputs: () => ({ open: nothing }),
    realPaths,
    policyLook,
    sandbox: { chosen: () => NOT_LOOKED_AT },
    outside: NOT_LOOKED_AT,
    finishBrokenOff: () => Promise.resolve([]),
    inSandbox: nothing,
    // What can be kept decides; nothing is.
    checkpoints: {
      foresee: (run, paths) => checkpoints.foresee(run, paths),
      foreseeAnything: foreseenHere,
      ...{
        prepare: nothing,
        finishBrokenOff: nothing,
        recorded: nothing,
        begin: nothing,
        plan: nothing,
        list: nothing,
        content: nothing,
        text: nothing,
      },
    },
    // No process is started to look: what git tracked once and does no more counts in a run alone.
    versionControl: () => ({
      held: (_root, paths) => Promise.resolve(paths.map(() => ({ tracked: undefined, isUncommitted: true }))),
      staged: heldInIndex,
      everHeld: () => Promise.resolve({ kind: 'none' }),
      areCommits: () => Promise.resolve(false),
      changedBetween: () => Promise.resolve(undefined),
      signsCommits: () => Promise.resolve(false),
    }),
    editor: NO_EDITOR,
    environment: {},
    clock: { monotonic: () => performance.now(), after: () => () => undefined },
    random: () => 0,
    newId: () => 'lab',
    hash: sha256,
    version: '',
    who: { user: '', host: '' },
    presence: ALWAYS_THERE,
    requests: { listen: nothing, tell: nothing },
  };
}

export interface PolicyFilePlaces {
  user: string;
  organization: string;
}

function nothing(): never {
  throw new Error('deciding has no effects');
}

const NO_LOG: EngineParts['audit'] = {
  append: nothing,
  runs: nothing,
  runsIn: nothing,
  find: nothing,
  matching: nothing,
  events: nothing,
  textOf: nothing,
  summaries: nothing,
  claim: nothing,
  release: nothing,
  growTranscript: nothing,
  running: nothing,
  saveTranscript: nothing,
  loadTranscript: nothing,
  conversationSeq: nothing,
  recover: nothing,
};

const NOT_LOOKED_AT: Sandbox = {
  hasScratch: process.platform === 'linux',
  holds: process.platform === 'linux',
  hasDoor: process.platform === 'linux',
  status: () =>
    Promise.resolve({ works: true, name: 'sandbox', words: 'the sandbox of this machine', limits: [], probes: [] }),
  environment: () => Promise.resolve({}),
  run: nothing,
};

import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { PROVIDERS } from '../../shared/providers.ts';
import { readPolicy } from '../policy/readPolicy.ts';

/** What the security checklist is told of this machine and account. */
export interface PlaceFacts {
  account: { name: string; isRoot: boolean };
  synced: { root: string; by: string }[];
  keysInEnvironment: string[];
  organization: {
    file: string;
    state: 'absent' | 'counts' | 'not-administrators' | 'unreadable';
    words: string;
  };
}

export function placeFacts(roots: readonly string[], environment: NodeJS.ProcessEnv, organization: string): PlaceFacts {
  return {
    account: { name: accountName(), isRoot: process.geteuid?.() === 0 },
    synced: roots.flatMap((root) => {
      const by = syncedBy(root);
      return by === undefined ? [] : [{ root, by }];
    }),
    keysInEnvironment: KEY_VARIABLES.filter((name) => (environment[name] ?? '') !== ''),
    organization: organizationFacts(organization),
  };
}

const KEY_VARIABLES = Object.values(PROVIDERS).flatMap(({ server }) => server?.keyVariable ?? []);

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? '');
  }
}

/** Names of folders that programs copy elsewhere, as they make them; and what such programs leave in theirs. */
const SYNCED: readonly (readonly [RegExp, string])[] = [
  [/^Dropbox(?: \(.*\))?$/, 'Dropbox'],
  [/^OneDrive(?: - .*)?$/, 'OneDrive'],
  [/^(?:Google Drive|GoogleDrive-.*|My Drive)$/, 'Google Drive'],
  [/^(?:iCloud Drive|com~apple~CloudDocs|Mobile Documents)$/, 'iCloud'],
  [/^Nextcloud$/, 'Nextcloud'],
  [/^(?:Box|Box Sync)$/, 'Box'],
  [/^pCloudDrive$/, 'pCloud'],
];
const MARKS: readonly (readonly [string, string])[] = [
  ['.dropbox.cache', 'Dropbox'],
  ['.stfolder', 'Syncthing'],
  ['.nextcloudsync.log', 'Nextcloud'],
  ['.owncloudsync.log', 'ownCloud'],
];

/** Which program copies a folder elsewhere, as far as its path and the folders above it show that. */
function syncedBy(root: string): string | undefined {
  for (const name of root.split('/')) {
    const found = SYNCED.find(([pattern]) => pattern.test(name));
    if (found) return found[1];
  }
  for (let folder = root; ; folder = dirname(folder)) {
    const mark = MARKS.find(([name]) => existsSync(join(folder, name)));
    if (mark) return mark[1];
    if (dirname(folder) === folder) return undefined;
  }
}

function organizationFacts(file: string): PlaceFacts['organization'] {
  const read = readPolicy(file, { refusesLinks: false, mustBeAdministrators: true });
  switch (read.kind) {
    case 'text':
      return { file, state: 'counts', words: '' };
    case 'absent':
      return { file, state: 'absent', words: '' };
    case 'unreadable':
    case 'not-administrators':
      return { file, state: read.kind, words: read.problem };
  }
}

import type { Block, Words } from '../../shared/block.ts';
import { exactList } from '../../shared/block.ts';
import { counted } from '../../shared/named.ts';
import type { FileCount, FileStanding, Reach } from '../../shared/reach.ts';

/** What is said of what the agent can see: the same in the terminal and in the editor's tree. */
export interface ReachLine {
  label: string;
  value: Words;
  /** What follows from it, where that is not plain. */
  hint?: string;
}

const FOLDERS: Record<Reach['folders'][number]['scope'], string> = {
  whole: 'all of it',
  part: 'what allowed_paths names',
  nothing: 'nothing: allowed_paths leaves it out',
};

const COUNTED: Record<FileStanding, string> = {
  source: 'source and settings',
  document: 'documents',
  data: 'data',
  media: 'pictures, sound and fonts',
  other: 'other',
  secret: 'likely secrets, which ask first',
  kept: 'kept where copies of denied files may be',
  denied: 'denied',
  outside: 'outside the scope',
};

export function countLines({ counts, links, unread }: FileCount): { label: string; count: number }[] {
  return [
    ...(Object.keys(COUNTED) as FileStanding[]).map((name) => ({ label: COUNTED[name], count: counts[name] })),
    { label: 'links, which were not followed', count: links },
    { label: 'folders that could not be looked into', count: unread },
  ].filter(({ count }) => count > 0);
}

/** How far it was counted; undefined where all of it was. */
export function countEndWords({ isWhole, stopped, looked }: FileCount): string | undefined {
  if (isWhole) return undefined;
  const why = { entries: '', time: ', when its time was over', cancelled: ', when it was stopped' }[
    stopped ?? 'entries'
  ];
  return `Counting ended after ${counted(looked, 'entry', 'entries')}${why}: there are more.`;
}

export function folderLines({ folders }: Reach): ReachLine[] {
  return folders.map(({ path, scope }) => ({ label: 'Folder', value: [{ exact: path }, `: ${FOLDERS[scope]}`] }));
}

/** What the policy says, line by line. */
export function policyLines(reach: Reach): ReachLine[] {
  const { fileTools, allowedPaths, deniedPaths, commands, requests, pages, databases, hosts, model } = reach;
  return [
    ...(fileTools ? [] : [{ label: 'File tools', value: ['off'], hint: 'Commands see the files none the less.' }]),
    ...named('Allowed paths', allowedPaths),
    ...named('Denied paths', deniedPaths),
    { label: 'Commands', ...commandWords(commands) },
    ...(commands.run === 'none'
      ? []
      : [
          { label: 'Network of commands', value: [NETWORKS[commands.network]] },
          {
            label: 'Variables of commands',
            value: commands.variables.length === 0 ? ['none of yours'] : exactList(commands.variables),
          },
        ]),
    { label: 'HTTP requests', value: [REQUESTS[requests]] },
    ...reach.secrets.map(({ name, hosts: to }): ReachLine => ({
      label: 'Secret',
      value: [{ exact: name }, ', for ', ...exactList(to)],
      hint: 'The agent never sees it.',
    })),
    { label: 'Web pages', value: [PAGES[pages]] },
    { label: 'Databases', value: [databases.files ? 'SQLite files of the workspace; each asks' : 'off'] },
    ...databases.connections.map(({ name, host, access }): ReachLine => ({
      label: 'Database',
      value: [
        { exact: name },
        ' at ',
        { exact: host },
        access === 'write' ? ', to be read and changed' : ', to be read',
      ],
    })),
    ...reach.plugins.map(({ name, tools, hosts: to }): ReachLine => ({
      label: 'Plugin',
      value: [
        ...[{ exact: name }, ' with ', ...exactList(tools), '; hosts: '],
        ...(to.length === 0 ? ['none'] : exactList(to)),
      ],
    })),
    ...named('Allowed hosts', hosts.allowed),
    ...named('Denied hosts', hosts.denied),
    { label: 'Other hosts', value: [hosts.others === 'deny' ? 'denied' : 'each asks'] },
    {
      label: 'Prompts',
      value: [model.destination ?? 'no model is chosen here'],
      ...(model.cloud ? {} : { hint: 'The policy lets none go to a model on another machine.' }),
    },
    ...named('Models nearby', model.nearby),
  ];
}

/** The same as blocks. */
export function reachBlocks(reach: Reach): Block[] {
  const facts = [...folderLines(reach), ...policyLines(reach)].map(({ label, value, hint }) => ({
    label,
    value: hint === undefined ? value : [...value, `. ${hint}`],
  }));
  const end = reach.files && countEndWords(reach.files);
  return [
    { kind: 'facts', fold: 'What the agent can see', facts },
    ...(reach.files
      ? [
          {
            ...{ kind: 'list' as const, name: 'files', title: 'Files', label: 'Files', left: 0, of: 'files' },
            items: [
              ...countLines(reach.files).map(({ label, count }): Words => [`${count} ${label}`]),
              ...(end === undefined || end === null ? [] : [[end]]),
            ],
          },
        ]
      : []),
  ];
}

const NETWORKS: Record<Reach['commands']['network'], string> = {
  none: 'none',
  ask: 'each host that is not allowed asks',
  allowed: 'every public host that is not denied',
  unbounded: 'whatever your account can reach; nobody sees it',
};

const PAGES: Record<Reach['pages'], string> = {
  none: 'off',
  allowed: 'those of allowed hosts without a question, others ask',
  reviewed: 'you see each before the model does',
};

const REQUESTS: Record<Reach['requests'], string> = {
  none: 'off',
  ask: 'each asks',
  allowed: 'those that only look go to allowed hosts without a question',
};

function commandWords({ run, languages }: Reach['commands']): Pick<ReachLine, 'value' | 'hint'> {
  switch (run) {
    case 'none':
      return { value: ['off'] };
    case 'outside':
      return {
        value: ['OUTSIDE THE SANDBOX: ', ...exactList(languages)],
        hint: 'They see all that your account does. Each asks.',
      };
    case 'sandbox':
      return {
        value: ['in the sandbox: ', ...exactList(languages)],
        hint: 'They see the workspace without what is denied, and the toolchains.',
      };
  }
}

function named(label: string, names: readonly string[]): ReachLine[] {
  return names.length === 0 ? [] : [{ label, value: exactList(names) }];
}

import { link, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What stands in the denied files of `plantDenied`: must never be seen again. */
export const CONTENT = 'TOP-SECRET-93b1';

/** A folder with denied files (see `DENIED_POLICY`) and every kind of other name for them. */
export const DENIED_FILES = {
  'conf/secret.txt': `${CONTENT}\n`,
  'conf/open.txt': 'open\n',
  'vault/key.txt': `${CONTENT}\n`,
  'caf\u00e9.txt': `${CONTENT}\n`,
  'deep/line\nbreak/name.denied': `${CONTENT}\n`,
  'pages/[id].ts': `${CONTENT}\n`,
  'other/a.txt': 'open\n',
};
export const DENIED_POLICY = `tools:
  file_system:
    denied_paths: [conf/secret.txt, vault, café.txt, "*.denied", "pages/[id].ts"]
`;

export async function plantLinks(folder: string): Promise<void> {
  const links: Record<string, string> = {
    'link.txt': 'conf/secret.txt',
    'absolute.txt': join(folder, 'conf/secret.txt'),
    'folder-link': 'conf',
    'vault-link': 'vault',
    'chain-1': 'chain-2',
    'chain-2': './link.txt',
    'detour.txt': 'other/../conf/./secret.txt',
    'dangling.txt': 'vault/new.txt',
    'proc-root': '/proc/self/root',
    'proc-cwd': '/proc/self/cwd',
    'loop-1': 'loop-2',
    'loop-2': 'loop-1',
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name));
  await mkdir(join(folder, 'empty'));
  await symlink('../conf', join(folder, 'empty', 'up'));
  await link(join(folder, 'conf/secret.txt'), join(folder, 'hard.txt'));
  await link(join(folder, 'vault/key.txt'), join(folder, 'other', 'hard.txt'));
}

/** Spellings that name a denied file, and whose last part is no link: no tool may do anything with them. */
export function spellings(folder: string, home: string): string[] {
  return [
    'conf/secret.txt',
    './conf/secret.txt',
    'other/../conf/secret.txt',
    'nowhere/../conf/secret.txt',
    'folder-link/../conf/secret.txt',
    'conf//secret.txt',
    '//conf/secret.txt',
    'conf/secret.txt/',
    'conf/secret.txt/.',
    'conf/./secret.txt',
    'conf/secret.txt/../secret.txt',
    'conf/secret.txt.',
    'conf/secret.txt. .',
    'conf/SECRET.txt',
    'CONF/Secret.TXT',
    'ｃｏｎｆ/ｓｅｃｒｅｔ．ｔｘｔ',
    'conf/sec\u200Dret.txt',
    'caf\u00e9.txt',
    'cafe\u0301.txt',
    'CAF\u00c9.TXT',
    'CAFE\u0301.txt',
    'deep/line\nbreak/name.denied',
    'pages/[id].ts',
    'vault/key.txt',
    'vault/nothing-yet.txt',
    'vault/new-folder/new.txt',
    join(folder, 'conf/secret.txt'),
    `/${folder}/conf/secret.txt`,
    `${folder}/../${folder.split('/').at(-1) ?? ''}/conf/secret.txt`,
    `/proc/self/root${folder}/conf/secret.txt`,
    '/proc/self/cwd/conf/secret.txt',
    `/proc/${process.pid}/root${folder}/conf/secret.txt`,
    `/dev/fd/../../..${folder}/conf/secret.txt`,
    `~/../${folder.split('/').at(-1) ?? ''}/conf/secret.txt`,
    `${home}/../${folder.split('/').at(-1) ?? ''}/vault/key.txt`,
    'conf/secret.txt\0',
    'conf/secret.txt\0.md',
    '\0',
    'conf/secret\uD800.txt',
    'folder-link/secret.txt',
    'empty/up/secret.txt',
    'vault-link/key.txt',
    'vault-link/nothing-yet.txt',
    `proc-root${folder}/conf/secret.txt`,
    'proc-cwd/conf/secret.txt',
    'hard.txt',
    'other/hard.txt',
    'loop-1/x',
  ];
}

/** Spellings whose last part is a link: those who follow it reach a denied file, those who do not reach the link. */
export const LINK_SPELLINGS = [
  'link.txt',
  'absolute.txt',
  'chain-1',
  'chain-2',
  'detour.txt',
  'dangling.txt',
  'loop-1',
  './link.txt/',
];

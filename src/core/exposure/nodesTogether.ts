import type { Words } from '../../shared/block.ts';
import type { ExposureNode } from '../../shared/exposureTree.ts';
import type { Reach } from '../../shared/reach.ts';
import type { Together } from '../../shared/together.ts';
import { titleOf } from '../../shared/cut.ts';
import { counted } from '../../shared/named.ts';
import { contentWords } from '../audit/contentWords.ts';
import { amountWords, placeWords, purposeTitle, sentWords } from './exposureWords.ts';
import { firstOf, node, PLACE_ICONS } from './nodes.ts';
import { countEndWords, countLines, folderLines, policyLines, type ReachLine } from './reachWords.ts';
import { togetherWords } from './togetherBlocks.ts';

/** What the agent can see. `files`: while they are counted, null. */
export function reachNodes(reach: Reach): ExposureNode[] {
  const end = reach.files ? countEndWords(reach.files) : undefined;
  return [
    ...folderLines(reach).map((line, index) => lineNode(`reach/folder/${index}`, line, 'root-folder')),
    ...(reach.files
      ? [
          node({
            ...{ id: 'reach/files', label: 'Files', icon: 'files' },
            description:
              end ??
              counted(
                Object.values(reach.files.counts).reduce((sum, one) => sum + one, 0),
                'file',
              ),
            below: countLines(reach.files).map(({ label, count }) =>
              node({ id: `reach/files/${label}`, label, description: String(count), icon: 'file' }),
            ),
          }),
        ]
      : []),
    ...policyLines(reach).map((line) => lineNode(`reach/${line.label}`, line, ICONS[line.label] ?? 'dash')),
  ];
}

const ICONS: Readonly<Record<string, string>> = {
  'File tools': 'file',
  'Allowed paths': 'root-folder',
  'Denied paths': 'lock',
  Commands: 'terminal',
  'Network of commands': 'plug',
  'Variables of commands': 'symbol-variable',
  'HTTP requests': 'cloud-upload',
  'Allowed hosts': 'globe',
  'Denied hosts': 'circle-slash',
  'Other hosts': 'globe',
  Prompts: 'comment',
  'Models nearby': 'vm',
};

function lineNode(id: string, { label, value, hint }: ReachLine, icon: string): ExposureNode {
  const isAlarming = label === 'Commands' && text(value).startsWith('OUTSIDE');
  return node({
    ...{ id, label, description: text(value), icon },
    more: hint === undefined ? [] : [hint],
    ...(isAlarming && { tone: 'alarm' }),
  });
}

function text(words: Words): string {
  return words.map((piece) => (typeof piece === 'string' ? piece : 'exact' in piece ? piece.exact : '')).join('');
}

/** What has left of all runs: by destination, with the files, and the runs whose receipts can be had. */
export function togetherNodes(together: Together, folder: string): ExposureNode[] {
  const { destinations, besides, hasOlder, runs } = together;
  if (destinations.length === 0 && besides.length === 0)
    return [node({ id: 'together/nothing', label: togetherWords(together), icon: 'pass' })];
  return [
    ...firstOf('together', destinations, (one) => {
      const id = `together/to/${one.destination}`;
      const place = placeWords({ ...one, purposes: [] });
      return node({
        ...{ id, label: one.destination, icon: PLACE_ICONS[one.place] },
        description: `${amountWords(one.sent)} sent, by ${one.ofRuns.length + one.moreRuns} of ${runs} runs`,
        more: [one.purposes.map(purposeTitle).join(', '), ...(place === undefined ? [] : [place])],
        below: [
          ...(one.hasUnknown
            ? [
                node({
                  id: `${id}/unknown`,
                  label: 'What some of it held is not known',
                  icon: 'question',
                  tone: 'warning',
                }),
              ]
            : []),
          ...firstOf(`${id}/files`, one.files, (entry) =>
            node({
              id: `${id}/files/${entry}`,
              label: contentWords(entry, folder),
              icon: entry.endsWith('/') ? 'folder' : 'file',
            }),
          ),
          ...firstOf(`${id}/runs`, one.ofRuns, ({ run, task, sent }) =>
            node({
              id: `${id}/runs/${run}`,
              label: task === null ? `Run ${run.slice(0, 8)}, its texts erased` : titleOf(task, 80),
              ...{ description: `${amountWords(sent)} sent`, icon: 'history', run },
            }),
          ),
        ],
      });
    }),
    ...(besides.length === 0
      ? []
      : [
          node({
            ...{ id: 'together/besides', label: 'For no run', description: 'of all workspaces', icon: 'server' },
            below: firstOf('together/besides', besides, ({ destination, place, purposes }) =>
              node({
                ...{ id: `together/besides/${destination}`, label: destination, icon: PLACE_ICONS[place] },
                description: purposes.map((one) => `${purposeTitle(one.purpose)}, ${sentWords(one)}`).join('; '),
              }),
            ),
          }),
        ]),
    ...(hasOlder ? [node({ id: 'together/older', label: 'Older runs are not in this', icon: 'ellipsis' })] : []),
  ];
}

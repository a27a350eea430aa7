import type { Destination, Exposure, Purpose } from '../../shared/exposure.ts';
import type { ExposureNode, ExposurePart } from '../../shared/exposureTree.ts';
import { bytesWords } from '../../shared/bytesWords.ts';
import { cutVisibly, titleOf } from '../../shared/cut.ts';
import { counted } from '../../shared/named.ts';
import { exact, visibleLine } from '../../shared/visible.ts';
import { contentWords } from '../audit/contentWords.ts';
import {
  alarmWords,
  carriedWords,
  limitsWords,
  placeWords,
  purposeTitle,
  receivedWords,
  refusedWords,
  senderWords,
  sentWords,
  summaryWords,
  unknownWords,
} from './exposureWords.ts';

/** More than this under one entry nobody reads in a tree: the receipt has them all. */
const MOST_BELOW = 200;
const MOST_TOOLTIP = 2000;

export interface NodeParts {
  id: string;
  label: string;
  description?: string | undefined;
  more?: readonly string[];
  icon: string;
  tone?: ExposureNode['tone'] | undefined;
  run?: string;
  action?: string;
  isOpen?: true;
  below?: ExposureNode[] | ExposurePart;
}

/** An entry: what others wrote of it stands on one line, and nothing in it is hidden. */
export function node({ id, label, description, more = [], icon, tone, below = [], ...rest }: NodeParts): ExposureNode {
  const lines = [label, ...(description === undefined ? [] : [description]), ...more].map(visibleLine);
  return {
    ...{ id, icon, below, ...rest },
    label: visibleLine(label),
    ...(description !== undefined && { description: visibleLine(description) }),
    ...(tone !== undefined && { tone }),
    tooltip: exact(cutVisibly(lines.join('\n'), MOST_TOOLTIP)),
    spoken: lines.slice(0, 2).join(', '),
  };
}

/** The first entries of a list, and how many more there are. */
export function firstOf<T>(
  id: string,
  all: readonly T[],
  made: (one: T, index: number) => ExposureNode,
): ExposureNode[] {
  const left = all.length - MOST_BELOW;
  return [
    ...all.slice(0, MOST_BELOW).map(made),
    ...(left > 0
      ? [
          node({
            id: `${id}/more`,
            label: `and ${left} more`,
            description: 'the receipt has them all',
            icon: 'ellipsis',
          }),
        ]
      : []),
  ];
}

/** The three parts of the view. `last`: the run that it shows, with what is known of it by now. */
export function partNodes(last: { run: string; task: string; isActive: boolean } | undefined): ExposureNode[] {
  return [
    node({
      id: 'reach',
      label: 'Can be seen',
      description: 'by the agent, under the policy',
      icon: 'eye',
      below: 'reach',
    }),
    last
      ? node({
          ...{ id: 'run', label: last.isActive ? 'Has left, this run' : 'Has left, last run', icon: 'export' },
          description: last.task === '' ? 'its texts erased' : titleOf(last.task, 80),
          ...{ run: last.run, isOpen: true, below: 'run' },
        })
      : node({ id: 'run', label: 'Nothing has left', description: 'no run was recorded here yet', icon: 'export' }),
    ...(last
      ? [
          node({
            id: 'together',
            label: 'Has left, all runs',
            description: 'of this workspace',
            icon: 'history',
            below: 'together',
          }),
        ]
      : []),
  ];
}

/** What has left for one run. */
export function exposureNodes(exposure: Exposure): ExposureNode[] {
  const { run, destinations, refused, moreRefused } = exposure;
  const alarm = alarmWords(exposure);
  return [
    ...(alarm === undefined ? [] : [node({ id: 'run/outside', label: alarm, icon: 'unlock', tone: 'alarm', run })]),
    ...(destinations.length === 0
      ? [node({ id: 'run/nothing', label: summaryWords(exposure), icon: 'pass', run })]
      : firstOf('run', destinations, (one) => destinationNode(one, exposure))),
    ...(refused.length === 0
      ? []
      : [
          node({
            ...{ id: 'run/refused', label: 'Was to be sent, and was not', icon: 'circle-slash' },
            description: counted(refused.length + moreRefused, 'time'),
            below: firstOf('run/refused', refused, (one, index) =>
              node({
                id: `run/refused/${index}`,
                label: one.destination ?? 'a destination that is not in the log',
                description: `${purposeTitle(one.purpose)}, ${refusedWords(one)}`,
                ...{ icon: 'circle-slash', run, action: one.action },
              }),
            ),
          }),
        ]),
    node({
      ...{ id: 'run/notes', label: 'How to read this', icon: 'info' },
      below: limitsWords(exposure).map((words, index) =>
        node({ id: `run/notes/${index}`, label: words, icon: 'dash' }),
      ),
    }),
  ];
}

export const PLACE_ICONS: Record<Destination['place'], string> = {
  machine: 'vm',
  editor: 'window',
  elsewhere: 'globe',
};

function destinationNode(destination: Destination, exposure: Exposure): ExposureNode {
  const { destination: name, place, purposes } = destination;
  const id = `run/to/${name}`;
  const words = placeWords(destination);
  const [only, ...others] = purposes;
  const sent = purposes.reduce((sum, one) => sum + one.sent.bytes, 0);
  const isLeast = purposes.some((one) => one.sent.isLeast);
  return node({
    ...{ id, label: name, icon: PLACE_ICONS[place], run: exposure.run, isOpen: true },
    description: `${isLeast ? 'at least ' : ''}${bytesWords(sent)} sent`,
    more: words === undefined ? [] : [words],
    below:
      only && others.length === 0
        ? [purposeNode(id, only, exposure, true)]
        : purposes.map((one) => purposeNode(id, one, exposure, false)),
  });
}

function purposeNode(above: string, purpose: Purpose, { run, folder }: Exposure, isOpen: boolean): ExposureNode {
  const id = `${above}/${purpose.purpose}`;
  const { content, senders, moreSenders, methods, addresses, proxies } = purpose;
  const facts = [
    ['How', methods],
    ['At the address', addresses],
    ['Through the proxy', proxies],
  ] as const;
  return node({
    ...{ id, label: purposeTitle(purpose.purpose), description: sentWords(purpose), icon: 'arrow-up', run },
    ...(isOpen && { isOpen }),
    more: [
      `Came back: ${receivedWords(purpose)}`,
      ...facts.flatMap(([label, words]) => (words.length === 0 ? [] : [`${label}: ${words.join(', ')}`])),
      ...unknownWords(purpose),
    ],
    below: [
      ...unknownWords(purpose).map((words, index) =>
        node({ id: `${id}/unknown/${index}`, label: words, icon: 'question', tone: 'warning' }),
      ),
      ...firstOf(`${id}/files`, content, (one) =>
        node({
          id: `${id}/files/${one.entry}`,
          label: contentWords(one.entry, folder ?? ''),
          description: purpose.knows === 'bytes' ? 'could be in it' : carriedWords(one, purpose.purpose),
          icon: one.entry.endsWith('/') ? 'folder' : 'file',
        }),
      ),
      ...firstOf(`${id}/by`, senders, (one) =>
        node({
          id: `${id}/by/${one.action}`,
          label: one.title ?? `action ${one.action}`,
          description: senderWords(one, purpose),
          ...{ icon: purpose.knows === 'bytes' ? 'terminal' : 'cloud-upload', run, action: one.action },
        }),
      ),
      ...(moreSenders > 0
        ? [node({ id: `${id}/by/more`, label: `and ${moreSenders} more actions`, icon: 'ellipsis' })]
        : []),
    ],
  });
}

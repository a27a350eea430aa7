import type { Block, Words } from '../../shared/block.ts';
import { counted } from '../../shared/named.ts';
import type { Together } from '../../shared/together.ts';
import { contentWords } from '../audit/contentWords.ts';
import { amountWords, placeWords, purposeTitle, sentWords } from './exposureWords.ts';

/** So many files, and runs, of a destination are named where a person reads; programs get all that there are. */
const MOST = 20;

/** What has left of all runs of a workspace, as blocks. */
export function togetherBlocks(together: Together, folder: string): Block[] {
  const { runs, hasOlder, destinations, moreDestinations, besides, refused, outside, texts } = together;
  const sentences = [
    togetherWords(together),
    ...(hasOlder ? [`Of the newest ${counted(runs, 'run')}; older ones are not in this.`] : []),
    ...(refused > 0 ? [`${counted(refused, 'time')} something was to be sent, and was not.`] : []),
    ...(moreDestinations > 0 ? ['There were more destinations than are listed.'] : []),
    ...(texts.erased > 0 ? [`${texts.erased} texts were erased from the log: names of files are missing here.`] : []),
  ];
  return [
    ...(outside > 0
      ? [
          {
            ...{ kind: 'alarm' as const, name: 'outside' },
            words: [`${counted(outside, 'command')} ran outside the sandbox. What they sent, and where, nobody saw.`],
          },
        ]
      : []),
    ...sentences.map((words): Block => ({ kind: 'sentence', icon: 'info', tone: 'plain', words: [words] })),
    ...destinations.flatMap((one) => destinationBlocks(one, folder)),
    ...list(
      'Sent for no run, of all workspaces',
      besides.flatMap(({ destination, purposes }) =>
        purposes.map((one): Words => [{ exact: destination }, `: ${purposeTitle(one.purpose)}, ${sentWords(one)}`]),
      ),
      'destinations',
    ),
  ];
}

export function togetherWords({ runs, destinations }: Together): string {
  if (runs === 0) return 'No run has been recorded in this workspace yet.';
  if (destinations.length === 0) return 'Nothing was sent anywhere by the runs of this workspace.';
  return `${counted(runs, 'run')} of this workspace sent something to ${counted(destinations.length, 'destination')}.`;
}

function destinationBlocks(one: Together['destinations'][number], folder: string): Block[] {
  const { destination, purposes, sent, sendings, files, hasUnknown, ofRuns, moreRuns } = one;
  const place = placeWords({ ...one, purposes: [] });
  return [
    {
      ...{ kind: 'facts', fold: `Sent to ${destination}` },
      facts: [
        { label: 'For', value: [purposes.map(purposeTitle).join(', ')] },
        { label: 'Sent', value: [`${amountWords(sent)} in ${counted(sendings, 'sending')}`] },
        ...(place === undefined ? [] : [{ label: 'There', value: [place] }]),
        ...(hasUnknown ? [{ label: 'Not known', value: ['what some of it held'] }] : []),
      ],
    },
    ...list(
      'Files whose content was in it, or may have been',
      files.map((entry): Words => [{ exact: contentWords(entry, folder) }]),
      'files',
    ),
    ...list(
      'Runs',
      ofRuns.map(({ run, task, sent: bytes }): Words => [
        { exact: task ?? `run ${run.slice(0, 8)}, its texts erased` },
        `: ${amountWords(bytes)}`,
      ]),
      'runs',
      moreRuns,
    ),
  ];
}

function list(title: string, items: Words[], of: string, more = 0): Block[] {
  if (items.length === 0) return [];
  const left = Math.max(0, items.length - MOST) + more;
  return [{ kind: 'list', name: title, title, label: title, items: items.slice(0, MOST), left, of }];
}

import type { Block, Words } from '../../shared/block.ts';
import type { Destination, Exposure, Purpose } from '../../shared/exposure.ts';
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

/** What has left for a run, as blocks: the receipt and the terminal draw them. */
export function exposureBlocks(exposure: Exposure): Block[] {
  const alarm = alarmWords(exposure);
  return [
    ...(alarm === undefined ? [] : [{ kind: 'alarm' as const, name: 'outside', words: [alarm] }]),
    sentence(summaryWords(exposure)),
    ...exposure.destinations.flatMap((destination) =>
      destination.purposes.flatMap((purpose) => purposeBlocks(destination, purpose, exposure.folder ?? '')),
    ),
    ...refusedBlocks(exposure),
    {
      ...{ kind: 'list', name: 'limits', title: 'How to read this', label: 'Note', left: 0, of: 'notes' },
      items: limitsWords(exposure).map((words) => [words]),
    },
  ];
}

function purposeBlocks(destination: Destination, purpose: Purpose, folder: string): Block[] {
  const place = placeWords(destination);
  const { methods, addresses, proxies, content, senders, moreSenders } = purpose;
  const fact = (label: string, words: readonly string[]) =>
    words.length === 0 ? [] : [{ label, value: [{ exact: words.join(', ') }] }];
  return [
    {
      kind: 'facts',
      fold: `Sent to ${destination.destination}`,
      facts: [
        { label: 'For', value: [purposeTitle(purpose.purpose)] },
        { label: 'Sent', value: [sentWords(purpose)] },
        { label: 'Came back', value: [receivedWords(purpose)] },
        ...fact('How', methods),
        ...fact('At the address', addresses),
        ...fact('Through the proxy', proxies),
      ],
    },
    ...(place === undefined ? [] : [sentence(place)]),
    ...unknownWords(purpose).map(sentence),
    ...listed(
      contentTitle(purpose),
      content.map((one): Words => [
        { exact: contentWords(one.entry, folder) },
        `: ${carriedWords(one, purpose.purpose)}`,
      ]),
      { left: 0, of: 'files' },
    ),
    ...listed(
      purpose.knows === 'bytes' ? 'Commands that sent it' : 'Requests',
      senders.map((one): Words => [
        one.title === null ? `action ${one.action}` : { exact: one.title },
        `: ${senderWords(one, purpose)}`,
      ]),
      { left: moreSenders, of: 'actions' },
    ),
  ];
}

function contentTitle({ knows, content }: Purpose): string {
  if (knows === 'bytes') return 'What it could hold';
  const isUnsure = content.some(({ entry }) => entry.startsWith('?'));
  return `Files whose content was in it${isUnsure ? ', or may have been' : ''}`;
}

function refusedBlocks({ refused, moreRefused }: Exposure): Block[] {
  return listed(
    'What was to be sent, and was not',
    refused.map((one): Words => [
      one.destination === null ? 'a destination that is not in the log' : { exact: one.destination },
      `: ${purposeTitle(one.purpose)}, ${refusedWords(one)}`,
    ]),
    { left: moreRefused, of: 'of them' },
  );
}

function listed(title: string, items: Words[], { left, of }: { left: number; of: string }): Block[] {
  if (items.length === 0 && left === 0) return [];
  return [{ kind: 'list', name: title, title, label: title, items, left, of }];
}

function sentence(words: string): Block {
  return { kind: 'sentence', icon: 'info', tone: 'plain', words: [words] };
}

import type { SealedReceipt } from '../../shared/exposure.ts';

export const RECEIPT_TITLE = 'Privacy receipt of a run';

/** What names the run and the log, each with its label. Nothing of it is made up here: it is all in the receipt. */
export function receiptFacts({ log, events, exposure, digest }: SealedReceipt): [label: string, value: string][] {
  const { task, folder, run, started, state, models } = exposure;
  return [
    ['Task', task ?? 'not in the log any more'],
    ['Folder', folder ?? 'not in the log any more'],
    ['Run', run],
    ['Started', started],
    ['State', state],
    ...models.map(({ model, destination }): [string, string] => [
      'Model',
      destination === null ? model : `${model}. ${destination}`,
    ]),
    ['Log', log.name],
    ['Account key', log.key],
    ['Events', `${events.count}, from number ${events.first} to ${events.last}`],
    ['Hash of the last event', events.hash],
    ['Digest of this receipt', digest],
  ];
}

export const CHECK_WORDS =
  'Whoever has the log, or an export of it, can check this receipt: oversign verify --receipt FILE.';

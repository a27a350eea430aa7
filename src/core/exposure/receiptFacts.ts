import type { SealedReceipt } from '../../shared/exposure.ts';

export const RECEIPT_TITLE = 'Privacy receipt of a run';

type Facts = [label: string, value: string][];

/** What run it was. Nothing of it is made up here: it is all in the receipt. */
export function runFacts({ exposure }: SealedReceipt): Facts {
  const { task, folder, started, state, models } = exposure;
  return [
    ['Task', task ?? 'not in the log any more'],
    ['Folder', folder ?? 'not in the log any more'],
    ['Started', started],
    ['State', state],
    ...models.map(({ model, destination }): [string, string] => [
      'Model',
      destination === null ? model : `${model}. ${destination}`,
    ]),
  ];
}

/** By what it is found in the log, and held against it. */
export function checkFacts({ log, events, exposure, digest }: SealedReceipt): Facts {
  return [
    ['Run', exposure.run],
    ['Log', log.name],
    ['Account key', log.key],
    ['Events', `${events.count}, from number ${events.first} to ${events.last}`],
    ['Hash of the last event', events.hash],
    ['Digest of this receipt', digest],
  ];
}

export const CHECK_WORDS =
  'Whoever has the log, or an export of it, can check this receipt: oversign verify --receipt FILE.';

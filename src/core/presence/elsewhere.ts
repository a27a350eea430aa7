import { originPlace, placeName, type PlaceOf } from '../../shared/answered.ts';
import type { Claim, RunningRun } from '../audit/port.ts';
import type { Cancelled } from '../outcome.ts';
import { HandedOver, Stopped } from '../stopped.ts';

/** What a person at another window or terminal of the account wants of a run: that it ends, or goes on where they are. */
export const WANTS = ['stop', 'hand-over'] as const;
export type Want = (typeof WANTS)[number];

/** How processes of an account that share a data folder tell each other what is wanted of their runs. */
export interface RunRequests {
  /** Hears what others want of a run that this process holds, until the function that it returns is called. */
  listen(run: string, hear: (why: Cancelled) => void): () => void;
  /**
   * Tells whoever holds a run, and returns once it holds it no more, having said so itself or being gone. Throws a
   * sentence where it does neither.
   */
  tell(run: RunningRun, want: Want): Promise<void>;
}

/** What ends the work of whoever holds a run, when this is wanted of it. */
export function endingBecause(want: Want, from: PlaceOf): Cancelled {
  const where = originPlace(from);
  switch (want) {
    case 'stop':
      return new Stopped(`You stopped it${where}.`, { by: 'person', ...from });
    case 'hand-over':
      return new HandedOver(`You took it over${where}.`, from);
  }
}

/** Why a run cannot begin in a folder: where the other one is, since when (`stateWords`), and what it does. */
export function heldWords({ folder, holder }: Extract<Claim, { ok: false }>, when?: (time: string) => string): string {
  if (holder.isHere) return `A run is active in ${folder}. Stop it first, or wait until it ends.`;
  return `Another run is ${stateWords(holder, when)}, in ${folder}. Show it here, or stop it there.`;
}

/** Where a person finds it. */
export function whereWords({ place, at }: Pick<RunningRun, 'place' | 'at'>): string {
  return (
    placeName(place) ?? (at === 'editor' ? 'another window' : at === 'terminal' ? 'a terminal' : 'another program')
  );
}

function utc(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** As in "a run is …": what it does, where, and since when; `when`: a time as the person who reads it has it. */
export function stateWords(run: RunningRun, when: (time: string) => string = utc): string {
  const { state, since } = run;
  const where = whereWords(run);
  const time = since === '' ? '' : ` since ${when(since)}`;
  switch (state) {
    case 'working':
      return `at work in ${where}${time}`;
    case 'asking':
      return `waiting for an answer in ${where}${time}`;
    case 'unattended':
      return `waiting in ${where}, which shows no sign of life`;
  }
}

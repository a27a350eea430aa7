import { WITHOUT_TERMINAL, type PlaceOf } from '../shared/answered.ts';
import { terminalName } from '../terminal/terminalName.ts';

/** The terminal that this process is at; undefined where it is at none. */
export function terminalHere(): Required<PlaceOf> | undefined {
  const place = terminalName();
  return place === undefined ? undefined : { at: 'terminal', place };
}

/** Where what is wanted comes from: without a terminal, from whatever started this. */
export function hereOrProgram(): Required<PlaceOf> {
  return terminalHere() ?? { at: 'terminal', place: WITHOUT_TERMINAL };
}

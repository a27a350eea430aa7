import { ModelFailure } from '../../core/models/port.ts';

/** A reply whose calls cannot be told apart: a call glued together from two is one that the model never made. */
export function mixedUp(what: string): ModelFailure {
  return new ModelFailure(
    `The reply mixed up its tool calls (${what}), so none of them was carried out. Try again, or choose another model or server.`,
  );
}

import type { Change, PreImage } from '../../../shared/action.ts';

/** The one path that an action changes, as it stood when it was described. */
export function onlyChange({ tool, changes: [only, ...others] }: Change): PreImage {
  if (!only || others.length > 0) throw new Error(`an action of ${tool} changes one path`);
  return only;
}

/** Where an action moves something from, and where to, as both stood. */
export function bothChanges({ tool, changes: [from, to, ...others] }: Change): { from: PreImage; to: PreImage } {
  if (!from || !to || others.length > 0) throw new Error(`an action of ${tool} changes two paths`);
  return { from, to };
}

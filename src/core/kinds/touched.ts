import type { ReadAction } from '../audit/storedAction.ts';
import type { Facets } from './kind.ts';

/** What is found by the paths that it touches, and by nothing else. */
export function touched({ resources }: ReadAction): Facets {
  return { paths: resources.map(({ path }) => path), origins: [] };
}

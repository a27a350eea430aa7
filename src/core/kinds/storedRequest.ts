import { isJsonObject, type Json } from '../../shared/json.ts';
import type { ReadAction } from '../audit/storedAction.ts';
import type { Facets, Kind } from './kind.ts';

/** The request that a stored action is about; empty words where it has none. */
function requestOf({ recorded }: ReadAction): { method: string; url: string } {
  const request = Object.hasOwn(recorded, 'request') ? recorded['request'] : undefined;
  const text = (key: string): string => {
    const value: Json | undefined = isJsonObject(request) && Object.hasOwn(request, key) ? request[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { method: text('method'), url: text('url') };
}

/** What is known, from its record, of an action that is one request. */
export const OF_REQUESTS: Pick<Kind<never>, 'explained' | 'facets'> = {
  explained: (stored) => {
    const { method, url } = requestOf(stored);
    return url === '' ? [] : [{ kind: 'exact', label: 'Request', text: `${method} ${url}` }];
  },
  facets: (stored): Facets => {
    const { url } = requestOf(stored);
    return { paths: [], origins: URL.canParse(url) ? [new URL(url).origin] : [] };
  },
};

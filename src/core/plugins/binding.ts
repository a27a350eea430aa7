import type { Plugin } from '../../shared/action.ts';
import { canonicalJson } from '../../shared/json.ts';

/** What an acceptance is bound to: all of the declaration but which tools are named, and the program. */
export function bindingOf(plugin: Plugin, hash: (text: string) => string): string {
  return hash(canonicalJson(plugin));
}

import { createScanner, findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { MODEL_SETTINGS } from '../shared/settings.ts';

/** More of a settings file is not looked at. */
export const MOST_SETTINGS_FILE = 1_000_000;

const MOST_DEPTH = 100;

/** A setting that a workspace tried to make; line and column count from 1. */
interface TriedSetting {
  name: string;
  line: number;
  column: number;
}

/**
 * Which of Oversign's settings the text of a workspace's settings tries to set: the editor does not count them there, and
 * hides from an extension that they were tried. `below`: where the settings stand in it.
 */
export function triedSettings(text: string, below: readonly string[] = []): TriedSetting[] {
  if (text.length > MOST_SETTINGS_FILE || !text.includes('oversign') || isTooDeep(text)) return [];
  const root = parseTree(text, [], { allowTrailingComma: true });
  const settings = root && (below.length === 0 ? root : findNodeAtLocation(root, [...below]));
  if (settings?.type !== 'object') return [];
  const own = new Set(['composer.enterSends', ...Object.keys(MODEL_SETTINGS).map((name) => `model.${name}`)]);
  return (settings.children ?? []).flatMap((property) => {
    const key: Node | undefined = property.children?.[0];
    const name: unknown = key?.value;
    if (!key || typeof name !== 'string' || !name.startsWith('oversign.') || !own.has(name.slice(9))) return [];
    return [{ name, ...placeOf(text, key.offset) }];
  });
}

/** The parser calls itself for each level; the editor counts no such file either. */
function isTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const at = scanner.getTokenOffset();
    if (at >= text.length) return false;
    const sign = text[at];
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

import { isMap, parseDocument } from 'yaml';
import { parsePolicy } from './parse.ts';
import { isSame } from './settle.ts';
import type { WrittenRule } from './writeRule.ts';

/**
 * A user's policy text that says Maximum privacy, or no word of it. The rest stays letter for letter where that can be; the
 * new text is parsed again, and must hold all that was there and nothing else.
 */
export function withPrivacy(text: string, file: string, isOn: boolean): WrittenRule {
  const before = parsePolicy(text, file, 'user');
  if (!before.ok) return { ok: false, problem: `the policy has errors; mend ${file} first` };
  const { privacy: _, ...others } = before.parsed.values;
  const expected = isOn ? { ...others, privacy: 'maximum' } : others;
  const holds = (written: string): boolean => {
    const after = parsePolicy(written, file, 'user');
    return after.ok && isSame(sorted(after.parsed.values), sorted(expected));
  };
  const written = [inLines(text, isOn), inDocument(text, isOn)].find(holds);
  return written === undefined
    ? {
        ok: false,
        problem: `${file} could not be changed without changing the rest; write it by hand: privacy: maximum`,
      }
    : { ok: true, text: written };
}

const LINE = /^privacy[ \t]*:.*(\r?\n|$)/m;

/** One line more, another one in its place, or one line less. */
function inLines(text: string, isOn: boolean): string {
  if (!isOn) return text.replace(LINE, '');
  if (LINE.test(text)) return text.replace(LINE, 'privacy: maximum$1');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}privacy: maximum\n`;
}

function inDocument(text: string, isOn: boolean): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.contents === null) document.contents = document.createNode({}) as never;
  if (!isMap(document.contents)) return text;
  if (isOn) document.set('privacy', 'maximum');
  else document.delete('privacy');
  return document.toString({ lineWidth: 0 });
}

/** The same, whichever key was written first. */
function sorted(values: object): [string, unknown][] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

import type { HiddenTexts } from './hiddenTexts.ts';
import { roleOf } from './operands.ts';
import type { Meaning } from './meaning.ts';

// Folders that a line names: whatever else it names may be looked for in them (`make -C sub -f rules`,
// `PYTHONPATH=lib python3 -m mod`, `from pkg import mod`), and some programs run whatever lies in one.

const MOST = 60;
const PLAIN = /^[\w.@+/~-]{1,200}$/;
/** They run every file of a folder. */
const RUN_FOLDERS = /^(run-parts|bats)$/;

export interface NamedFolders {
  /** As the line spells them; whether they are there is not known. */
  searched: string[];
  /** Those of which every file may be run. */
  whole: string[];
}

export function namedFolders(meaning: Meaning, hidden: HiddenTexts | undefined): NamedFolders {
  const searched = new Set<string>();
  const whole = new Set<string>();
  let givesHooks = (hidden?.values ?? []).some((value) => /hookspath/i.test(value));
  for (const [index, words] of meaning.programs.entries()) {
    const isRun = roleOf(words, index, meaning) === 'runs';
    if (!isRun) continue;
    const [program, ...args] = words.map((word) => (word.kind === 'known' ? word.text : ''));
    const found = args.flatMap(foldersIn);
    givesHooks ||= args.some((text) => /hookspath/i.test(text));
    for (const one of found) searched.add(one);
    if (RUN_FOLDERS.test(program?.slice(program.lastIndexOf('/') + 1) ?? '')) for (const one of found) whole.add(one);
  }
  for (const value of hidden?.values ?? []) for (const one of foldersIn(value)) searched.add(one);
  for (const input of hidden?.inputs ?? []) for (const one of foldersIn(input)) searched.add(one);
  const all = [...searched].filter((one) => !/^\.?\/*$/.test(one)).slice(0, MOST);
  return { searched: all, whole: givesHooks ? all : [...whole].slice(0, MOST) };
}

/** What of a word, or of a piece of code, may be a folder. */
function foldersIn(text: string): string[] {
  const found: string[] = [];
  const add = (part: string): void => {
    const bare = part.replace(/^\$(PWD|\{PWD\})\//, '').replace(/^\.\/+(?=.)/, '');
    if (!PLAIN.test(bare)) return;
    found.push(bare);
    if (/[^/]\/[^/]/.test(bare)) found.push(bare.slice(0, bare.lastIndexOf('/')));
  };
  if (!/[\s"'`(]/.test(text)) {
    const value = text.replace(/^(-[A-Za-z](?=[\w./])|[-\w.]+=)/, '');
    for (const whole of new Set([text, value])) for (const part of whole.split(/[:,]/)) add(part);
    return found;
  }
  for (const [, quoted = ''] of text.matchAll(/["'`]([^"'`\s]{1,200})["'`]/g)) add(quoted);
  for (const [, module = ''] of text.matchAll(/\bfrom\s+\.?([A-Za-z_][\w.]*)\s+import\b/g))
    add(module.replaceAll('.', '/'));
  for (const [, folder = ''] of text.matchAll(/(?:\bcd|-[CILd]|--[a-z-]{1,40})[ =]+([\w./-]+)/g)) add(folder);
  return found;
}

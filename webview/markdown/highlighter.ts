import hljs from 'highlight.js/lib/core';
import type { LanguageFn } from 'highlight.js';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import type { Coloured } from './coloured.ts';
import { PiecesEmitter } from './piecesEmitter.ts';

// A chunk of its own, loaded with the first code that wants it. Their own names (`ts`, `sh`, `html`) come with them.
const LANGUAGES: Record<string, LanguageFn> = {
  ...{ bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, php, python, ruby, rust, sql, typescript },
  ...{ xml, yaml },
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);
hljs.configure({ __emitter: PiecesEmitter });

/** Code in pieces, which say together exactly what it says; undefined for a language that is not known. */
export function colour(code: string, language: string): readonly Coloured[] | undefined {
  if (!hljs.getLanguage(language)) return undefined;
  const { _emitter: emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  // Words must never be lost to a colour.
  return emitter instanceof PiecesEmitter && saidBy(emitter.pieces) === code ? emitter.pieces : undefined;
}

function saidBy(pieces: readonly Coloured[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : saidBy(piece.pieces))).join('');
}

/** A place in a file, as the editor spells that: absolute. Lines and columns count from 1, columns in UTF-16 units. */
export interface CodePlace {
  path: string;
  line: number;
  column: number;
}

/** From a place up to another one, which is not in it. */
export interface CodeRange extends CodePlace {
  endLine: number;
  endColumn: number;
}

export interface CodeProblem extends CodePlace {
  severity: 'error' | 'warning' | 'information' | 'hint';
  message: string;
  /** Who says so, and under which name; empty where it is not said. */
  source: string;
}

export interface CodeSymbol extends CodePlace {
  name: string;
  /** A word: function, class, … */
  kind: string;
  /** In which other one it stands; empty where in none. */
  within: string;
}

export interface CodeEdit extends CodeRange {
  text: string;
}

export interface OpenFile {
  path: string;
  isUnsaved: boolean;
  /** `focused`: the person works in it; `shown`: it is in sight. */
  state: 'focused' | 'shown' | 'behind';
}

/** What was found, and how much of it is left out. */
export interface CodeFound<T> {
  items: readonly T[];
  left: number;
}

/**
 * The language services of an editor: they see its texts, unsaved ones too. What they say is somebody else's, perhaps of
 * another extension: it may be anything, of any size, about any path, and come late or never. At most `most` items are given.
 */
export interface LanguageServices {
  problems(most: number): Promise<CodeFound<CodeProblem>>;
  symbolsIn(path: string, most: number): Promise<CodeFound<CodeSymbol>>;
  symbolsNamed(query: string, most: number): Promise<CodeFound<CodeSymbol>>;
  definitions(place: CodePlace, most: number): Promise<CodeFound<CodePlace>>;
  references(place: CodePlace, most: number): Promise<CodeFound<CodePlace>>;
  /** The edits that give what stands at a place another name; nothing is changed by asking. */
  rename(place: CodePlace, name: string, most: number): Promise<CodeFound<CodeEdit>>;
  openFiles(most: number): Promise<CodeFound<OpenFile>>;
}

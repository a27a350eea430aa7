import * as vscode from 'vscode';

/** What the core's port for language services wants to know (src/core/editor/languages.ts); lines and columns from 1. */
interface Place {
  path: string;
  line: number;
  column: number;
}
interface Found<T> {
  items: T[];
  left: number;
}
interface Problem extends Place {
  severity: 'error' | 'warning' | 'information' | 'hint';
  message: string;
  source: string;
}
interface NamedSymbol extends Place {
  name: string;
  kind: string;
  within: string;
}
interface Edit extends Place {
  endLine: number;
  endColumn: number;
  text: string;
}
interface OpenFile {
  path: string;
  isUnsaved: boolean;
  state: 'focused' | 'shown' | 'behind';
}

/** A message, or a name, of more characters says no more. */
const MOST_CHARACTERS = 2000;
/** How deep symbols stand in one another. */
const MOST_DEPTH = 50;

const SEVERITIES: Record<vscode.DiagnosticSeverity, Problem['severity']> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
  [vscode.DiagnosticSeverity.Hint]: 'hint',
};

/**
 * The language services of this window, asked by the editor's own commands: whichever extension answers. What they give is
 * taken up to a number, and what is left is counted.
 */
export class LanguageServices {
  problems(most: number): Promise<Found<Problem>> {
    const found = new Taking<Problem>(most);
    for (const [uri, own] of vscode.languages.getDiagnostics()) {
      if (!isFile(uri)) continue;
      for (const { range, severity, message, source, code } of own)
        found.add(() => ({
          ...placeOf(uri, range.start),
          severity: SEVERITIES[severity],
          message: cut(message),
          source: cut([source, codeOf(code)].filter((word) => word !== undefined && word !== '').join(' ')),
        }));
    }
    return Promise.resolve(found.result);
  }

  async symbolsIn(path: string, most: number): Promise<Found<NamedSymbol>> {
    const uri = await opened(path);
    const said = await asked<(vscode.DocumentSymbol | vscode.SymbolInformation)[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    const found = new Taking<NamedSymbol>(most);
    const visit = (
      all: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
      within: string,
      depth: number,
    ): void => {
      for (const one of all) {
        if ('location' in one) addInformation(one, found);
        else {
          const { name, kind, selectionRange } = one;
          found.add(() => ({
            ...placeOf(uri, selectionRange.start),
            name: cut(name),
            kind: kindOf(kind),
            within: cut(within),
          }));
        }
        const below = 'children' in one ? one.children : [];
        if (depth < MOST_DEPTH && !found.isFull) visit(below, one.name, depth + 1);
        else found.skip(below.length);
      }
    };
    visit(said, '', 0);
    return found.result;
  }

  async symbolsNamed(query: string, most: number): Promise<Found<NamedSymbol>> {
    const said = await asked<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', query);
    const found = new Taking<NamedSymbol>(most);
    for (const one of said) addInformation(one, found);
    return found.result;
  }

  definitions(place: Place, most: number): Promise<Found<Place>> {
    return placesBy('vscode.executeDefinitionProvider', place, most);
  }

  references(place: Place, most: number): Promise<Found<Place>> {
    return placesBy('vscode.executeReferenceProvider', place, most);
  }

  async rename({ path, line, column }: Place, name: string, most: number): Promise<Found<Edit>> {
    const at = new vscode.Position(line - 1, column - 1);
    const said = await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
      'vscode.executeDocumentRenameProvider',
      await opened(path),
      at,
      name,
    );
    const found = new Taking<Edit>(most);
    for (const [uri, edits] of said?.entries() ?? [])
      for (const { range, newText } of edits)
        found.add(() => ({
          // Of what is no file, the whole address: nobody may think that it was one.
          ...placeOf(uri, range.start),
          path: isFile(uri) ? uri.fsPath : uri.toString(),
          endLine: range.end.line + 1,
          endColumn: range.end.character + 1,
          text: newText,
        }));
    return found.result;
  }

  openFiles(most: number): Promise<Found<OpenFile>> {
    const found = new Taking<OpenFile>(most);
    const seen = new Set<string>();
    const groups = vscode.window.tabGroups.all.toSorted((a, b) => Number(b.isActive) - Number(a.isActive));
    for (const group of groups)
      for (const { input, isDirty, isActive } of group.tabs) {
        const uri = uriOf(input);
        if (!uri || !isFile(uri) || seen.has(uri.fsPath)) continue;
        seen.add(uri.fsPath);
        const shown = group.isActive ? 'focused' : 'shown';
        found.add(() => ({ path: uri.fsPath, isUnsaved: isDirty, state: isActive ? shown : 'behind' }));
      }
    return Promise.resolve(found.result);
  }
}

/** Takes items up to a number, and counts the others. */
class Taking<T> {
  readonly #items: T[] = [];
  readonly #most: number;
  #left = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#most;
  }

  get result(): Found<T> {
    return { items: this.#items, left: this.#left };
  }

  add(make: () => T): void {
    if (this.isFull) this.#left += 1;
    else this.#items.push(make());
  }

  skip(count: number): void {
    this.#left += count;
  }
}

/** Of what is not open as a text, in sight or not, the editor's commands answer as if they had been called wrongly. */
async function opened(path: string): Promise<vscode.Uri> {
  return (await vscode.workspace.openTextDocument(path)).uri;
}

async function asked<T extends unknown[]>(command: string, ...args: unknown[]): Promise<T | []> {
  return (await vscode.commands.executeCommand<T | undefined>(command, ...args)) ?? [];
}

async function placesBy(command: string, { path, line, column }: Place, most: number): Promise<Found<Place>> {
  const at = new vscode.Position(line - 1, column - 1);
  const said = await asked<(vscode.Location | vscode.LocationLink)[]>(command, await opened(path), at);
  const found = new Taking<Place>(most);
  for (const one of said) {
    const [uri, range] =
      'targetUri' in one ? [one.targetUri, one.targetSelectionRange ?? one.targetRange] : [one.uri, one.range];
    found.add(() => placeOf(uri, range.start));
  }
  return found.result;
}

function addInformation(
  { name, kind, containerName, location }: vscode.SymbolInformation,
  found: Taking<NamedSymbol>,
): void {
  found.add(() => ({
    ...placeOf(location.uri, location.range.start),
    ...{ name: cut(name), kind: kindOf(kind), within: cut(containerName) },
  }));
}

/** What is no file has its whole address in the place of a path: it is none then. */
function placeOf(uri: vscode.Uri, { line, character }: vscode.Position): Place {
  return { path: isFile(uri) ? uri.fsPath : uri.toString(), line: line + 1, column: character + 1 };
}

function isFile({ scheme }: vscode.Uri): boolean {
  return scheme === 'file';
}

function kindOf(kind: vscode.SymbolKind): string {
  return (vscode.SymbolKind[kind] as string | undefined)?.toLowerCase() ?? 'symbol';
}

function codeOf(code: vscode.Diagnostic['code']): string | undefined {
  const value = typeof code === 'object' ? code.value : code;
  return value === undefined ? undefined : String(value);
}

function uriOf(input: unknown): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) return input.modified;
  const isOne =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return isOne ? input.uri : undefined;
}

function cut(text: string | undefined): string {
  return (text ?? '').slice(0, MOST_CHARACTERS);
}

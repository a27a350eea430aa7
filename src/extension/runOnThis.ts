import * as vscode from 'vscode';
import { Failure } from '../core/outcome.ts';
import type { AgentView } from '../vscode/agentView.ts';
import { pickedThings, type PickedThing } from './pickedThings.ts';
import { linesOf, problemWords, quoted, testWords } from './referenceWords.ts';
import { spokenPath } from './spokenPath.ts';
import type { Place } from './workplace.ts';

/** At the end of what is typed. */
const AT_END = Number.MAX_SAFE_INTEGER;

/** What it needs of its window. */
interface SpeaksTo {
  readonly view: AgentView;
  /** The folders that a task would work in. */
  places(): Promise<readonly Place[]>;
}

/** *Run Agent on This*: names what was picked in the task box, and sends nothing. */
export async function runOnThis(window: SpeaksTo, args: readonly unknown[]): Promise<void> {
  const things = pickedThings(args);
  const places = await window.places();
  const path = (file: string): string => spokenPath(file, places);
  const editor = vscode.window.activeTextEditor;
  // In an editor it is about what is selected there; from the palette it is about what is being edited.
  const isOfEditor =
    editor !== undefined &&
    (things.length === 0 || (things.length === 1 && isFile(things[0], editor.document.uri) && hasSelection(editor)));
  const words = isOfEditor ? [ofEditor(editor, path)] : things.map((thing) => thingWords(thing, path));
  if (words.length === 0) throw new Failure('Open a file first, or choose this on one in the Explorer.');
  await window.view.reveal();
  window.view.say({ type: 'reference', at: AT_END, typed: false, reference: words.join(' ') });
}

function isFile(thing: PickedThing | undefined, uri: vscode.Uri): boolean {
  return thing?.kind === 'file' && thing.path === uri.fsPath;
}

function hasSelection({ selection }: vscode.TextEditor): boolean {
  return !selection.isEmpty;
}

function ofEditor({ document, selection }: vscode.TextEditor, path: (file: string) => string): string {
  if (document.uri.scheme !== 'file')
    throw new Failure('This is no file of the workspace. Save it there first, and name it then.');
  const file = path(document.uri.fsPath);
  return quoted(selection.isEmpty ? file : `${file}:${linesOf(selection.start, selection.end)}`);
}

function thingWords(thing: PickedThing, path: (file: string) => string): string {
  switch (thing.kind) {
    case 'file':
      return quoted(path(thing.path));
    case 'problems':
      return problemWords(path(thing.path), thing.problems);
    case 'test':
      return testWords({ ...thing, path: thing.path === undefined ? undefined : path(thing.path) });
  }
}

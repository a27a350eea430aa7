import type { LanguageServices } from '../../src/core/editor/languages.ts';
import { ScriptedEditor } from './scriptedEditor.ts';
import { scriptedLanguages } from './scriptedLanguages.ts';
import { workbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

type Said = Partial<Record<keyof LanguageServices, unknown>>;

/** A bench with an editor whose language services say what `said` makes of the workspace folder. */
export async function editorBench(
  said: (folder: string) => Said,
  options: WorkbenchOptions = {},
  change: NonNullable<WorkbenchOptions['change']> = () => undefined,
): Promise<{ bench: Workbench; editor: ScriptedEditor }> {
  const editor = new ScriptedEditor();
  const held: { folder: string } = { folder: '' };
  editor.languages = scriptedLanguages(() => said(held.folder));
  const made = await workbench({
    files: FILES,
    ...options,
    change: (node) => {
      node.parts.editor = editor;
      change(node);
    },
  });
  held.folder = made.folder;
  return { bench: made, editor };
}

export const FILES = {
  'a.ts': 'export const one = 1;\nexport const two = one + 1;\n',
  'b.ts': "import { one } from './a.ts';\nconsole.log(one);\n",
  'keep/secret.ts': 'dear words\n',
  '.env': 'TOKEN=dear-words-0123456789\n',
};
export const DENIED = 'tools: {file_system: {denied_paths: [keep]}}\n';

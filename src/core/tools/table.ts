import type { ToolName } from '../policy/toolNames.ts';
import { deletePath } from './files/deletePath.ts';
import { editFile } from './files/editFile.ts';
import { findFiles } from './files/findFiles.ts';
import { listDirectory } from './files/listDirectory.ts';
import { movePath } from './files/movePath.ts';
import { readFile } from './files/readFile.ts';
import { searchFiles } from './files/searchFiles.ts';
import { writeFile } from './files/writeFile.ts';
import type { ToolPorts } from './ports.ts';
import { runCommand } from './runCommand.ts';
import type { AnyTool } from './tool.ts';

/**
 * Every built-in tool, in the order that models and people see. A new one is added here and nowhere else; the names
 * that policy rules may speak of (src/core/policy/toolNames.ts) are generated from it.
 */
export const BUILT_IN = {
  read_file: readFile,
  list_directory: listDirectory,
  find_files: findFiles,
  search_files: searchFiles,
  write_file: writeFile,
  edit_file: editFile,
  move_path: movePath,
  delete_path: deletePath,
  run_command: runCommand,
} satisfies Record<ToolName, (ports: ToolPorts) => AnyTool>;

export function builtInTools(ports: ToolPorts): AnyTool[] {
  return Object.values(BUILT_IN).map((make) => make(ports));
}

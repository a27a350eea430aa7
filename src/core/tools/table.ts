import type { ToolName } from '../policy/toolNames.ts';
import { runCode } from './code/runCode.ts';
import { definition } from './editor/definition.ts';
import { diagnostics } from './editor/diagnostics.ts';
import { openFilesTool } from './editor/openFilesTool.ts';
import { references } from './editor/references.ts';
import { renameSymbol } from './editor/renameSymbol.ts';
import { symbols } from './editor/symbols.ts';
import { readEnvironment } from './environment/readEnvironment.ts';
import { changeDatabase } from './database/changeDatabase.ts';
import { listSchema } from './database/listSchema.ts';
import { queryDatabase } from './database/queryDatabase.ts';
import { deletePath } from './files/deletePath.ts';
import { editFile } from './files/editFile.ts';
import { editFiles } from './files/editFiles.ts';
import { findFiles } from './files/findFiles.ts';
import { listDirectory } from './files/listDirectory.ts';
import { movePath } from './files/movePath.ts';
import { readFile } from './files/readFile.ts';
import { readFiles } from './files/readFiles.ts';
import { searchFiles } from './files/searchFiles.ts';
import { writeFile } from './files/writeFile.ts';
import type { ToolPorts } from './ports.ts';
import { readOutput } from './readOutput.ts';
import { runCommand } from './runCommand.ts';
import { stopCommand } from './stopCommand.ts';
import { fetchPage } from './web/fetchPage.ts';
import { startPlugin } from './plugins/startPlugin.ts';
import { httpRequest } from './web/httpRequest.ts';
import { askUser } from './talk/askUser.ts';
import { updatePlan } from './talk/updatePlan.ts';
import type { AnyTool } from './tool.ts';

/**
 * Every built-in tool, in the order that models and people see. A new one is added here and nowhere else; the names
 * that policy rules may speak of (src/core/policy/toolNames.ts) are generated from it.
 */
export const BUILT_IN = {
  read_file: readFile,
  read_files: readFiles,
  list_directory: listDirectory,
  find_files: findFiles,
  search_files: searchFiles,
  write_file: writeFile,
  edit_file: editFile,
  edit_files: editFiles,
  move_path: movePath,
  delete_path: deletePath,
  run_command: runCommand,
  run_code: runCode,
  read_output: readOutput,
  stop_command: stopCommand,
  fetch_page: fetchPage,
  diagnostics,
  symbols,
  definition,
  references,
  open_files: openFilesTool,
  rename_symbol: renameSymbol,
  read_environment: readEnvironment,
  http_request: httpRequest,
  query_database: queryDatabase,
  list_schema: listSchema,
  change_database: changeDatabase,
  start_plugin: startPlugin,
  ask_user: askUser,
  update_plan: updatePlan,
} satisfies Record<ToolName, (ports: ToolPorts) => AnyTool>;

export function builtInTools(ports: ToolPorts): AnyTool[] {
  return Object.values(BUILT_IN).map((make) => make(ports));
}

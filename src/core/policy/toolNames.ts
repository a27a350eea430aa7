// Generated from src/core/tools/table.ts. Change that, then run: npm run generate
import type { Effect } from '../../shared/action.ts';
/** The tools that a rule may speak of, and what the calls of each can do. */
export const TOOLS = {
  read_file: ['read'],
  read_files: ['read'],
  list_directory: ['list'],
  find_files: ['search'],
  search_files: ['search'],
  write_file: ['write'],
  edit_file: ['write'],
  edit_files: ['write'],
  move_path: ['move'],
  delete_path: ['delete'],
  run_command: ['execute'],
  run_code: ['execute'],
  read_output: ['follow'],
  stop_command: ['stop'],
  fetch_page: ['browse'],
  diagnostics: ['search'],
  symbols: ['search'],
  definition: ['search'],
  references: ['search'],
  open_files: ['list'],
  rename_symbol: ['write'],
  read_environment: ['variable'],
  http_request: ['request'],
  query_database: ['query'],
  list_schema: ['schema'],
  change_database: ['modify'],
  start_plugin: ['start'],
  ask_user: ['ask'],
  update_plan: ['plan'],
} as const satisfies Record<string, readonly Effect[]>;
/** Tools whose calls do a part of what calls of this one do. */
export const INCLUDED: Partial<Record<ToolName, readonly ToolName[]>> = {
  read_files: ['read_file'],
  edit_files: ['edit_file', 'write_file'],
  run_code: ['run_command'],
  rename_symbol: ['edit_file', 'edit_files', 'write_file'],
};
export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as [ToolName, ...ToolName[]];

// Generated from src/core/tools/table.ts. Change that, then run: npm run generate
import type { Effect } from '../../shared/action.ts';
/** The tools that a rule may speak of, and what the calls of each can do. */
export const TOOLS = {
  read_file: ['read'],
  list_directory: ['list'],
  find_files: ['search'],
  search_files: ['search'],
  write_file: ['write'],
  edit_file: ['write'],
  move_path: ['move'],
  delete_path: ['delete'],
  run_command: ['execute'],
} as const satisfies Record<string, readonly Effect[]>;
export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as [ToolName, ...ToolName[]];

// Generated from src/core/tools/table.ts. Change that, then run: npm run generate
/** The tools that a rule may speak of. */
export const TOOL_NAMES = [
  'read_file',
  'list_directory',
  'find_files',
  'search_files',
  'write_file',
  'edit_file',
  'move_path',
  'delete_path',
  'run_command',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

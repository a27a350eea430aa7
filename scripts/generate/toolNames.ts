/** The module of the tools' names: the policy's schema stands below the tools, and cannot import their table. */
export function toolNames(names: readonly string[]): string {
  return [
    '// Generated from src/core/tools/table.ts. Change that, then run: npm run generate',
    '/** The tools that a rule may speak of. */',
    `export const TOOL_NAMES = [${names.map((name) => `'${name}'`).join(', ')}] as const;`,
    'export type ToolName = (typeof TOOL_NAMES)[number];',
    '',
  ].join('\n');
}

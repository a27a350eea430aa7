import type { AnyTool } from '../../src/core/tools/tool.ts';

/** The module of the tools' names: the policy's schema stands below the tools, and cannot import their table. */
export function toolNames(tools: readonly Pick<AnyTool, 'name' | 'effects' | 'includes'>[]): string {
  const lines = tools.map(({ name, effects }) => `${name}: [${effects.map((effect) => `'${effect}'`).join(', ')}],`);
  const including = tools.flatMap(({ name, includes = [] }) =>
    includes.length === 0 ? [] : [`${name}: [${includes.map((one) => `'${one}'`).join(', ')}],`],
  );
  return [
    '// Generated from src/core/tools/table.ts. Change that, then run: npm run generate',
    "import type { Effect } from '../../shared/action.ts';",
    '/** The tools that a rule may speak of, and what the calls of each can do. */',
    `export const TOOLS = { ${lines.join(' ')} } as const satisfies Record<string, readonly Effect[]>;`,
    '/** Tools whose calls do a part of what calls of this one do. */',
    `export const INCLUDED: Partial<Record<ToolName, readonly ToolName[]>> = { ${including.join(' ')} };`,
    'export type ToolName = keyof typeof TOOLS;',
    'export const TOOL_NAMES = Object.keys(TOOLS) as [ToolName, ...ToolName[]];',
    '',
  ].join('\n');
}

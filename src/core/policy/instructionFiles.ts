/**
 * Where projects say how they are worked on, the first of a folder first: AGENTS.md (agents.md), CLAUDE.md (Claude
 * Code), copilot-instructions.md (GitHub). They are written to be told to agents: whoever may change them, nobody's
 * private data is in them.
 */
export const INSTRUCTION_FILES = ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md'];

export function isInstructionFile(path: string): boolean {
  return INSTRUCTION_FILES.some((name) => path.endsWith(`/${name}`));
}

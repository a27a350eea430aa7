import { offered } from '../policy/decide.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { deletePath } from './files/deletePath.ts';
import { editFile } from './files/editFile.ts';
import { findFiles } from './files/findFiles.ts';
import { listDirectory } from './files/listDirectory.ts';
import { movePath } from './files/movePath.ts';
import { readFile } from './files/readFile.ts';
import { searchFiles } from './files/searchFiles.ts';
import { writeFile } from './files/writeFile.ts';
import { runCommand } from './runCommand.ts';
import type { AnyTool } from './tool.ts';

/** Every tool there is. A new one is added here and nowhere else. */
export const TOOLS: readonly AnyTool[] = [
  readFile,
  listDirectory,
  findFiles,
  searchFiles,
  writeFile,
  editFile,
  movePath,
  deletePath,
  runCommand,
];

/** A tool by the name the model gave; only real names are found (`constructor` is none). */
export function toolNamed(name: string): AnyTool | undefined {
  return TOOLS.find((tool) => tool.name === name);
}

/** What the model is told of: tools that the policy denies are not offered at all. */
export function offeredTools(policy: EffectivePolicy): AnyTool[] {
  return TOOLS.filter((tool) => offered(policy, tool.family).verdict !== 'deny');
}

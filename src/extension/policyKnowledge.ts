import { bashParser } from '../core/command/bash.ts';
import { completionsAt as completions, hoverAt as hover } from '../core/policy/assist.ts';
import { checkExamples } from '../core/policy/examples.ts';
import type { Diagnostic, Layer } from '../core/policy/layer.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import { spelledAlone } from '../node/policy/checkedAlone.ts';

// What the editor's help for policy files knows. Loaded when the first policy is open, never at activation.

export const completionsAt = completions;
export const hoverAt = hover;

/** What is wrong with a text, as it would be if it were saved as this file. */
export async function check(text: string, file: string): Promise<Diagnostic[]> {
  const parsed = parsePolicy(text, file, layerOf(file));
  if (!parsed.ok) return parsed.diagnostics;
  const examples = checkExamples(parsed.parsed, await bashParser());
  return examples.length > 0 ? examples : spelledAlone(parsed.parsed);
}

/** By its place: roles, for one, are only for the organization's. */
function layerOf(file: string): Layer {
  if (/[\\/]\.oversign[\\/]policy\.yaml$/.test(file)) return 'workspace';
  return /^(\/etc|\/Library\/Application Support|[A-Za-z]:\\ProgramData)[\\/]/.test(file) ? 'organization' : 'user';
}

import type { SyntaxNode } from 'unbash';
import type { BashParser } from './bash.ts';

/** What stands in a line and is no word of any program of it. */
export interface HiddenTexts {
  /** What variables are set to, and files that are opened to be read and written. */
  values: string[];
  /** Here-documents and here-strings. */
  inputs: string[];
}

/** Undefined where the line cannot be read. */
export function hiddenTexts(text: string, parser: BashParser): HiddenTexts | undefined {
  const parsed = parser.parse(text);
  if (!parsed.ok) return undefined;
  const found: HiddenTexts = { values: [], inputs: [] };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Assignment') {
      if (node.value.type === 'Word') found.values.push(node.value.value, node.value.text);
      else for (const element of node.value.elements) found.values.push(element.value, element.text);
    } else if (node.type === 'HereDoc') found.inputs.push(node.body.text);
    else if (node.type === 'HereString') found.inputs.push(node.target?.value ?? '');
    else if (node.type === 'Redirect' && node.operator === '<>' && node.target) found.values.push(node.target.value);
    parser.children(node, visit);
  };
  visit(parsed.script);
  return found;
}

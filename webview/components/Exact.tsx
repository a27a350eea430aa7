import { visibleLine } from '../../src/shared/visible.ts';

/** A path or another exact string inside a sentence: on one line, hidden characters written out, never reordered. */
export function Exact({ children }: { readonly children: string }) {
  return <code className="exact">{visibleLine(children)}</code>;
}

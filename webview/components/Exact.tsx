import { visible } from '../../src/shared/visible.ts';

/** A path or another exact string inside a sentence: hidden characters written out, never reordered. */
export function Exact({ children }: { readonly children: string }) {
  return <code className="exact">{visible(children)}</code>;
}

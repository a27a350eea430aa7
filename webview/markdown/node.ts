// What the agent's Markdown is to the panel: few shapes, none of which can hold an element, a style or an address that
// is loaded. Everything that is drawn of a message is one of these.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'struck'; readonly children: readonly Inline[] }
  /** `href`: as it was written, with entities and escapes undone. */
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  /** Never loaded: a link to it, in words. */
  | { readonly kind: 'image'; readonly href: string; readonly alt: string }
  | { readonly kind: 'break' };

export type Align = 'left' | 'center' | 'right' | undefined;

export interface Item {
  /** Of a list of tasks: whether it says that it is done. */
  readonly task: boolean | undefined;
  readonly children: readonly Block[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[]; readonly tight: boolean }
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  /** `start`: the first number; undefined where it has none. */
  | { readonly kind: 'list'; readonly start: number | undefined; readonly items: readonly Item[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | {
      readonly kind: 'table';
      readonly aligns: readonly Align[];
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' }
  /** What is not formatted, with why. */
  | { readonly kind: 'plain'; readonly text: string; readonly why: string };

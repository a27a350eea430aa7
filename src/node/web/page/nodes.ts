// The nodes of a page that was read: as much of a document as the search for its main text (Readability) asks for, and
// nothing that loads or runs anything. Names are those of the DOM standard.

/** What is an element and what is text has this in common. */
abstract class Linked {
  parentNode: PageElement | null = null;
  nextSibling: PageNode | null = null;
  previousSibling: PageNode | null = null;

  remove(): void {
    this.parentNode?.removeChild(this as unknown as PageNode);
  }

  get nextElementSibling(): PageElement | null {
    return elementFrom(this.nextSibling, 'nextSibling');
  }

  get previousElementSibling(): PageElement | null {
    return elementFrom(this.previousSibling, 'previousSibling');
  }
}

function elementFrom(start: PageNode | null, step: 'nextSibling' | 'previousSibling'): PageElement | null {
  let node = start;
  while (node && !(node instanceof PageElement)) node = node[step];
  return node;
}

export class PageText extends Linked {
  readonly nodeType = 3;
  readonly nodeName = '#text';
  readonly childNodes: readonly PageNode[] = [];
  readonly children: readonly PageElement[] = [];
  textContent: string;

  /** Whether it ends with a blank; known without looking at the whole of a text that grows. */
  endsBlank: boolean;

  constructor(text: string) {
    super();
    this.textContent = text;
    this.endsBlank = text.endsWith(' ');
  }

  append(text: string): void {
    this.textContent += text;
    this.endsBlank = text.endsWith(' ');
  }
}

/** An attribute; `cloneNode` and the like exist because they are asked for. */
class Attribute {
  readonly name: string;
  readonly value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }

  cloneNode(): this {
    return this;
  }
}

export class PageElement extends Linked {
  readonly nodeType = 1;
  readonly localName: string;
  readonly tagName: string;
  readonly ownerDocument: PageDocument;
  readonly childNodes: PageNode[] = [];
  readonly #attributes = new Map<string, string>();

  constructor(ownerDocument: PageDocument, name: string) {
    super();
    this.ownerDocument = ownerDocument;
    this.localName = name.toLowerCase();
    this.tagName = this.localName.toUpperCase();
  }

  get nodeName(): string {
    return this.tagName;
  }

  get children(): PageElement[] {
    return this.childNodes.filter((node) => node instanceof PageElement);
  }

  get firstChild(): PageNode | null {
    return this.childNodes[0] ?? null;
  }

  get lastChild(): PageNode | null {
    return this.childNodes.at(-1) ?? null;
  }

  get firstElementChild(): PageElement | null {
    return elementFrom(this.firstChild, 'nextSibling');
  }

  get attributes(): Attribute[] {
    return [...this.#attributes].map(([name, value]) => new Attribute(name, value));
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: string): void {
    this.#attributes.set(name, value);
  }

  setAttributeNode({ name, value }: Attribute): void {
    this.#attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  get className(): string {
    return this.getAttribute('class') ?? '';
  }

  set className(value: string) {
    this.setAttribute('class', value);
  }

  get id(): string {
    return this.getAttribute('id') ?? '';
  }

  set id(value: string) {
    this.setAttribute('id', value);
  }

  get textContent(): string {
    const parts: string[] = [];
    for (const node of within(this)) if (node instanceof PageText) parts.push(node.textContent);
    return parts.join('');
  }

  set textContent(text: string) {
    for (const child of [...this.childNodes]) child.remove();
    this.appendChild(new PageText(text));
  }

  /** Not the text of it: a copy of what is in it, to be set again. Nothing is ever parsed a second time. */
  get innerHTML(): Kept {
    return new Kept(this.childNodes.map(copied));
  }

  set innerHTML(kept: Kept) {
    for (const child of [...this.childNodes]) child.remove();
    for (const child of kept.copies()) this.appendChild(child);
  }

  getElementsByTagName(name: string): PageElement[] {
    const tag = name.toUpperCase();
    const found: PageElement[] = [];
    for (const node of within(this))
      if (node instanceof PageElement && (tag === '*' || node.tagName === tag)) found.push(node);
    return found;
  }

  appendChild(child: PageNode): PageNode {
    child.remove();
    const last = this.childNodes.at(-1) ?? null;
    child.previousSibling = last;
    if (last) last.nextSibling = child;
    child.parentNode = this;
    this.childNodes.push(child);
    return child;
  }

  removeChild(child: PageNode): PageNode {
    // What is taken away stands at the end more often than not.
    const at = this.childNodes.lastIndexOf(child);
    if (at < 0) throw new Error('it is no child of this element');
    this.childNodes.splice(at, 1);
    const { previousSibling: before, nextSibling: after } = child;
    if (before) before.nextSibling = after;
    if (after) after.previousSibling = before;
    [child.parentNode, child.previousSibling, child.nextSibling] = [null, null, null];
    return child;
  }

  replaceChild(child: PageNode, old: PageNode): PageNode {
    child.remove();
    const at = this.childNodes.indexOf(old);
    if (at < 0) throw new Error('it is no child of this element');
    this.childNodes[at] = child;
    [child.parentNode, child.previousSibling, child.nextSibling] = [this, old.previousSibling, old.nextSibling];
    if (child.previousSibling) child.previousSibling.nextSibling = child;
    if (child.nextSibling) child.nextSibling.previousSibling = child;
    [old.parentNode, old.previousSibling, old.nextSibling] = [null, null, null];
    return old;
  }
}

export type PageNode = PageElement | PageText;

/** What stood in an element. It is looked through for addresses of videos by patterns, which find none in it. */
class Kept {
  readonly #nodes: readonly PageNode[];

  constructor(nodes: readonly PageNode[]) {
    this.#nodes = nodes;
  }

  copies(): PageNode[] {
    return this.#nodes.map(copied);
  }

  toString(): string {
    return '';
  }
}

export class PageDocument {
  readonly nodeType = 9;
  readonly documentElement: PageElement;
  readonly head: PageElement;
  readonly body: PageElement;
  /** Relative addresses start here. */
  baseURI: string;
  readonly documentURI: string;
  title = '';

  constructor(url: string) {
    this.baseURI = url;
    this.documentURI = url;
    this.documentElement = new PageElement(this, 'html');
    this.head = new PageElement(this, 'head');
    this.body = new PageElement(this, 'body');
    this.documentElement.appendChild(this.head);
    this.documentElement.appendChild(this.body);
  }

  get firstChild(): PageElement {
    return this.documentElement;
  }

  get childNodes(): PageElement[] {
    return [this.documentElement];
  }

  getElementsByTagName(name: string): PageElement[] {
    return this.documentElement.getElementsByTagName(name);
  }

  createElement(name: string): PageElement {
    return new PageElement(this, name);
  }

  createTextNode(text: string): PageText {
    return new PageText(text);
  }
}

/** All that is in an element, in the order of the page. */
function* within(element: PageElement): Generator<PageNode> {
  for (let node = element.firstChild; node; node = following(node, element)) yield node;
}

function following(node: PageNode, root: PageElement): PageNode | null {
  if (node instanceof PageElement && node.firstChild) return node.firstChild;
  for (let at: PageNode | null = node; at && at !== root; at = at.parentNode) if (at.nextSibling) return at.nextSibling;
  return null;
}

function copied(node: PageNode): PageNode {
  if (node instanceof PageText) return new PageText(node.textContent);
  const copy = new PageElement(node.ownerDocument, node.localName);
  for (const { name, value } of node.attributes) copy.setAttribute(name, value);
  for (const child of node.childNodes) copy.appendChild(copied(child));
  return copy;
}

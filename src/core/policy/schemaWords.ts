import type { SchemaNode } from './jsonSchema.ts';

// The policy's JSON Schema as people read it: in the editor's completion and hover, and on the reference page.

/** Every key of the schema with its path; the entries of lists are written `[]`. */
export function schemaKeys(schema: SchemaNode, path: readonly string[] = []): SchemaKey[] {
  const own = keysOf(schema).flatMap(([name, node]) => {
    const at = [...path, name];
    return [{ path: at, node, isRequired: isRequired(schema, name) }, ...schemaKeys(node, at)];
  });
  const items = branchesOf(schema).flatMap((branch) =>
    branch.items ? schemaKeys(branch.items, [...path.slice(0, -1), `${path.at(-1) ?? ''}[]`]) : [],
  );
  return [...own, ...items];
}

export interface SchemaKey {
  path: string[];
  node: SchemaNode;
  isRequired: boolean;
}

/** The type of a value in plain words: `whole number from 1 to 1000`, `list of allow, ask or deny`. */
export function typeWords(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(typeWords).join(', or ');
  if (node.enum ?? node.const) return listed(valuesOf(node));
  switch (node.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
    case 'number':
      return `${node.type === 'integer' ? 'whole number' : 'number'}${rangeWords(node)}`;
    case 'array':
      return `list of ${node.items?.type === 'string' && !node.items.enum ? 'texts' : node.items?.type === 'object' ? 'entries with keys' : typeWords(node.items ?? {})}`;
    case 'object':
      return 'keys';
    default:
      return typeof node['maxLength'] === 'number' && node['maxLength'] < 4096
        ? `text of at most ${node['maxLength']} characters`
        : 'text';
  }
}

function rangeWords({ type, minimum, exclusiveMinimum, maximum }: SchemaNode): string {
  if (minimum === undefined && typeof exclusiveMinimum === 'number' && type !== 'integer')
    return ` above ${exclusiveMinimum}`;
  const least = minimum ?? (typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : undefined);
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  return least === undefined ? '' : ` from ${least}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** Description and default, as Markdown. */
export function documentationOf(node: SchemaNode): string {
  const standard = node.default === undefined ? '' : `\n\nDefault: \`${JSON.stringify(node.default)}\``;
  return `${node.description ?? ''}${standard}`;
}

function branchesOf(node: SchemaNode | undefined): SchemaNode[] {
  return node?.anyOf ?? (node ? [node] : []);
}

/** The keys that something of this schema may have. */
export function keysOf(node: SchemaNode | undefined): [string, SchemaNode][] {
  return branchesOf(node).flatMap((branch) => Object.entries(branch.properties ?? {}));
}

/** The values that can be listed. */
export function valuesOf(node: SchemaNode | undefined): string[] {
  return branchesOf(node).flatMap((branch) => {
    const values = branch.enum ?? (branch.const === undefined ? [] : [branch.const]);
    if (values.length > 0) return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    return branch.type === 'boolean' ? ['true', 'false'] : [];
  });
}

export function isRequired(node: SchemaNode, key: string): boolean {
  return branchesOf(node).some(({ required }) => required?.includes(key) === true);
}

/** The schema of what stands at a path (keys, and positions in lists); undefined where a policy has nothing. */
export function schemaAt(schema: SchemaNode, path: readonly (string | number)[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  for (const part of path)
    node =
      typeof part === 'number'
        ? branchesOf(node).find(({ items }) => items)?.items
        : keysOf(node).find(([key]) => key === part)?.[1];
  return node;
}

import * as z from 'zod';
import { PolicyFileSchema } from './schema.ts';

/** A node of the policy's JSON Schema, as far as completion, hover and the reference page need it. */
export interface SchemaNode {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  anyOf?: SchemaNode[];
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  pattern?: string;
  [key: string]: unknown;
}

/** The JSON Schema (draft 2020-12) of a policy file. Checks that only the parser can make are not in it. */
export function policyJsonSchema(): SchemaNode {
  return z.toJSONSchema(PolicyFileSchema, { unrepresentable: 'any', io: 'input' }) as SchemaNode;
}

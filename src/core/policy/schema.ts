import * as z from 'zod';
import { keysIn } from './keys/keyGroup.ts';
import { POLICY_GROUPS, POLICY_KEYS } from './keys/table.ts';
import type { WrittenKey } from './keys/policyKey.ts';
import { RulesSchema } from './ruleSchema.ts';
import { MAX_ENTRIES, TextSchema } from './values.ts';

// A policy file as written: its keys from the table (keys/table.ts), nested as their places say. The parser, the
// editor's completion and hover, the JSON Schema and docs/policy.md are made from this.

/** The keys of the table in file order, one level of a file: those that begin with `above`. */
function shapeOf(keys: readonly WrittenKey[], above = ''): Record<string, z.ZodType> {
  const inside = keys.filter(({ path }) => path.startsWith(above));
  const names = new Set(inside.map(({ path }) => path.slice(above.length).split('.')[0] ?? ''));
  return Object.fromEntries([...names].map((name) => [name, shapeAt(inside, `${above}${name}`)]));
}

/** What may stand at a place: a value, keys below it, or either. */
function shapeAt(keys: readonly WrittenKey[], place: string): z.ZodType {
  const key = keys.find(({ path }) => path === place);
  const isGroup = keys.some(({ path }) => path.startsWith(`${place}.`));
  if (key && !isGroup) return described(key, key.schema);
  const below = z.strictObject(shapeOf(keys, `${place}.`));
  return key ? described(key, z.union([key.schema, below])) : described({ about: groupAbout(place) }, below);
}

/** A schema with what people read about it; every key may be left out. */
function described<S extends z.ZodType>(
  { about, standard }: Pick<WrittenKey, 'about' | 'standard'>,
  schema: S,
): z.ZodOptional<S> {
  return schema.meta({ description: about, ...(standard !== undefined && { default: standard }) }).optional();
}

function groupAbout(place: string): string {
  return Object.entries(POLICY_GROUPS).find(([group]) => group === place)?.[1] ?? '';
}

const keys = { ...shapeOf(keysIn(POLICY_KEYS)), rules: described(POLICY_KEYS.rules, RulesSchema) };

/** The keys that every layer may have; a key that is not here is an error. */
const PolicyKeysSchema = z.strictObject(keys);

/** One policy file, as written. */
export const PolicyFileSchema = z
  .strictObject({
    ...keys,
    roles: z
      .array(
        z.strictObject({
          users: z.array(TextSchema).max(MAX_ENTRIES).meta({ description: 'Account names.' }).optional(),
          groups: z
            .array(TextSchema)
            .max(MAX_ENTRIES)
            .meta({ description: 'Names of groups of this system.' })
            .optional(),
          policy: PolicyKeysSchema.meta({ description: 'The keys that differ for them.' }),
        }),
      )
      .max(100)
      .meta({
        description: 'Only in the organization policy: keys that replace those above for some users or groups.',
      })
      .optional(),
  })
  .meta({
    title: 'Oversign policy',
    description: 'What the agent may do, what asks, and what is denied. Every key may be left out.',
  });

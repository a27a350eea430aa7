import * as z from 'zod';
import { globMatcher } from '../scope/glob.ts';
import { absolutePath, BadPath } from '../scope/spelling.ts';

// Every key of a policy file, in one place. Shapes and limits stand here; meaning in merge.ts and decide.ts.

const MAX_ENTRIES = 500;
const Text = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'contains a NUL byte');
const Paths = z
  .array(
    Text.superRefine((text, issue) => {
      const problem = pathProblem(text);
      if (problem !== undefined) issue.addIssue(problem);
    }),
  )
  .max(MAX_ENTRIES);
const Name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable');

/** `512m`, `1g`, or a plain number of bytes. */
const Size = z.union([
  z.number().int().positive(),
  z.string().regex(/^[1-9][0-9]{0,11}[kmgt]?$/i, 'is not a size such as 512m or 1g'),
]);

export const LanguageSchema = z.enum(['python', 'javascript', 'bash']);
export type Language = z.infer<typeof LanguageSchema>;

export const SandboxKeysSchema = z.strictObject({
  backend: z.enum(['auto', 'host', 'docker']).optional(),
  memory: Size.optional(),
  cpu: z.number().int().positive().max(86_400).optional(),
  disk: Size.optional(),
  processes: z.number().int().min(8).max(100_000).optional(),
  network: z.literal('none').optional(),
  image: Text.optional(),
});

/** One policy file, as written. Every key may be left out; a key that is not here is an error. */
export const PolicyFileSchema = z.strictObject({
  confirm_actions: z.boolean().optional(),
  max_iterations: z.number().int().min(1).max(1000).optional(),
  timeout: z.number().int().min(1).max(86_400).optional(),
  sandbox: z.union([z.boolean(), SandboxKeysSchema]).optional(),
  protected_paths: Paths.optional(),
  environment: z.strictObject({ allowed_variables: z.array(Name).max(MAX_ENTRIES).optional() }).optional(),
  redaction: z.strictObject({ variables: z.array(Name).max(MAX_ENTRIES).optional() }).optional(),
  tools: z
    .strictObject({
      file_system: z
        .strictObject({
          enabled: z.boolean().optional(),
          allowed_paths: Paths.optional(),
          denied_paths: Paths.optional(),
        })
        .optional(),
      code_execution: z
        .strictObject({
          enabled: z.boolean().optional(),
          languages: z.array(LanguageSchema).max(3).optional(),
          timeout: z.number().int().min(1).max(86_400).optional(),
        })
        .optional(),
      web_browsing: z.strictObject({ enabled: z.boolean().optional() }).optional(),
      api_calls: z
        .strictObject({ enabled: z.boolean().optional(), require_confirmation: z.boolean().optional() })
        .optional(),
    })
    .optional(),
});
export type PolicyFile = z.infer<typeof PolicyFileSchema>;

/** Why an entry of a path list could never be asked; found here, where it still has a place in a file. */
function pathProblem(text: string): string | undefined {
  try {
    globMatcher(absolutePath(text, '/', '/'));
    return undefined;
  } catch (error) {
    if (error instanceof BadPath || error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Bytes of a size such as `512m`; the letters are powers of 1024. */
export function sizeInBytes(size: string | number): number {
  if (typeof size === 'number') return size;
  const power = { k: 1, m: 2, g: 3, t: 4 }[size.at(-1)?.toLowerCase() ?? ''];
  return power === undefined ? Number(size) : Number(size.slice(0, -1)) * 1024 ** power;
}

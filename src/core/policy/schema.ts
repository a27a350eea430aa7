import * as z from 'zod';
import { AuditKeysSchema } from './auditKeys.ts';
import { RuleSchema } from './ruleSchema.ts';
import { MAX_ENTRIES, PathsSchema, EnforcedSchema, SizeSchema, TextSchema, VariableNamesSchema } from './values.ts';

// Every key of a policy file, in one place: shapes, limits, defaults and the words that people read about them. The
// parser, the types, the editor's completion and hover, the JSON Schema and docs/policy.md are made from this. Meaning
// stands in merge.ts and decide.ts.

export const LanguageSchema = z.enum(['python', 'javascript', 'bash']);
export type Language = z.infer<typeof LanguageSchema>;

/** A description, and the default as people read it. */
function about(description: string, standard?: unknown): { description: string; default?: unknown } {
  return { description, ...(standard !== undefined && { default: standard }) };
}

const WholeSeconds = z.number().int().min(1).max(86_400);

export const SandboxKeysSchema = z.strictObject({
  backend: z
    .enum(['auto', 'host', 'docker'])
    .meta(about('Which sandbox. This version has the host sandbox (bubblewrap on Linux); docker is refused.', 'auto'))
    .optional(),
  memory: SizeSchema.meta(about('Memory of everything a command starts, such as 512m or 2g.', '2g')).optional(),
  cpu: z.number().int().positive().max(86_400).meta(about('CPU time of a command, in seconds.', 300)).optional(),
  disk: SizeSchema.meta(about('Bytes that a command may write, such as 512m or 1g.', '1g')).optional(),
  processes: z.number().int().min(8).max(100_000).meta(about('How many processes a command may have.', 512)).optional(),
  require_enforced_limits: EnforcedSchema.meta(
    about(
      'Limits that the kernel must hold; where it does not, commands are refused. A list of memory, processes, cpu and disk, or true for all four. The host sandbox only watches cpu and disk.',
      [],
    ),
  ).optional(),
  network: z.literal('none').meta(about('Commands have no network in this version.', 'none')).optional(),
  image: TextSchema.meta(about('The image of the docker backend; without effect in this version.')).optional(),
});

const keys = {
  confirm_actions: z
    .boolean()
    .meta(
      about(
        'Whether edits, deletes and moves ask. false drops these questions for what stays inside the workspace and whose earlier content is kept, and nothing else. Commands still ask.',
        true,
      ),
    )
    .optional(),
  max_iterations: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .meta(about('Turns of the model in one go. A run that stops here can be resumed.', 25))
    .optional(),
  timeout: WholeSeconds.meta(
    about('Seconds that a run may work. The time that a person takes to answer does not count.', 600),
  ).optional(),
  sandbox: z
    .union([z.boolean(), SandboxKeysSchema])
    .meta(
      about(
        'Commands run in a sandbox. false runs them outside it, with all that your account may do; each of them asks, and only the user’s or the organization’s policy can say so.',
        true,
      ),
    )
    .optional(),
  protected_paths: PathsSchema.meta(
    about(
      'Paths that nobody may change through the agent, beside the built-in ones (policies, editor settings, .git, …). They can be read.',
    ),
  ).optional(),
  own_paths: PathsSchema.meta(
    about(
      'Workspace folders whose content you wrote or trust. Reading elsewhere counts as reading untrusted content (Rule of Two).',
    ),
  ).optional(),
  environment: z
    .strictObject({
      allowed_variables: VariableNamesSchema.meta(
        about('Environment variables that commands may see. Without this they see none of yours.', []),
      ).optional(),
    })
    .meta(about('What commands see of your environment.'))
    .optional(),
  redaction: z
    .strictObject({
      variables: VariableNamesSchema.meta(
        about('Environment variables whose values are masked everywhere, beside those with telling names.'),
      ).optional(),
    })
    .meta(about('What is masked in prompts, log and interface.'))
    .optional(),
  model: z
    .strictObject({
      allow_cloud: z
        .boolean()
        .meta(
          about(
            'Whether prompts may go to a model on another machine. false leaves the demo and a server on this machine.',
            true,
          ),
        )
        .optional(),
    })
    .meta(about('Which models may be asked.'))
    .optional(),
  grants: z
    .strictObject({
      enabled: z.boolean().meta(about('Whether one approval may cover later calls.', true)).optional(),
      max_minutes: z.number().int().min(1).max(1440).meta(about('The longest a timed grant may last.', 60)).optional(),
      max_uses: z
        .number()
        .int()
        .min(1)
        .max(1000)
        .meta(about('The most calls a counted grant may cover.', 20))
        .optional(),
    })
    .meta(about('Remembered approvals.'))
    .optional(),
  audit: AuditKeysSchema.meta(about('The audit log: who witnesses it, where it is sent, what is kept.')).optional(),
  rules: z
    .array(RuleSchema)
    .max(MAX_ENTRIES)
    .meta(about('Rules, in order: within one file the first that matches counts.'))
    .optional(),
  tools: z
    .strictObject({
      file_system: z
        .strictObject({
          enabled: z.boolean().meta(about('Whether the agent has file tools.', true)).optional(),
          allowed_paths: PathsSchema.meta(
            about(
              'Narrows the workspace to these paths. An entry that covers a workspace folder leaves it whole; one inside narrows it. It never widens.',
            ),
          ).optional(),
          denied_paths: PathsSchema.meta(
            about(
              'Paths that no tool may touch: not read, list, search, edit, not by commands. No click approves it. A name without a slash binds at any depth.',
            ),
          ).optional(),
        })
        .meta(about('The tools that read, search, edit, move and delete files.'))
        .optional(),
      code_execution: z
        .strictObject({
          enabled: z.boolean().meta(about('Whether the agent may run commands.', true)).optional(),
          languages: z
            .array(LanguageSchema)
            .max(3)
            .meta(
              about('What may be run. Without bash there is no run_command tool.', ['python', 'javascript', 'bash']),
            )
            .optional(),
          timeout: WholeSeconds.meta(about('Seconds that one command may take.', 120)).optional(),
        })
        .meta(about('The tool that runs commands.'))
        .optional(),
      web_browsing: z
        .strictObject({ enabled: z.boolean().meta(about('This version has no web tool.', false)).optional() })
        .meta(about('Without effect in this version.'))
        .optional(),
      api_calls: z
        .strictObject({
          enabled: z.boolean().meta(about('This version has no API tool.', false)).optional(),
          require_confirmation: z.boolean().meta(about('Without effect in this version.', true)).optional(),
        })
        .meta(about('Without effect in this version.'))
        .optional(),
    })
    .meta(about('What each kind of tool may do.'))
    .optional(),
};

/** The keys that every layer may have. Every one may be left out; a key that is not here is an error. */
export const PolicyKeysSchema = z.strictObject(keys);

/** One policy file, as written. */
export const PolicyFileSchema = z
  .strictObject({
    ...keys,
    roles: z
      .array(
        z.strictObject({
          users: z.array(TextSchema).max(MAX_ENTRIES).meta(about('Account names.')).optional(),
          groups: z.array(TextSchema).max(MAX_ENTRIES).meta(about('Names of groups of this system.')).optional(),
          policy: PolicyKeysSchema.meta(about('The keys that differ for them.')),
        }),
      )
      .max(100)
      .meta(about('Only in the organization policy: keys that replace those above for some users or groups.'))
      .optional(),
  })
  .meta({
    title: 'Oversign policy',
    description: 'What the agent may do, what asks, and what is denied. Every key may be left out.',
  });
export type PolicyFile = z.infer<typeof PolicyFileSchema>;
export type SandboxKeys = z.infer<typeof SandboxKeysSchema>;

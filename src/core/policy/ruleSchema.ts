import * as z from 'zod';
import { patternProblem } from './commandPattern.ts';
import { TOOL_NAMES } from './toolNames.ts';
import { toolsThat } from './toolsThat.ts';
import { MAX_ENTRIES, PathsSchema, TextSchema } from './values.ts';

const CommandPattern = TextSchema.superRefine((text, issue) => {
  const problem = patternProblem(text);
  if (problem !== undefined) issue.addIssue(problem);
});

/** The tools that commands are given to. */
const STARTING = toolsThat('execute');

const Examples = z.array(TextSchema).max(MAX_ENTRIES);

/** One rule of a policy: what it speaks of, what it says, and why. */
export const RuleSchema = z
  .strictObject({
    decision: z.enum(['allow', 'ask', 'deny']).meta({ description: 'What happens to a call that the rule matches.' }),
    tools: z
      .array(z.enum(TOOL_NAMES))
      .min(1)
      .max(MAX_ENTRIES)
      .meta({
        description:
          'The tools it speaks of; left out, every tool that the rest of the rule can be about. To ask or deny, `edit_file` and `write_file` mean `edit_files` too, and `read_file` means `read_files`.',
      })
      .optional(),
    commands: z
      .array(CommandPattern)
      .min(1)
      .max(MAX_ENTRIES)
      .meta({
        description:
          'Programs with their arguments, as words: `npm test`, `npm run *` (one more word), `npm run **` (any more). To allow, every program of a command line must match, be one that only looks (cat, ls, head, grep, sort, find, git status and their kind), one that starts what is looked into (timeout, nice, time, env, bash -c), an option of the shell (set -e), a variable of environment.allowed_variables, or the activation of the project’s own Python environment; to ask or deny, one that is found and matches is enough, and a last `*` counts as `**`, too.',
      })
      .optional(),
    paths: PathsSchema.min(1)
      .meta({
        description:
          'Paths, written as in denied_paths. To allow, every path of a call must match; to ask or deny, one is enough.',
      })
      .optional(),
    in: z
      .array(
        TextSchema.refine((text) => text.startsWith('/'), 'must be a whole path')
          .refine((text) => text === text.trim(), 'has blanks at its end')
          .refine(
            (text) => !text.replace(/\/\*\*$/, '').includes('*'),
            'is one folder, or with "/**" at its end those below it, too: no other "*" counts',
          ),
      )
      .min(1)
      .max(MAX_ENTRIES)
      .meta({
        description:
          'Where a rule that allows holds: whole paths of folders. A command must start in exactly one of them (`/home/me/app/**` takes those below, too); files must lie in one. Left out, it holds in every workspace.',
      })
      .optional(),
    why: TextSchema.max(300).meta({ description: 'Why; shown to whoever is asked or denied because of it.' }),
    each_time: z.boolean().meta({ description: 'Asks every time: no grant covers it.', default: false }).optional(),
    examples: z
      .strictObject({
        match: Examples.meta({ description: 'Commands or paths that it must match.' }).optional(),
        no_match: Examples.meta({ description: 'Commands or paths that it must not match.' }).optional(),
      })
      .meta({ description: 'Checked whenever the file is loaded; an example that fails makes the policy invalid.' })
      .optional(),
  })
  .superRefine((rule, issue) => {
    if (!rule.tools && !rule.commands && !rule.paths)
      issue.addIssue('a rule needs tools, commands or paths, or it would speak of everything');
    if (rule.commands && rule.tools && !rule.tools.some((tool) => STARTING.includes(tool)))
      issue.addIssue(`commands are about ${STARTING.join(', ')}, which its tools leave out`);
    if (rule.in && rule.decision !== 'allow')
      issue.addIssue('in is for rules that allow; what asks or denies holds everywhere');
    if (rule.each_time === true && rule.decision !== 'ask') issue.addIssue('each_time is for rules that ask');
    if (rule.examples && !rule.commands && !rule.paths) issue.addIssue('examples are for rules with commands or paths');
  });
export type RuleKeys = z.infer<typeof RuleSchema>;

export const RulesSchema = z.array(RuleSchema).max(MAX_ENTRIES);

import * as z from 'zod';
import type { Run } from '../../../shared/action.ts';
import type { EffectivePolicy } from '../../policy/merge.ts';
import { Forbidden } from '../../scope/guard.ts';
import { commandParameters } from '../command/commandArguments.ts';
import { commandEffects } from '../command/commandEffects.ts';
import { describeCommand } from '../command/describeCommand.ts';
import { performCommand } from '../command/performCommand.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type CallContext, type Performed, type Tool } from '../tool.ts';
import { Interpreters } from './interpreters.ts';
import {
  allowedLanguages,
  CodeLanguageSchema,
  languageDenial,
  LANGUAGES,
  lineFor,
  type CodeLanguage,
} from './languages.ts';

type Ports = Pick<
  ToolPorts,
  'folder' | 'redactor' | 'runners' | 'scriptWatch' | 'versionControl' | 'outputs' | 'foreseeAnything'
>;

const { folder, timeout, background, need, command } = commandParameters.shape;
const parameters = z.strictObject({
  language: CodeLanguageSchema,
  code: command.describe(
    'The whole program. It gets no input and no arguments; JavaScript is a module (import, top-level await)',
  ),
  ...{ folder, timeout, background, need },
});
type Arguments = z.infer<typeof parameters>;

/** What a model is told where a language is not allowed: that there is none but the others. */
const ALONE: Record<CodeLanguage, z.ZodType> = {
  python: parameters.extend({ language: z.enum(['python']) }),
  javascript: parameters.extend({ language: z.enum(['javascript']) }),
};

/**
 * A program in another language than bash. It is a command like any other: a line that hands the program to its
 * interpreter, which goes the whole way of commands, so that whatever holds them holds it.
 */
export const runCode = defineTool((ports: Ports): Tool<Arguments, Run> => {
  const interpreters = new Interpreters(ports.runners);
  return {
    name: 'run_code',
    elsewhere: ['python', 'node', 'codeinterpreter', 'executecode', 'runpython', 'runjavascript', 'ipython'],
    summary:
      'Run a program in Python or JavaScript: for calculations, data and plots. It runs where commands run and is held as they are, and asks each time. Files that it writes stay, and are listed; images among them are shown to the user.',
    family: 'code',
    effects: ['execute'],
    includes: ['run_command'],
    parameters,
    offeredParameters: languagesOf,
    about: 'The program, in Python',
    tried: (code) => ({ language: 'python', code }),
    editable: { argument: 'code', label: 'The program' },
    async describe(args, context) {
      const denial = languageDenial(args.language, context.policy);
      if (denial) throw new Forbidden(denial);
      const { language, code, ...how } = args;
      const { label } = LANGUAGES[language];
      const interpreter = await interpreters.find(language, { cwd: ports.folder, context });
      const described = await describeCommand(
        {
          tool: 'run_code',
          args: { command: lineFor(language, code), ...how },
          source: { label, language, text: code, interpreter },
        },
        ports,
        onDisk(context),
      );
      return { ...described, action: { ...described.action, arguments: args } };
    },
    perform: async (action, context) => showingMade(await performCommand(action, ports, onDisk(context))),
    showEffects: async (action, context) => {
      const shown = await commandEffects(action, ports, onDisk(context));
      return { ...shown, apply: async (during) => showingMade(await shown.apply(during)) };
    },
  };
});

function languagesOf(policy: EffectivePolicy): z.ZodType {
  const [only, ...others] = allowedLanguages(policy);
  return only === undefined || others.length > 0 ? parameters : ALONE[only];
}

/** What it made is shown beside what it put out, also where it went on meanwhile. */
function showingMade(performed: Performed): Performed {
  const { goesOn } = performed;
  return {
    ...performed,
    showsMade: true,
    ...(goesOn && {
      goesOn: { ...goesOn, ended: goesOn.ended.then((ended) => ({ ...ended, showsMade: true as const })) },
    }),
  };
}

/** A program sees the disk, whatever the editor holds. */
function onDisk(context: CallContext): CallContext {
  return { ...context, files: context.files.onDisk() };
}

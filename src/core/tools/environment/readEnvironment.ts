import * as z from 'zod';
import type { ReadVariable } from '../../../shared/action.ts';
import { counted, named } from '../../../shared/named.ts';
import { ToolFailure } from '../../outcome.ts';
import { Forbidden } from '../../scope/guard.ts';
import { NOTHING_CHANGES } from '../files/undo.ts';
import type { ToolPorts } from '../ports.ts';
import { shortened } from '../text.ts';
import { defineTool, type CallContext, type Tool } from '../tool.ts';
import { nameDenial, valueDenial } from './variableDenial.ts';

const MOST_CHARACTERS = 20_000;

const parameters = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .describe('Its name, one of those that the policy names'),
});

type Ports = Pick<ToolPorts, 'variable' | 'redactor' | 'goesTo'>;

export const readEnvironment = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, ReadVariable> => ({
  name: 'read_environment',
  elsewhere: ['getenv', 'env', 'readenv', 'environment', 'getenvironmentvariable'],
  summary:
    'Read one environment variable of the user’s, of those that the policy names. Each is asked for; likely secrets are refused.',
  family: 'environment',
  effects: ['variable'],
  parameters,
  about: 'The name of the variable',
  tried: (name) => ({ name }),
  // eslint-disable-next-line @typescript-eslint/require-await -- a refusal is a rejection
  async describe({ name }, context) {
    const value = valueOf(name, ports, context);
    return {
      action: {
        ...{ tool: 'read_environment', kind: 'variable', effect: 'variable', resources: [], undo: 'nothing' },
        arguments: { name },
        name,
      },
      title: `Read the variable ${name}`,
      card: {
        kind: 'read',
        blocks: [
          {
            ...{ kind: 'sentence', icon: 'symbol-variable', tone: 'plain' },
            words: [
              'Reads the environment variable ',
              { exact: name },
              `: ${counted(value.length, 'character', 'characters')}.`,
            ],
          },
          {
            ...{ kind: 'sentence', icon: 'export', tone: 'plain' },
            words: [`Its value would go to the model. ${ports.goesTo()}`],
          },
        ],
      },
      undo: NOTHING_CHANGES,
    };
  },
  perform({ name }, context) {
    const value = valueOf(name, ports, context);
    return Promise.resolve({
      ok: true,
      text: `${name}=${shortened(value, MOST_CHARACTERS)}`,
      facts: { characters: value.length },
      contentOf: [`$${name}`],
    });
  },
}));

/** What a variable holds now. @throws Forbidden where it is not to be read; ToolFailure where it is not set */
function valueOf(name: string, ports: Ports, { policy }: CallContext): string {
  const denial = nameDenial(name, policy);
  if (denial) throw new Forbidden(denial);
  const value = ports.variable(name);
  if (value === undefined) throw new ToolFailure(`${named(name)} is not set`);
  const secret = valueDenial(name, value, ports.redactor);
  if (secret) throw new Forbidden(secret);
  return value;
}

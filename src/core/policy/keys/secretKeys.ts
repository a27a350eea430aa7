import * as z from 'zod';
import { hostPattern, patternText } from '../../egress/hostPattern.ts';
import { SECRET_NAME, type NamedSecret } from '../../secrets/namedSecret.ts';
import type { Value } from '../settle.ts';
import type { PolicyKey } from './policyKey.ts';
import { oneValue } from './valueKeys.ts';

// Secrets by name. Who names one lets the agent send it, to its hosts: a workspace never does.

const SecretSchema = z.strictObject({
  name: z
    .string()
    .regex(new RegExp(`^${SECRET_NAME}$`), 'is no name of a secret: small letters, digits, - and _')
    .meta({ description: 'What the agent writes in a header, in place of the secret: {{secret:NAME}}.' }),
  hosts: z
    .array(
      z
        .string()
        .refine((text) => hostPattern(text)?.of === 'itself', 'is not exactly one host, such as api.example.com'),
    )
    .min(1)
    .max(20)
    .meta({
      description: 'The hosts that it may be sent to, each named exactly; with a port, or without, which means 443.',
    }),
  variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable')
    .meta({ description: 'An environment variable that holds it, where secret storage has none.' })
    .optional(),
});
type WrittenSecret = z.infer<typeof SecretSchema>;

const SecretsSchema = z
  .array(SecretSchema)
  .max(50)
  .superRefine((all, issue) => {
    const names = all.map(({ name }) => name);
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
      issue.addIssue(`two secrets are called ${name}`);
  });

export function namedSecrets<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<NamedSecret[]>, Path> {
  return oneValue<WrittenSecret[], NamedSecret[], Path>({
    ...{ path, about, schema: SecretsSchema, standard: [], initial: [], loosened: 'never by a workspace' },
    value: (said) => said.map(({ name, hosts, variable = '' }) => ({ name, hosts: hosts.map(spelled), variable })),
    stricter: (settled, wanted) => settled.flatMap((one) => inBoth(one, wanted)),
    words: (all) =>
      all.length === 0 ? 'none' : all.map(({ name, hosts }) => `${name} (${hosts.join(', ')})`).join(', '),
  });
}

/** One that both name, from the same place, for the hosts that both name. */
function inBoth(one: NamedSecret, others: readonly NamedSecret[]): NamedSecret[] {
  const same = others.find(({ name, variable }) => name === one.name && variable === one.variable);
  const hosts = one.hosts.filter((host) => same?.hosts.includes(host));
  return hosts.length === 0 ? [] : [{ ...one, hosts }];
}

function spelled(entry: string): string {
  const pattern = hostPattern(entry);
  return pattern ? patternText(pattern) : entry;
}

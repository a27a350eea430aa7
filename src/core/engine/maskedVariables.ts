import { SECRET_VARIABLE } from '../policy/defaults.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Redactor } from '../redaction/redactor.ts';

/** Masks from here on the variables that a policy names, and those whose names tell that they hold secrets. */
export function maskVariables(
  redactor: Redactor,
  environment: Record<string, string | undefined>,
  { redactedVariables, secrets }: Pick<EffectivePolicy, 'redactedVariables' | 'secrets'>,
): void {
  const named = [...redactedVariables.map(({ value }) => value), ...secrets.value.map(({ variable }) => variable)];
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && (named.includes(name) || SECRET_VARIABLE.test(name))) redactor.add({ name, value });
}
